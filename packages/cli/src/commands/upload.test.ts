import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type CommandLine, commandLine, type Started } from '../testing/command-line.ts'
import { account, CHUNKS, type ScriptedServer, scriptedServer } from '../testing/scripted-server.ts'

const dataSetId = '0000000000000000000000000000da7a'

function cbg(n: number) {
  const time = new Date(Date.UTC(2026, 0, 5) + n * 300_000).toISOString()
  return { type: 'cbg', time, units: 'mg/dL', value: 100 + (n % 50), origin: { id: `cbg-${n}` } }
}

const records = (count: number) => Array.from({ length: count }, (_, n) => cbg(n))
const ndjson = (list: readonly unknown[]) => list.map((record) => `${JSON.stringify(record)}\n`).join('')

async function loggedIn(t: TestContext): Promise<CommandLine & { server: ScriptedServer }> {
  const line = await commandLine(t)
  const server = await scriptedServer(t)
  await line.logInTo(server.url)
  return { ...line, server }
}

/** Holds each chunk until it is let go. */
function holdChunks(server: ScriptedServer) {
  const waiting: (() => void)[] = []
  const arrivals = new EventEmitter()
  server.handlers[CHUNKS] = () =>
    new Promise((resolve) => {
      waiting.push(() => resolve(undefined))
      arrivals.emit('chunk')
    })
  return {
    /** Resolves with what lets the next chunk go. */
    async next({ ended }: Started): Promise<() => void> {
      for (;;) {
        const release = waiting.shift()
        if (release) return release
        const over = await Promise.race([once(arrivals, 'chunk'), ended])
        if ('code' in over)
          throw new Error(`ended (${over.code}) without sending another chunk: ${over.stderr}`)
      }
    },
  }
}

