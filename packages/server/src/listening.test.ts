import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'
import { ConfigError, configFrom } from './config.ts'
import { followTls } from './http/tls.ts'
import { silentLog } from './log.ts'
import { startWorld, type World } from './testing/world.ts'

const pair = async (name: string) => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  return { cert, key }
}

/** Asks over TLS; answers the text and who the certificate was for. */
async function ask(
  url: string,
): Promise<{ text: string; name: string; headers: IncomingMessage['headers'] }> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(url, { rejectUnauthorized: false, agent: false }, resolve).on('error', reject)
  const response = await promise
  const name = String((response.socket as TLSSocket).getPeerCertificate().subject.CN)
  return { text: await text(response), name, headers: response.headers }
}

describe('listening beyond this computer', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidegauge-tls-'))
  })
  after(() => rm(directory, { recursive: true }))
  const files = async (name: string) => {
    const { cert, key } = await pair(name)
    const paths = { cert: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) }
    await writeFile(paths.cert, cert)
    await writeFile(paths.key, key)
    return paths
  }

  test('[OP-50] beyond this computer the server listens with a certificate or behind a proxy, and not otherwise', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'glucose.example.org', '127.evil.example']) {
      assert.throws(() => configFrom({}, { host }), /in the clear: give --tls-cert/, host)
      assert.equal(configFrom({}, { host, behindProxy: true }).host, host)
    }
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '::1'])
      assert.equal(configFrom({}, { host }).host, host)
    assert.equal(configFrom({}).host, '127.0.0.1')
    const { cert, key } = await files('one')
    assert.deepEqual(configFrom({}, { host: '0.0.0.0', tlsCert: cert, tlsKey: key }).tls, { cert, key })
  })

  test('[OP-51] a certificate that cannot be used is said before anything else happens', async () => {
    const [one, two] = [await files('a'), await files('b')]
    const bad: [object, RegExp][] = [
      [{ tlsCert: one.cert }, /go together/],
      [{ tlsCert: one.cert, tlsKey: two.key }, /are not a certificate and its key/],
      [{ tlsCert: one.cert, tlsKey: '/nowhere' }, /\/nowhere cannot be read/],
      [{ tlsCert: one.key, tlsKey: one.key }, /are not a certificate/],
    ]
    for (const [flags, message] of bad) {
      assert.throws(
        () => configFrom({}, flags),
        (error) => error instanceof ConfigError && message.test(error.message),
      )
    }
  })

  test('[OP-52] it speaks TLS 1.2 and newer, says that it always will, and takes renewed files without a restart', async () => {
    const tls = await files('first')
    await using world = await startWorld({ tls })
    assert.match(world.url, /^https:\/\/127\.0\.0\.1:/)
    const first = await ask(`${world.url}/status`)
    assert.deepEqual([first.name, first.text], ['first', '{"status":"ok"}'])
    assert.equal(first.headers['strict-transport-security'], 'max-age=31536000')
    const renewed = await pair('second')
    // The server looks once a minute; this looks more often at the same server's files.
    const seen: string[] = []
    const server = { setSecureContext: ({ cert }: { cert: string }) => seen.push(cert) }
    const stop = followTls(server as never, tls, silentLog(), 20)
    await writeFile(tls.cert, renewed.cert)
    await sleep(150)
    assert.deepEqual(seen, [], 'a certificate without its key is left')
    await writeFile(tls.key, renewed.key)
    for (let i = 0; i < 100 && seen.length === 0; i++) await sleep(20)
    stop()
    assert.equal(seen.at(-1), renewed.cert)
  })

  test('[OP-53] who is calling is whom the proxy names last; without --behind-proxy nobody is believed', async () => {
    for (const behindProxy of [true, false]) {
      await using world = await startWorld({ behindProxy })
      const ada = await world.person()
      const headers = {
        'x-forwarded-for': '10.9.9.9, 203.0.113.7',
        'x-forwarded-proto': 'https',
        'user-agent': 'test',
      }
      const answer = await world.send('GET', `/data/${ada.userId}`, { token: ada.token, headers })
      assert.equal(answer.headers.has('strict-transport-security'), behindProxy)
      const trail = (await world.send('GET', `/v1/users/${ada.userId}/audit`, { token: ada.token })).json
      const read = trail.find((one: { operation: string }) => one.operation === 'read data')
      assert.equal(read.address, behindProxy ? '203.0.113.7' : '127.0.0.1')
    }
  })

  test('[OP-54] the largest request and the pages that may call can be set', async () => {
    assert.equal(configFrom({}, { maxBodyMib: '2' }).limits.bodyBytes, 2 * 1024 * 1024)
    for (const maxBodyMib of ['0', '2000', 'x', '1.5'])
      assert.throws(() => configFrom({}, { maxBodyMib }), /1 to 1024/)
    const { corsOrigins } = configFrom({ TIDEGAUGE_CORS_ORIGINS: 'https://a.example, https://b.example' })
    assert.deepEqual(corsOrigins, ['https://a.example', 'https://b.example'])
    assert.throws(() => configFrom({}, { corsOrigin: ['a.example'] }), /--cors-origin/)
    await using world = await startWorld({ corsOrigins: ['https://a.example'] })
    const allowed = async (origin: string) =>
      (await world.send('GET', '/status', { headers: { origin } })).headers.get('access-control-allow-origin')
    assert.equal(await allowed('https://a.example'), 'https://a.example')
    assert.equal(await allowed('https://b.example'), null)
  })
})

