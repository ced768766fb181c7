import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createClient } from '@tidegauge/client'
import { type ServerProcess, serve, tidegauge } from './process.ts'

const password = 'correct:horse'
const cbg = (i: number, fields: object = {}) => ({
  type: 'cbg',
  time: new Date(Date.UTC(2026, 0, 5) + i * 300_000).toISOString(),
  value: 5,
  units: 'mmol/L',
  deviceId: 'device-1',
  origin: { id: `o${i}` },
  ...fields,
})

describe('operating a server', () => {
  let dataDirectory: string
  let running: ServerProcess[]
  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-operation-'))
    running = []
  })
  afterEach(async () => {
    for (const server of running) await server.stop('SIGKILL')
    await rm(dataDirectory, { recursive: true, force: true })
  })
  const start = async (options: Partial<Parameters<typeof serve>[0]> = {}) => {
    const server = await serve({ dataDirectory, ...options })
    running.push(server)
    return server
  }
  const session = async ({ url }: ServerProcess) => {
    const tide = createClient({ baseUrl: url, retry: { maxTries: 1 } })
    await tide.signUp({ username: 'ada@example.org', password })
    const dataSet = await tide.openDataSet({ clientName: 'org.example.a', clientVersion: '1.0.0' })
    return { tide, dataSet }
  }

  test('[OP-1] one line on stdout with URL and data directory; the log is JSON without ids, addresses and values', async () => {
    const server = await start()
    assert.ok(server.line.includes(dataDirectory))
    assert.deepEqual(await (await fetch(`${server.url}/status`)).json(), { status: 'ok' })
    const { tide, dataSet } = await session(server)
    await tide.upload(dataSet, [cbg(1, { value: 7.654321 })])
    await fetch(`${server.url}/data/${tide.session?.userId}?deviceId=device-1`)
    assert.equal(await server.stop('SIGTERM'), 0)
    assert.equal(server.stdout(), `${server.line}\n`)
    const lines = server.stderr().trim().split('\n')
    const routes = lines.map((line) => JSON.parse(line).route)
    assert.ok(routes.includes('/dataservices/v1/datasets/:dataSetId/data'))
    for (const secret of [
      tide.session?.token,
      tide.session?.userId,
      dataSet.id,
      'ada@',
      '7.654321',
      'device-1',
    ]) {
      assert.ok(secret && !server.stderr().includes(secret), 'the log tells too much')
    }
  })

  test('[OP-2] a second server on the directory refuses and names the first', async () => {
    const server = await start()
    const second = await tidegauge(['serve', '--port', '0', '--data', dataDirectory])
    assert.equal(second.code, 1)
    assert.equal(second.stdout, '')
    assert.match(second.stderr, new RegExp(`${server.process.pid}|${server.url}`))
    assert.equal((await fetch(`${server.url}/status`)).status, 200)
  })

  test('[OP-2] a killed server leaves no lock: the next one is ready within 10 s on the same port', async () => {
    const first = await start()
    const port = Number(new URL(first.url).port)
    await first.stop('SIGKILL')
    const started = performance.now()
    const second = await start({ port })
    assert.equal(second.url, first.url)
    assert.ok(performance.now() - started < 10_000)
  })

  test('[OP-2] a taken port is said in a sentence', async () => {
    const first = await start()
    const other = await mkdtemp(join(tmpdir(), 'tidegauge-operation-'))
    const second = await tidegauge(['serve', '--port', new URL(first.url).port, '--data', other])
    await rm(other, { recursive: true })
    assert.equal(second.code, 1)
    assert.match(second.stderr, /port \d+ is in use/)
  })

  test('[OP-3] SIGTERM answers what is in flight, keeps it, and ends with 0 within 5 s', async () => {
    const server = await start()
    const { tide, dataSet } = await session(server)
    const upload = tide.upload(
      dataSet,
      Array.from({ length: 1000 }, (_, i) => cbg(i)),
    )
    await new Promise((resolve) => setTimeout(resolve, 15))
    const started = performance.now()
    const [code, result] = await Promise.all([server.stop('SIGTERM'), upload.catch(() => undefined)])
    assert.equal(code, 0)
    assert.ok(performance.now() - started < 5_000)
    const again = await start()
    const reader = createClient({ baseUrl: again.url, session: tide.session })
    const count = (await Array.fromAsync(reader.readData({ types: ['cbg'] }))).length
    assert.equal(count, result ? 1000 : 0)
  })

  test('[OP-3] SIGTERM ends within 5 s though a client holds a half-sent request open', async () => {
    const server = await start()
    const { tide, dataSet } = await session(server)
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(
      `POST /v1/data_sets/${dataSet.id}/data HTTP/1.1\r\nhost: x\r\nx-tidepool-session-token: ${tide.session?.token}\r\ncontent-length: 1000\r\n\r\n[`,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    const started = performance.now()
    assert.equal(await server.stop('SIGTERM'), 0)
    assert.ok(performance.now() - started < 5_000)
    socket.destroy()
  })

  test('[OP-4] user add works while the server runs, and while it does not, whatever the sign-up policy', async () => {
    const env = { TIDEGAUGE_PASSWORD: password }
    const add = (name: string) => tidegauge(['user', 'add', name, '--data', dataDirectory], { env })
    assert.equal((await add('early@example.org')).code, 0)
    const server = await start({ signUp: 'closed' })
    assert.equal((await add('late@example.org')).code, 0)
    for (const username of ['early@example.org', 'late@example.org']) {
      const { userId } = await createClient({ baseUrl: server.url }).login({ username, password })
      assert.match(userId, /^[0-9a-f]{10}$/)
    }
    const twice = await add('late@example.org')
    assert.equal(twice.code, 1)
    assert.match(twice.stderr, /account with this address/)
  })

  test('[OP-4] a data directory with a long path has its socket elsewhere', async () => {
    const deep = join(dataDirectory, 'd'.repeat(100))
    await mkdir(deep)
    await start({ dataDirectory: deep })
    const env = { TIDEGAUGE_PASSWORD: password }
    assert.equal((await tidegauge(['user', 'add', 'a@example.org', '--data', deep], { env })).code, 0)
  })

  test('[OP-5] files are private to their owner', {
    skip: process.platform === 'win32' && 'POSIX modes',
  }, async () => {
    const directory = join(dataDirectory, 'made')
    await start({ dataDirectory: directory })
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
    assert.equal(await mode(directory), '700')
    for (const name of ['tidegauge.db', 'operator.sock', 'running.json']) {
      assert.equal(await mode(join(directory, name)), '600', name)
    }
  })

  test('[ER-26] a data directory that is deleted meanwhile takes nothing any more', async () => {
    const server = await start()
    const { tide, dataSet } = await session(server)
    await tide.upload(dataSet, [cbg(1)])
    await rm(dataDirectory, { recursive: true, force: true })
    await assert.rejects(tide.upload(dataSet, [cbg(2)]), /500|server|disk/i)
  })

  test('[ER-26] a full disk refuses what does not fit and loses nothing; with room again it goes on', async (t) => {
    const disk = join(dataDirectory, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      return t.skip('needs the right to mount a small disk')
    }
    try {
      const server = await start({ dataDirectory: join(disk, 'data') })
      const { tide, dataSet } = await session(server)
      const post = (from: number) =>
        fetch(`${server.url}/v1/data_sets/${dataSet.id}/data`, {
          method: 'POST',
          headers: { 'x-tidepool-session-token': tide.session?.token ?? '' },
          body: JSON.stringify(Array.from({ length: 1000 }, (_, i) => cbg(from + i))),
        })
      let stored = 0
      let refused: Response | undefined
      for (let i = 0; i < 40 && !refused; i++) {
        const answer = await post(i * 1000)
        if (answer.status === 200) stored += 1000
        else refused = answer
      }
      assert.equal(refused?.status, 500)
      const { errors } = await (refused as Response).json()
      assert.equal(errors[0].code, 'internal-server-failure')
      assert.match(errors[0].detail, /disk is full/)
      const count = async () => (await Array.fromAsync(tide.readData({ types: ['cbg'] }))).length
      assert.equal(await count(), stored, 'everything acknowledged is there, and reading goes on')
      execFileSync('mount', ['-o', 'remount,size=60m', disk])
      assert.equal((await post(900_000)).status, 200)
      assert.equal(await count(), stored + 1000)
      assert.equal(await server.stop('SIGTERM'), 0)
    } finally {
      for (const server of running) await server.stop('SIGKILL')
      execFileSync('umount', [disk])
    }
  })

  test('[ER-26] a read-only data directory is said in a sentence at the start', async (t) => {
    const disk = join(dataDirectory, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      return t.skip('needs the right to mount a small disk')
    }
    try {
      const data = join(disk, 'data')
      const first = await start({ dataDirectory: data })
      await session(first)
      assert.equal(await first.stop('SIGTERM'), 0)
      execFileSync('mount', ['-o', 'remount,ro', disk])
      const second = await tidegauge(['serve', '--port', '0', '--data', data])
      assert.equal(second.code, 1)
      assert.match(second.stderr, /may not write there/)
      assert.ok(!/\n\s+at /.test(second.stderr), 'no stack trace')
    } finally {
      execFileSync('umount', [disk])
    }
  })
})
