import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { readRunning } from '@tidegauge/server'
import { BIN, commandLine } from '../testing/command-line.ts'
import { logIn, password, readyAt, serving, username } from '../testing/serving.ts'

const isWindows = process.platform === 'win32'

/** Begins an upload whose body never comes to its end. */
async function hangingRequest(t: TestContext, url: string) {
  const json = { 'content-type': 'application/json' }
  const signUp = await fetch(`${url}/auth/user`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username, emails: [username], password }),
  })
  const token = signUp.headers.get('x-tidepool-session-token') ?? ''
  const { userid } = (await signUp.json()) as { userid: string }
  const created = await fetch(`${url}/v1/users/${userid}/data_sets`, {
    method: 'POST',
    headers: { ...json, 'x-tidepool-session-token': token },
    body: JSON.stringify({ dataSetType: 'continuous' }),
  })
  const { data } = (await created.json()) as { data: { id: string } }
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => undefined)
  t.after(() => socket.destroy())
  const head = `POST /dataservices/v1/datasets/${data.id}/data HTTP/1.1\r\nhost: x\r\nx-tidepool-session-token: ${token}`
  socket.write(`${head}\r\ncontent-length: 100\r\n\r\n[`)
  await pause(100)
}

async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/status`).then(
    () => true,
    () => false,
  )
}

describe('serve', { concurrency: 4 }, () => {
  test('[CLI-50] when it is ready it prints one line with address and data directory, and nothing else', async (t) => {
    const { server, url, data } = await serving(t)
    assert.equal(server.stdout(), `Tidegauge is ready at ${url} (data in ${data})\n`)
    const response = await fetch(`${url}/status`)
    assert.equal(response.status, 200)
    assert.equal(((await response.json()) as { status: string }).status, 'ok')
    server.child.kill('SIGTERM')
    const { code, stdout } = await server.ended
    assert.equal(code, 0)
    assert.equal(stdout, `Tidegauge is ready at ${url} (data in ${data})\n`)
  })

  test('[CLI-50] port, data directory and sign-up may come from the environment; a flag goes before it', async (t) => {
    const line = await commandLine(t)
    const env = { TIDEGAUGE_PORT: '0', TIDEGAUGE_DATA: join(line.directory, 'd'), TIDEGAUGE_SIGNUP: 'closed' }
    const server = line.start(['serve'], { env })
    await readyAt(server)
    assert.ok(server.stdout().endsWith(`(data in ${env.TIDEGAUGE_DATA})\n`))
    const wrong = await line.run(['serve', '--port', 'x'], { env })
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /--port/)
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`[CLI-51] ${signal} ends it with 0 within 5 s, also while a request hangs`, {
      skip: isWindows,
    }, async (t) => {
      const { server, url } = await serving(t)
      await hangingRequest(t, url)
      const beganMs = performance.now()
      server.child.kill(signal)
      assert.equal((await server.ended).code, 0)
      assert.ok(performance.now() - beganMs < 5000)
    })
  }

  test('[CLI-52] a second signal ends it at once', { skip: isWindows }, async (t) => {
    const { server, url } = await serving(t)
    await hangingRequest(t, url)
    server.child.kill('SIGTERM')
    await pause(300)
    const beganMs = performance.now()
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 130)
    assert.ok(performance.now() - beganMs < 1000)
  })

  for (const [between, command] of [
    ['', 'exec "$0" "$@"'],
    [', and the shell in between lives on', '"$0" "$@"; true'],
  ]) {
    test(`[CLI-53] when npm, which started it, is killed${between}, it ends too`, {
      skip: isWindows,
    }, async (t) => {
      const { file, env, directory } = await commandLine(t)
      const args = [
        '-c',
        command,
        process.execPath,
        BIN,
        'serve',
        '--port',
        '0',
        '--data',
        join(directory, 'data'),
      ]
      const npm = await file(
        'npm.mjs',
        `import { spawn } from 'node:child_process'
         const env = { ...process.env, npm_lifecycle_event: 'start' }
         spawn('sh', ${JSON.stringify(args)}, { stdio: ['ignore', 'inherit', 'ignore'], env })`,
      )
      const parent = spawn(process.execPath, [npm], {
        env,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      t.after(() => parent.kill('SIGKILL'))
      const [said] = (await parent.stdout.take(1).toArray()) as Buffer[]
      const url = /http:\/\/\S+/.exec(String(said))?.[0] ?? ''
      assert.equal((await fetch(`${url}/status`)).status, 200)
      const running = await readRunning(join(directory, 'data'))
      parent.kill('SIGKILL')
      for (let n = 0; await answers(url); n++) {
        await pause(100)
        if (n < 50) continue
        if (running) process.kill(running.pid, 'SIGKILL')
        assert.fail('it still runs')
      }
    })
  }

  test('[CLI-54] a port or a data directory in use is one sentence and code 1', async (t) => {
    const { run, url, data, directory } = await serving(t)
    for (const args of [
      ['--port', new URL(url).port, '--data', join(directory, 'other')],
      ['--port', '0', '--data', data],
    ]) {
      const { code, stdout, stderr } = await run(['serve', ...args])
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
      assert.match(stderr, /in use/)
      assert.doesNotMatch(stderr, /^\s+at /m)
    }
  })
})

describe('the command line and the real server', () => {
  test('[CLI-56] user add works beside a running server and without one', async (t) => {
    const { run, server, data } = await serving(t)
    const add = (address: string, env: Record<string, string> = { TIDEGAUGE_PASSWORD: password }) =>
      run(['user', 'add', address, '--data', data], { env })
    const first = await add(username)
    assert.equal(first.code, 0, first.stderr)
    assert.match(first.stdout, new RegExp(`^Added ${username} \\(user id [0-9a-f]{10}\\)\\.\\n$`))
    const again = await add(username)
    assert.equal(again.code, 1)
    assert.match(again.stderr, /already/)
    assert.equal((await add('x@example.org', { TIDEGAUGE_PASSWORD: 'short' })).code, 1)
    assert.equal((await add('x@example.org', {})).code, 2)
    server.child.kill('SIGTERM')
    await server.ended
    assert.equal((await add('bob@example.org')).code, 0)
  })

  test('[CLI-35] synthetic data go up, a second time without one double, and come back in mmol/L', async (t) => {
    const world = await serving(t)
    const { run, file } = world
    await logIn(world)
    const { stdout: data } = await run(['synth', '--days', '2', '--start', '2026-03-07'])
    const count = data.trimEnd().split('\n').length
    const path = await file('data.ndjson', data)
    const first = await run(['upload', path])
    assert.equal(first.code, 0, first.stderr)
    const again = await run(['upload', '-'], { stdin: data })
    const unchanged = first.stdout.replace(`${count} new`, `${count} unchanged`)
    assert.notEqual(unchanged, first.stdout)
    assert.deepEqual({ code: again.code, stdout: again.stdout }, { code: 0, stdout: unchanged })
    const back = (await run(['data'])).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const records = back.filter(({ type }) => type !== 'upload')
    assert.equal(records.length, count)
    assert.equal(back.length, count + 1, 'and the data set itself')
    assert.ok(
      records
        .filter(({ type }) => type === 'cbg')
        .every(({ units, value }) => units === 'mmol/L' && value < 23),
    )
    // What came back goes up again as it is.
    const returned = records.map((record) => JSON.stringify(record)).join('\n')
    const third = await run(['upload', '-'], { stdin: returned })
    assert.match(third.stdout, new RegExp(`^Stored ${count} records`))
    assert.doesNotMatch(third.stdout, /new/)
    assert.equal((await run(['data'])).stdout.trimEnd().split('\n').length, count + 1)
  })
})