describe('what every answer says, and what no request may do', () => {
  let world: World
  before(async () => {
    world = await startWorld({ limits: { bodyTimeoutMs: 2_000 } })
  })
  after(() => world[Symbol.asyncDispose]())

  test('[SV-40] every answer is kept by nobody, is no page, is in no frame, and gives no address away', async () => {
    const ada = await world.person()
    const paths = [
      '/status',
      '/nowhere',
      `/data/${ada.userId}`,
      '/auth/user',
      '/realms/tidegauge/.well-known/openid-configuration',
      '/%',
    ]
    for (const path of paths) {
      const { headers } = await world.send('GET', path, { token: ada.token })
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
      assert.equal(headers.get('cache-control'), 'no-store', path)
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path)
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'/, path)
      assert.ok(!headers.has('strict-transport-security'), 'it is not reached by https')
    }
  })

  /** Sends bytes as they are, and answers everything that comes until the server closes, or `undefined` if it does not. */
  const raw = async (bytes: string, waitMs = 25_000): Promise<string | undefined> => {
    const { hostname, port } = new URL(world.url)
    const socket = connect(Number(port), hostname)
    socket.write(bytes)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => {})
    const closed = new Promise<boolean>((done) => socket.on('close', () => done(true)))
    const isClosed = await Promise.race([closed, sleep(waitMs, false, { ref: false })])
    socket.destroy()
    return isClosed ? answer : undefined
  }
  const odd: [string, string, RegExp][] = [
    [
      'two lengths',
      'POST /auth/user HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      /^HTTP\/1\.1 400/,
    ],
    [
      'a length and chunks',
      'POST /auth/user HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
    ['a NUL in a header', 'GET /status HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n', /^HTTP\/1\.1 400/],
    [
      'a line break in a header',
      'GET /status HTTP/1.1\r\nHost: a\r\nX-Tidepool-Trace-Request: a\nSet-Cookie: b\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 (400|200)(?![\s\S]*\r\nset-cookie)/i,
    ],
    [
      'headers without end',
      `GET /status HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431/,
    ],
    [
      'a path without end',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      /^HTTP\/1\.1 (431|414|400)/,
    ],
    [
      'an absolute address',
      'GET http://evil.example/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 (200|404)/,
    ],
    [
      'a path that climbs',
      'GET /v1/../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 404/,
    ],
    ['no host', 'GET /status HTTP/1.1\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 400/],
  ]
  for (const [what, bytes, expected] of odd) {
    test(`[SV-41] a request of an odd kind has an answer and an end: ${what}`, async () => {
      assert.match((await raw(bytes)) ?? 'nothing', expected)
      assert.equal((await world.send('GET', '/status')).status, 200)
    })
  }

  test('[SV-42] headers and bodies that never end do', { timeout: 60_000 }, async () => {
    const [headers, body] = await Promise.all([
      raw('GET /status HTTP/1.1\r\nHost: a\r\nX-A: ', 40_000),
      raw('POST /auth/user HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{', 40_000),
    ])
    assert.match(headers ?? 'nothing', /^HTTP\/1\.1 408/)
    assert.match(body ?? 'nothing', /^HTTP\/1\.1 408/)
  })
})
