import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { commandLine } from '../testing/command-line.ts'
import { account, scriptedServer } from '../testing/scripted-server.ts'

const DATA = `GET /data/${account.userId}`

async function loggedIn(t: TestContext) {
  const line = await commandLine(t)
  const server = await scriptedServer(t)
  await line.logInTo(server.url)
  return { ...line, server }
}

const cbg = (n: number) => ({
  type: 'cbg',
  time: '2026-01-05T10:00:00.000Z',
  id: String(n).padStart(32, '0'),
  value: 5.5,
})

describe('data', () => {
  test('[CLI-40] prints a record on each line, or a JSON array', async (t) => {
    const { run, server } = await loggedIn(t)
    for (const list of [[], [cbg(0)], [cbg(0), cbg(1)]]) {
      server.stored = new Map(list.map((record) => [record.id, record]))
      const lines = await run(['data'])
      assert.deepEqual(lines, {
        code: 0,
        stdout: list.map((record) => `${JSON.stringify(record)}\n`).join(''),
        stderr: '',
      })
      const array = await run(['data', '--format', 'json'])
      assert.deepEqual(JSON.parse(array.stdout), list)
      assert.equal(array.stdout.at(-1), '\n')
    }
  })

  test('[CLI-41] asks for what it is told to', async (t) => {
    const { run, server } = await loggedIn(t)
    const asked: URLSearchParams[] = []
    server.handlers[DATA] = ({ url }) => {
      asked.push(url.searchParams)
      return undefined
    }
    const env = { TZ: 'America/New_York' }
    await run(
      [
        'data',
        '--type',
        'cbg,smbg',
        '--type',
        'bolus',
        '--sub-type',
        'normal',
        '--device',
        'D 1',
        '--upload',
        'f',
        '--latest',
      ],
      { env },
    )
    await run(['data', '--from', '2026-03-08', '--to', '2026-03-08'], { env })
    await run(['data', '--from', '2026-03-08T00:00:00+01:00'], { env })
    assert.deepEqual(
      asked.map((query) => Object.fromEntries(query)),
      [
        { type: 'cbg,smbg,bolus', subType: 'normal', deviceId: 'D 1', uploadId: 'f', latest: 'true' },
        // The day on which the clock is set forward has 23 hours.
        { startDate: '2026-03-08T05:00:00.000Z', endDate: '2026-03-09T03:59:59.999Z' },
        { startDate: '2026-03-07T23:00:00.000Z' },
      ],
    )
    const other = await run(['data', '--user', '9876543210'], { env })
    assert.equal(other.code, 1)
    assert.equal(server.requests.at(-1), 'GET /data/9876543210')
  })

  test('[CLI-3] a reader that goes away is no failure', async (t) => {
    const { start, server } = await loggedIn(t)
    let pieces = 0
    server.handlers[DATA] = async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('[')
      const piece = `${JSON.stringify(cbg(1))},\n`.repeat(1000)
      while (!response.destroyed) {
        pieces++
        if (!response.write(piece)) await new Promise((soon) => setTimeout(soon, 5))
      }
      return undefined
    }
    const started = start(['data'])
    await started.says(/\n/)
    started.child.stdout.destroy()
    const { code, stderr } = await started.ended
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.ok(pieces < 10_000)
  })

  test('[CLI-42] an answer that is cut off is a failure, after what came of it', async (t) => {
    const { run, server } = await loggedIn(t)
    server.handlers[DATA] = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(`[\n${JSON.stringify(cbg(0))},\n{"type":"cb`)
      return undefined
    }
    const { code, stdout, stderr } = await run(['data'])
    assert.equal(code, 1)
    assert.equal(stdout, JSON.stringify(cbg(0)))
    assert.match(stderr, /ended before its last record/)
  })
})