describe('upload', () => {
  for (const [name, content] of [
    ['a JSON array', JSON.stringify(records(2500))],
    ['a JSON array over many lines', JSON.stringify(records(2500), null, 2)],
    ['a record on each line', ndjson(records(2500))],
    ['gzip', gzipSync(ndjson(records(2500)))],
  ] as const) {
    test(`[CLI-20] sends ${name} in chunks of 1,000 and says on standard output what is stored`, async (t) => {
      const { run, file, server } = await loggedIn(t)
      const { code, stdout, stderr } = await run(['upload', await file('data', content)])
      assert.equal(code, 0, stderr)
      assert.equal(stdout, `Stored 2,500 records in data set ${dataSetId}.\n`)
      assert.equal(stderr, '')
      assert.deepEqual(
        server.chunks.map((chunk) => chunk.length),
        [1000, 1000, 500],
      )
      assert.deepEqual(
        [...server.stored.values()].map((record) => record.time),
        records(2500).map(({ time }) => time),
      )
    })
  }

  test('[CLI-21] finds the data set of its client name, makes it when there is none, or takes the one it is told', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const path = await file('data.json', JSON.stringify(records(1)))
    await run(['upload', path])
    await run(['upload', path])
    assert.equal(server.dataSets.length, 1)
    assert.deepEqual(server.dataSets[0]?.client, { name: 'org.tidegauge.cli', version: '0.1.0' })
    assert.equal(server.dataSets[0]?.dataSetType, 'continuous')
    server.requests.length = 0
    assert.equal((await run(['upload', '--data-set', dataSetId, '--chunk-size', '1', path])).code, 0)
    assert.deepEqual(server.requests, [CHUNKS])
  })

  test('[CLI-22] what a server returned can be sent again as it is, and replaces itself', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const returned = records(3).map(({ origin: _, ...record }, n) => ({
      ...record,
      id: String(n).padStart(32, '0'),
      uploadId: 'f'.repeat(32),
      createdTime: record.time,
      _deduplicator: { hash: 'x' },
      deviceTime: null,
    }))
    const path = await file('data.json', JSON.stringify(returned))
    for (let n = 0; n < 2; n++) assert.equal((await run(['upload', path])).code, 0)
    assert.equal(server.stored.size, 3)
    for (const [n, record] of [...server.stored.values()].entries()) {
      const { time, units, value } = cbg(n)
      const id = String(n).padStart(32, '0')
      const origin = { id, name: 'org.tidegauge.cli', type: 'application' }
      assert.deepEqual(record, { type: 'cbg', time, units, value, id, origin })
    }
  })

  test('[CLI-23] a record without an id and origin replaces itself too', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const bare = records(3).map(({ origin: _, ...record }) => record)
    for (const list of [bare, bare.toReversed()])
      await run(['upload', await file('data.json', JSON.stringify(list))])
    assert.equal(server.stored.size, 3)
    assert.match([...server.stored.keys()][0] ?? '', /^[0-9a-f]{64}$/)
  })

  test('[CLI-24] an id that comes again is a repeat: the last one counts, and how many there were is said', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const path = await file('data.json', JSON.stringify([...records(3), { ...cbg(1), value: 321 }, cbg(2)]))
    const { code, stderr } = await run(['upload', path])
    assert.equal(code, 0)
    assert.match(stderr, /^2 records repeated the id of an earlier one: the last of each counts\.$/m)
    assert.equal(server.stored.get('cbg-1')?.value, 321)
  })

  test('[CLI-25] refused records are counted by type and reason and named by index, never by value; the rest is stored; code 3', async (t) => {
    const { run, file, server } = await loggedIn(t)
    server.refuse = (record) =>
      record.type === 'wizard'
        ? { code: 'value-not-allowed', pointer: '/type' }
        : record.value === 6161
          ? { code: 'value-out-of-range', pointer: '/value' }
          : undefined
    const list: unknown[] = records(1200)
    list[3] = { ...cbg(3), value: 6161 }
    list[1100] = { ...cbg(1100), type: 'wizard' }
    list[1101] = { ...cbg(1101), type: 'wizard' }
    list[1102] = 'a text that nobody should see'
    const { code, stdout, stderr } = await run(['upload', await file('data.json', JSON.stringify(list))])
    assert.equal(code, 3)
    assert.equal(stdout, `Stored 1,196 records in data set ${dataSetId}, refused 4.\n`)
    assert.match(stderr, /^The server refused 4 records:$/m)
    assert.match(stderr, /^ {2}wizard +value-not-allowed at \/type +2 +1100, 1101$/m)
    assert.match(stderr, /^ {2}cbg +value-out-of-range at \/value +1 +3$/m)
    assert.match(stderr, /^ {2}\(none\) +type-not-object at \/ +1 +1102$/m)
    assert.doesNotMatch(stdout + stderr, /6161|nobody/)
  })

  test('[CLI-25] of several files, the index is that in its own file', async (t) => {
    const { run, file, server } = await loggedIn(t)
    server.refuse = (record) =>
      record.value === 149 ? { code: 'value-out-of-range', pointer: '/value' } : undefined
    const [first, second] = [
      await file('a.json', JSON.stringify(records(49))),
      await file('b.ndjson', ndjson([cbg(48), cbg(49)])),
    ]
    const { stderr } = await run(['upload', first, second])
    assert.match(stderr, new RegExp(` ${second}:1$`, 'm'))
    assert.equal(server.chunks.length, 1, 'the files go as one')
  })

  test('[CLI-26] Ctrl-C finishes the chunk in flight, says the command to go on with, and ends with 130; that command finishes', async (t) => {
    const { run, start, file, server } = await loggedIn(t)
    const path = await file('a file.ndjson', ndjson(records(4500)))
    const held = holdChunks(server)
    const started = start(['upload', '--client-name', 'org.example.x', path])
    for (let n = 0; n < 3; n++) {
      const release = await held.next(started)
      if (n === 2) {
        started.child.kill('SIGINT')
        await started.says('Finishing the chunk in flight')
      }
      release()
    }
    const { code, stdout, stderr } = await started.ended
    assert.equal(code, 130)
    assert.equal(stdout, `Stored 3,000 records in data set ${dataSetId}.\n`)
    assert.equal(server.stored.size, 3000)
    const resume = `tidegauge upload --skip 3000 --client-name org.example.x '${path}'`
    assert.ok(stderr.includes(`\n  ${resume}\n`), stderr)
    delete server.handlers[CHUNKS]
    const resumed = await run(['upload', '--skip', '3000', '--client-name', 'org.example.x', path])
    assert.equal(resumed.code, 0)
    assert.equal(server.stored.size, 4500)
    assert.deepEqual(
      server.chunks.map((chunk) => chunk.length),
      [1000, 1000, 1000, 1000, 500],
    )
  })

  test('[CLI-26] a second Ctrl-C stops at once', async (t) => {
    const { start, file, server } = await loggedIn(t)
    const held = holdChunks(server)
    const started = start(['upload', await file('data.ndjson', ndjson(records(2500)))])
    ;(await held.next(started))()
    await held.next(started)
    started.child.kill('SIGINT')
    await started.says('Finishing the chunk in flight')
    await new Promise((soon) => setTimeout(soon, 300))
    started.child.kill('SIGINT')
    const { code, stdout, stderr } = await started.ended
    assert.equal(code, 130)
    assert.equal(stdout, `Stored 1,000 records in data set ${dataSetId}.\n`)
    assert.match(
      stderr,
      /^Finishing the chunk in flight.*\nThe first 1,000 records are done with\. To go on:\n {2}tidegauge upload --skip 1000 /,
    )
  })

  test('[CLI-26] the echo of a Ctrl-C, as npm makes it, is not a second one', async (t) => {
    const { start, file, server } = await loggedIn(t)
    const held = holdChunks(server)
    const started = start(['upload', await file('data.ndjson', ndjson(records(1500)))])
    const release = await held.next(started)
    started.child.kill('SIGINT')
    await started.says('Finishing the chunk in flight')
    started.child.kill('SIGINT')
    setTimeout(release, 50)
    const { code, stdout } = await started.ended
    assert.equal(code, 130)
    assert.equal(stdout, `Stored 1,000 records in data set ${dataSetId}.\n`)
  })

  test('[CLI-27] malformed JSON is named by line and byte; what was stored before is said; code 1', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const path = await file(
      'data.ndjson',
      `${ndjson(records(2100))}{"type":"cbg","value":nonsense}\n${ndjson(records(10))}`,
    )
    const { code, stdout, stderr } = await run(['upload', path])
    assert.equal(code, 1)
    assert.equal(stdout, `Stored 2,000 records in data set ${dataSetId}.\n`)
    const byte = Buffer.byteLength(ndjson(records(2100)))
    assert.ok(
      stderr.startsWith(
        `${path} cannot be read on: the record that begins at line 2101 (byte ${byte}) is not valid JSON.`,
      ),
      stderr,
    )
    assert.match(
      stderr,
      /The first 2,000 records are done with\. To go on:\n {2}tidegauge upload --skip 2000 /,
    )
    assert.doesNotMatch(stderr, /nonsense|^\s+at /m)
    assert.equal(server.stored.size, 2000)
  })

  test('[CLI-27] a record nested too deep is named', async (t) => {
    const { run, file } = await loggedIn(t)
    const path = await file(
      'data.ndjson',
      `${ndjson(records(1))}{"a":${'['.repeat(5000)}${']'.repeat(5000)}}\n`,
    )
    const { code, stderr } = await run(['upload', path])
    assert.equal(code, 1)
    assert.match(stderr, /the record at index 1 is nested too deep/)
  })

  test('[CLI-28] standard input is spooled to a file of mode 0600 that is gone at the end', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const { start, env, server } = await loggedIn(t)
    const started = start(['upload', '-'])
    started.child.stdin.write(ndjson(records(1500)))
    const temporary = env.TMPDIR as string
    let names: string[] = []
    while (names.length === 0) names = await readdir(temporary)
    assert.equal((await stat(join(temporary, names[0] as string))).mode & 0o777, 0o600)
    assert.deepEqual(server.chunks, [], 'sent before it was whole')
    started.child.stdin.end()
    const { code, stdout } = await started.ended
    assert.deepEqual(
      { code, stdout },
      { code: 0, stdout: `Stored 1,500 records in data set ${dataSetId}.\n` },
    )
    assert.deepEqual(await readdir(temporary), [])
  })

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`[CLI-28] ${signal} while standard input comes removes the spool, sends nothing and ends with 130`, {
      skip: process.platform === 'win32',
    }, async (t) => {
      const { start, env, server } = await loggedIn(t)
      const started = start(['upload', '-'])
      started.child.stdin.write(ndjson(records(10)))
      while ((await readdir(env.TMPDIR as string)).length === 0) await new Promise(setImmediate)
      started.child.kill(signal)
      const { code, stderr } = await started.ended
      assert.equal(code, 130)
      assert.equal(stderr, 'Stopped. Nothing was sent.\n')
      assert.deepEqual(await readdir(env.TMPDIR as string), [])
      assert.deepEqual(server.chunks, [])
    })
  }

  test('[CLI-28] an upload of standard input that was stopped says how to go on with it', async (t) => {
    const { start, server, env } = await loggedIn(t)
    const held = holdChunks(server)
    const started = start(['upload', '-'])
    started.child.stdin.end(ndjson(records(1500)))
    const release = await held.next(started)
    started.child.kill('SIGINT')
    await started.says('Finishing the chunk in flight')
    release()
    const { code, stderr } = await started.ended
    assert.equal(code, 130)
    assert.match(stderr, /with the same data on standard input\):\n {2}tidegauge upload --skip 1000 -\n/)
    assert.deepEqual(await readdir(env.TMPDIR as string), [])
  })

  test('[CLI-29] --json prints one object on each line: progress, refused, result', async (t) => {
    const { run, file, server } = await loggedIn(t)
    server.refuse = (record) =>
      record.value === 149 ? { code: 'value-out-of-range', pointer: '/value' } : undefined
    const path = await file('data.ndjson', ndjson([...records(50), cbg(0)]))
    const { code, stdout, stderr } = await run(['upload', '--json', path])
    assert.equal(code, 3)
    assert.equal(stderr, '')
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(events, [
      {
        event: 'refused',
        file: path,
        index: 49,
        type: 'cbg',
        problems: [{ code: 'value-out-of-range', pointer: '/value' }],
      },
      { event: 'progress', sent: 50, refused: 1, settled: 51, fraction: 1 },
      { event: 'result', outcome: 'partly', dataSetId, sent: 50, refused: 1, settled: 51, repeated: 1 },
    ])
  })

  test('[CLI-29] --json tells of an upload that failed as well', async (t) => {
    const { run, file } = await loggedIn(t)
    const path = await file('data.ndjson', `${ndjson(records(1000))}{`)
    const { code, stdout } = await run(['upload', '--json', path])
    assert.equal(code, 1)
    const { resume, ...last } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
    assert.deepEqual(last, {
      event: 'result',
      outcome: 'failed',
      dataSetId,
      sent: 1000,
      refused: 0,
      settled: 1000,
      repeated: 0,
    })
    assert.equal(resume, `tidegauge upload --skip 1000 --json ${path}`)
  })

  test('[CLI-31] a file that is not there, and a directory, are found before anything is sent', async (t) => {
    const { run, file, directory, server } = await loggedIn(t)
    const good = await file('data.json', JSON.stringify(records(1)))
    const missing = await run(['upload', good, join(directory, 'missing.json')])
    assert.equal(missing.code, 1)
    assert.match(missing.stderr, /missing\.json cannot be read: there is no such file\.\n$/)
    assert.equal((await run(['upload', good, directory])).code, 2)
    assert.deepEqual(server.chunks, [])
  })

  test('[CLI-34] a server that cannot be reached in the middle: what is stored and how to go on', async (t) => {
    const { run, file, server } = await loggedIn(t)
    let count = 0
    server.handlers[CHUNKS] = () =>
      ++count === 2 ? { status: 404, body: { errors: [{ code: 'data-set-id-not-found' }] } } : undefined
    const { code, stdout, stderr } = await run(['upload', await file('data.ndjson', ndjson(records(1500)))])
    assert.equal(code, 1)
    assert.equal(stdout, `Stored 1,000 records in data set ${dataSetId}.\n`)
    assert.match(stderr, /^There is no such data set|data-set-id-not-found/)
    assert.match(stderr, /tidegauge upload --skip 1000 /)
    assert.doesNotMatch(stderr, /^\s+at /m)
  })

  test('[CLI-34] a session that has ended says to log in again; nothing of the token is shown', async (t) => {
    const { run, file, server } = await loggedIn(t)
    server.handlers[CHUNKS] = () => ({ status: 401, body: { code: 401, reason: 'expired' } })
    const { code, stderr } = await run(['upload', await file('data.ndjson', ndjson(records(5)))])
    assert.equal(code, 1)
    assert.match(stderr, /^Your session has ended\. Log in again: tidegauge login --username ADDRESS$/m)
    assert.doesNotMatch(stderr, new RegExp(account.token))
  })

  test('[CLI-3] a reader of standard output that goes away does not stop an upload', async (t) => {
    const { start, file, server } = await loggedIn(t)
    const started = start([
      'upload',
      '--json',
      '--chunk-size',
      '10',
      await file('data.ndjson', ndjson(records(500))),
    ])
    started.child.stdout.destroy()
    const { code } = await started.ended
    assert.equal(code, 0)
    assert.equal(server.stored.size, 500)
  })

  test('[CLI-20] an empty file is no failure', async (t) => {
    const { run, file } = await loggedIn(t)
    const { code, stdout } = await run(['upload', await file('empty.json', '[]')])
    assert.deepEqual({ code, stdout }, { code: 0, stdout: `Stored 0 records in data set ${dataSetId}.\n` })
  })

  /** What a server gives back: two data sets, a split record, and one whose other half is missing. */
  const id = (n: number) => String(n).padStart(32, '0')
  const uploads = [
    { type: 'upload', uploadId: 'upid_000000000001', client: { name: 'org.example.pump' }, deviceId: 'pump' },
    { type: 'upload', uploadId: 'upid_000000000002', deviceId: 'meter', _deduplicator: { name: 'x' } },
  ]
  const readBack = [
    { type: 'bolus', subType: 'normal', id: id(1), uploadId: 'upid_000000000001', normal: 1 },
    ...uploads,
    { type: 'wizard', id: id(2), uploadId: 'upid_000000000001', bolus: id(1) },
    { type: 'wizard', id: id(3), uploadId: 'upid_000000000001', bolus: id(9) },
    { type: 'smbg', id: id(4), uploadId: 'upid_000000000002', value: 5 },
  ]

  test('[CLI-36] what a server gave goes up as it is: split records together, each in a data set like its own', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const path = await file('data.ndjson', ndjson(readBack))
    for (let n = 0; n < 2; n++) {
      const { code, stdout, stderr } = await run(['upload', path])
      assert.deepEqual(
        { code, stdout, stderr },
        {
          code: 0,
          stdout: 'Stored 4 records in 2 data sets.\n',
          stderr: 'Sent without the record that they link to, which is not there: 1 wizard (bolus).\n',
        },
      )
    }
    assert.deepEqual(
      server.dataSets.map(({ deviceId, client }) => [deviceId, client]),
      [
        ['meter', { private: { original: { uploadId: 'upid_000000000002', deduplicator: { name: 'x' } } } }],
        ['pump', { name: 'org.example.pump', private: { original: { uploadId: 'upid_000000000001' } } }],
      ],
    )
    const { origin, bolus } = server.stored.get(id(2)) ?? {}
    assert.deepEqual(
      [origin, (bolus as { id: string }).id],
      [{ id: id(2), name: 'org.tidegauge.cli', type: 'application' }, id(1)],
    )
    assert.equal(server.stored.has(id(1)), false, 'not on its own')
    assert.equal('bolus' in (server.stored.get(id(3)) ?? {}), false)
  })

  test('[CLI-36] the index of a refused record is that in the file, also where it went inside another one', async (t) => {
    const { run, file, server } = await loggedIn(t)
    server.refuse = ({ bolus }) =>
      typeof bolus === 'object' ? { code: 'value-out-of-range', pointer: '/bolus/normal' } : undefined
    const { code, stdout, stderr } = await run(['upload', await file('data.ndjson', ndjson(readBack))])
    assert.equal(code, 3)
    assert.equal(stdout, 'Stored 3 records in 2 data sets, refused 1.\n')
    assert.match(stderr, /^ {2}bolus +value-out-of-range at \/normal +1 +0$/m)
    assert.match(
      stderr,
      /^Sent without the record that they link to, which was refused: 1 wizard \(bolus\)\.$/m,
    )
  })

  test('[CLI-36] standard input, gzip and several files are read again as well', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const expected = 'Stored 4 records in 2 data sets.\n'
    assert.equal((await run(['upload', '-'], { stdin: gzipSync(ndjson(readBack)) })).stdout, expected)
    const [first, second] = [
      await file('a.ndjson', ndjson(readBack.slice(3))),
      await file('b.json', JSON.stringify(readBack.slice(0, 3))),
    ]
    assert.equal((await run(['upload', first, second])).stdout, expected)
    assert.equal(server.dataSets.length, 2)
  })

  test('[CLI-36] with --data-set all go to that one', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const path = await file('data.ndjson', ndjson(readBack))
    const { code, stdout } = await run(['upload', '--data-set', dataSetId, path])
    assert.deepEqual({ code, stdout }, { code: 0, stdout: `Stored 4 records in data set ${dataSetId}.\n` })
    assert.deepEqual(server.requests, [CHUNKS])
  })

  test('[CLI-36] records of a data set that is in the account and takes no more are not sent; code 3', async (t) => {
    const { run, file, server } = await loggedIn(t)
    server.dataSets.push({ id: 'upid_000000000001', dataSetType: 'normal' })
    const { code, stdout, stderr } = await run(['upload', await file('data.ndjson', ndjson(readBack))])
    assert.equal(code, 3)
    assert.match(stdout, /^Stored 1 record in data set [0-9a-f]{32}\.\n$/)
    assert.match(
      stderr,
      /^Not sent: 3 records of data sets that are in this account, where they would be twice\..* --data-set ID$/m,
    )
  })

  test('[CLI-36] what the server refuses of a data set’s description is said', async (t) => {
    const { run, file, server } = await loggedIn(t)
    server.handlers[`POST /v1/users/${account.userId}/data_sets`] = ({ body }) =>
      'deviceId' in (body as object)
        ? {
            status: 400,
            body: { code: 'value-empty', title: 't', detail: 'd', source: { pointer: '/deviceId' } },
          }
        : undefined
    const { code, stderr } = await run(['upload', await file('data.ndjson', ndjson(readBack))])
    assert.equal(code, 0)
    assert.match(
      stderr,
      /^Left out of what describes the data sets, as the server refuses it: value-empty at \/deviceId\.$/m,
    )
  })

  test('[CLI-37] with a receipt, the last sentence says what was new; what is parked is not stored, and the code is 3', async (t) => {
    const { run, file, server } = await loggedIn(t)
    const path = await file('data.ndjson', ndjson(records(2050)))
    server.receipt = (chunk) =>
      `new=${chunk.length === 50 ? 0 : chunk.length},replaced=${chunk.length % 1000}`
    const { code, stdout } = await run(['upload', path])
    assert.deepEqual(
      { code, stdout },
      { code: 0, stdout: `Stored 2,050 records in data set ${dataSetId}: 2,000 new, 50 replaced.\n` },
    )
    server.receipt = () => 'new=0,replaced=0,unchanged=5,refused=0,parked=1'
    const parked = await run(['upload', '--chunk-size', '3000', path])
    assert.deepEqual(
      [parked.code, parked.stdout],
      [3, `Stored 2,049 records in data set ${dataSetId}: 5 unchanged, 1 parked.\n`],
    )
  })

  test('[CLI-29] --json tells of data sets, links and receipts', async (t) => {
    const { run, file, server } = await loggedIn(t)
    server.receipt = (chunk) => `new=${chunk.length}`
    const path = await file('data.ndjson', ndjson(readBack))
    const { stdout } = await run(['upload', '--json', path])
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const [first, second] = [dataSetId, `${dataSetId.slice(0, -1)}b`]
    const receipt = { new: 3, replaced: 0, unchanged: 0, refused: 0, parked: 0 }
    assert.deepEqual(
      events.filter(({ event }) => event !== 'progress'),
      [
        {
          event: 'data-set',
          file: path,
          index: 1,
          uploadId: 'upid_000000000001',
          dataSetId: first,
          state: 'made',
        },
        {
          event: 'data-set',
          file: path,
          index: 2,
          uploadId: 'upid_000000000002',
          dataSetId: second,
          state: 'made',
        },
        { event: 'unlinked', file: path, index: 4, type: 'wizard', field: 'bolus', reason: 'missing' },
        {
          event: 'result',
          outcome: 'done',
          sent: 4,
          refused: 0,
          settled: 6,
          repeated: 0,
          dataSetIds: [first, second],
          unlinked: 1,
          receipt,
        },
      ],
    )
    const last = events.findLast(({ event }) => event === 'progress')
    assert.deepEqual(last, { event: 'progress', sent: 4, refused: 0, settled: 6, fraction: 1, receipt })
  })
})
