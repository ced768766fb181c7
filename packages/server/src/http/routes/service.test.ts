import assert from 'node:assert/strict'
import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { startWorld, type World } from '../../testing/world.ts'

describe('what a server says of itself', () => {
  let world: World
  before(async () => {
    world = await startWorld({ now: () => Date.UTC(2026, 0, 5, 10, 0, 0, 120) })
  })
  after(() => world[Symbol.asyncDispose]())

  test('[SV-1] /status is 200 {"status":"ok"}', async () => {
    const answer = await world.send('GET', '/status')
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.json, { status: 'ok' })
  })

  test('[SV-2] the time is in data.time, UTC with three fraction digits, on both paths', async () => {
    for (const path of ['/v1/time', '/dataservices/v1/time']) {
      const answer = await world.send('GET', path, { headers: { 'x-tidepool-trace-request': 'abc' } })
      assert.deepEqual(answer.json, {
        data: { time: '2026-01-05T10:00:00.120Z' },
        meta: { trace: { request: 'abc' } },
      })
    }
  })

  test('[SV-3] /info has what the Uploader needs and tells it to show its own sign-in form', async () => {
    const { json } = await world.send('GET', '/info')
    assert.match(json.versions.uploaderMinimum, /^\d+\.\d+\.\d+$/)
    assert.deepEqual(json.auth, { realm: null, url: null })
  })

  test('[SV-3] by the public address /info names the issuer, by this computer’s own names it does not; either can be forced', async () => {
    const publicUrl = 'https://glucose.example.org'
    const openid = { realm: 'tidegauge', url: publicUrl }
    const none = { realm: null, url: null }
    const ways: ['auto' | 'password' | 'openid', string, object][] = [
      ['auto', 'glucose.example.org', openid],
      ['auto', 'localhost:8009', none],
      ['auto', 'glucose.example.org.evil.example', none],
      ['password', 'glucose.example.org', none],
      ['openid', 'localhost:8009', openid],
    ]
    for (const [signIn, host, auth] of ways) {
      await using one = await startWorld({ publicUrl, signIn })
      assert.deepEqual(await authAt(one.url, host), auth, `${signIn} ${host}`)
    }
  })

  test('[SV-4] the status routes answer to anybody', async () => {
    for (const name of ['data', 'auth', 'access', 'metadata', 'confirm', 'export']) {
      assert.equal((await world.send('GET', `/${name}/status`)).text, 'OK\n')
    }
    assert.match((await world.send('GET', '/dataservices/status')).json.data.Version, /^\d/)
    assert.match((await world.send('GET', '/dataservices/version')).json.data.version, /^\d/)
  })

  test('[SV-5] a trace comes back as it was sent, cut to 64 bytes, or is made', async () => {
    const sent = await world.send('GET', '/v1/time', {
      headers: { 'x-tidepool-trace-request': 'r'.repeat(70), 'x-tidepool-trace-session': 's1' },
    })
    assert.equal(sent.headers.get('x-tidepool-trace-request'), 'r'.repeat(64))
    assert.equal(sent.headers.get('x-tidepool-trace-session'), 's1')
    assert.deepEqual(sent.json.meta.trace, { request: 'r'.repeat(64), session: 's1' })
    const made = await world.send('GET', '/v1/time')
    assert.match(made.headers.get('x-tidepool-trace-request') ?? '', /^[0-9a-f]{32}$/)
    assert.equal(made.json.meta.trace.session, undefined)
  })

  test('[SV-6] a browser may call from any page, read the token and the traces, and send its headers', async () => {
    const origin = 'https://app.example.org'
    const preflight = await world.send('OPTIONS', '/v1/users/0123456789/data_sets', {
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-tidepool-session-token,content-type',
      },
    })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers.get('access-control-allow-origin'), origin)
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /x-tidepool-session-token/)
    assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /DELETE/)
    assert.equal(preflight.headers.get('access-control-max-age'), '600')
    // Errors too must be readable.
    for (const path of ['/v1/time', '/auth/user', '/nowhere']) {
      const answer = await world.send('GET', path, { headers: { origin } })
      assert.equal(answer.headers.get('access-control-allow-origin'), origin, path)
      assert.match(
        answer.headers.get('access-control-expose-headers') ?? '',
        /x-tidepool-session-token/,
        path,
      )
    }
  })

  test('[ER-1] an unknown path is 404, a known one with another verb 405', async () => {
    const unknown = await world.send('GET', '/v1/nothing')
    assert.equal(unknown.status, 404)
    assert.deepEqual(unknown.json, { Error: 'Resource not found' })
    for (const [method, path] of [
      ['PATCH', '/v1/data_sets/00000000000000000000000000000000'],
      ['PUT', '/v1/users/0123456789/data_sets'],
      ['POST', '/v1/time'],
      ['PUT', '/auth/login'],
    ] as const) {
      const answer = await world.send(method, path)
      assert.equal(answer.status, 405, path)
      assert.deepEqual(answer.json, { Error: 'Method not allowed' })
    }
  })

  test('[ER-2] HEAD is like GET without a body', async () => {
    const answer = await world.send('HEAD', '/v1/time')
    assert.equal(answer.status, 200)
    assert.equal(answer.text, '')
  })
})

/** What `/info` says of signing in to who names this host. */
async function authAt(url: string, host: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(`${url}/info`, { headers: { host } }, resolve).on('error', reject)
  return JSON.parse(await text(await promise)).auth
}
