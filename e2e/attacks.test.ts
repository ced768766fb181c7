import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { type Agent, Agent as HttpAgent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { authorization, Browser, loop, PROTOCOL, REALM, signInTo } from '@tidegauge/server/testing/browser'
import { type OwnServer, ownServer } from './process.ts'

interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: string
  /** The address of this computer that it comes from. */
  from?: string
  agent?: Agent
}

describe('who should not be here', () => {
  let server: OwnServer
  before(async () => {
    server = await ownServer()
  })
  after(() => server.remove())

  const send = async (path: string, { method = 'GET', headers = {}, body, from, agent }: Sent = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number
      headers: Record<string, unknown>
      text: string
    }>()
    const options = {
      method,
      headers,
      ...(from !== undefined && { localAddress: from }),
      ...(agent && { agent }),
    }
    request(server.url + path, options, (response) => {
      text(response).then(
        (all) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: all }),
        reject,
      )
    })
      .on('error', reject)
      .end(body)
    return promise
  }
  const basic = (username: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  })
  const person = async (username: string) => {
    const details = { username, emails: [username], password: 'correct:horse' }
    const answer = await send('/auth/user', { method: 'POST', body: JSON.stringify(details) })
    assert.equal(answer.status, 201)
    return {
      username,
      password: details.password,
      userId: JSON.parse(answer.text).userid as string,
      token: String(answer.headers['x-tidepool-session-token']),
    }
  }
  const login = (username: string, password: string, more: Sent = {}) =>
    send('/auth/login', { method: 'POST', headers: basic(username, password), ...more })
  const cpuSeconds = async () => {
    const stat = await readFile(`/proc/${server.process.pid}/stat`, 'utf8')
    const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')')).split(' ')
    return (Number(user) + Number(system)) / 100
  }

  test('[TR-30] 10,000 wrong passwords from one address cost little, and the owner signs in from another meanwhile', {
    timeout: 120_000,
  }, async (t) => {
    const ada = await person('ada@example.org')
    const agent = new HttpAgent({ keepAlive: true, maxSockets: 100 })
    const before = process.platform === 'linux' ? await cpuSeconds() : undefined
    const statuses = new Map<number, number>()
    let owner: Promise<{ status: number }> | undefined
    let next = 0
    const guesser = async () => {
      while (next < 10_000) {
        const n = next++
        if (n === 5_000) owner = login(ada.username, ada.password, { from: '127.0.0.2' })
        const { status } = await login(ada.username, `wrong-password-${n}`, { from: '127.0.0.1', agent })
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 100 }, guesser))
    agent.destroy()
    assert.equal((await owner)?.status, 200)
    assert.deepEqual([...statuses.keys()].sort(), [401, 429])
    // Each that was looked at cost tens of milliseconds; the others cost no more than any refused request.
    assert.ok((statuses.get(401) ?? 0) < 40, `${statuses.get(401)} were looked at`)
    if (before !== undefined)
      t.diagnostic(
        `${((await cpuSeconds()) - before).toFixed(1)} s of processor time for 10,000 wrong passwords`,
      )
    assert.equal(
      (await send('/auth/user', { headers: { 'x-tidepool-session-token': ada.token } })).status,
      200,
    )
  })

  test('[TR-30] tokens are not guessed, changed, or used after they have ended', async () => {
    const bo = await person('bo@example.org')
    const whoIs = async (token: string) =>
      (await send('/auth/user', { headers: { 'x-tidepool-session-token': token } })).status
    assert.equal(await whoIs(bo.token), 200)
    const flipped = bo.token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    for (const token of [
      '',
      'null',
      'undefined',
      bo.userId,
      flipped,
      bo.token.slice(0, -1),
      `${bo.token}x`,
      bo.token.toUpperCase(),
      `kc:${bo.token}:x`,
    ]) {
      assert.equal(await whoIs(token), 401, token)
    }
    for (let i = 0; i < 500; i++) assert.equal(await whoIs(`guess-${i}`.padEnd(43, 'x')), 401)
    await send('/auth/logout', { method: 'POST', headers: { 'x-tidepool-session-token': bo.token } })
    assert.equal(await whoIs(bo.token), 401)
    const refreshed = await send('/auth/login', { headers: { 'x-tidepool-session-token': bo.token } })
    assert.deepEqual([refreshed.status, refreshed.headers['x-tidepool-session-token']], [401, undefined])
  })

  test('[TR-30] a session that somebody else has planted is not the one that is signed in', async () => {
    const cy = await person('cy@example.org')
    const attacker = new Browser(server)
    await attacker.open(`${PROTOCOL}/logout`)
    const planted = attacker.cookie('tidegauge_session') ?? ''
    const victim = new Browser(server)
    await signInTo(victim, authorization().address, cy)
    assert.notEqual(victim.cookie('tidegauge_session'), planted)
    const { location } = await attacker.open(authorization().address)
    assert.match((await attacker.open(location)).text, /Sign in for Loop/, 'the planted one is nobody’s')
  })

  test('[TR-30] nobody is redirected to where they did not register', async () => {
    const evil = [
      'https://evil.example/',
      '//evil.example',
      `${loop.redirect_uri}@evil.example`,
      'javascript:alert(1)',
      'http://127.0.0.1/',
      '',
    ]
    for (const redirect of evil) {
      const { location, status } = await new Browser(server).open(
        authorization({ redirect_uri: redirect }).address,
      )
      assert.deepEqual([status, location], [400, ''], redirect)
    }
    const out = `${PROTOCOL}/logout?client_id=tidepool-loop&post_logout_redirect_uri=${encodeURIComponent('https://evil.example/')}`
    assert.equal((await new Browser(server).open(out)).status, 400)
    for (const path of ['//evil.example/%2e%2e', '/\\evil.example', '/invitation/https://evil.example']) {
      const { status, headers } = await send(path)
      assert.ok(status >= 400 && headers.location === undefined, path)
    }
  })

  test('[TR-30] a page of another site signs nobody in', async () => {
    const browser = new Browser(server)
    const { location } = await browser.open(authorization().address)
    const form = { username: 'ada@example.org', password: 'correct:horse' }
    for (const origin of ['https://evil.example', 'null', server.url.replace('127.0.0.1', 'localhost')]) {
      assert.equal((await browser.open(location, form, { origin })).status, 403, origin)
    }
    const cookies = (await browser.open(authorization().address)).headers.getSetCookie()
    assert.ok(cookies.length > 0)
    for (const cookie of cookies) assert.match(cookie, /httponly/i)
    for (const cookie of cookies) assert.match(cookie, /samesite=lax/i)
  })

  test('[TR-30] no header of an answer is what somebody else wrote', async () => {
    const evil = 'a%0d%0aset-cookie:%20b=c'
    for (const path of [
      `/auth/user/${evil}`,
      `/confirm/forgot/${evil}`,
      `${REALM}/sign-in/${evil}`,
      `/v1/blobs/${evil}`,
      `/invitation/${evil}`,
    ]) {
      const { headers } = await send(path)
      assert.equal(headers['set-cookie'], undefined, path)
    }
    const { headers } = await send('/v1/time', { headers: { 'x-tidepool-trace-request': 'a b\tc' } })
    assert.doesNotMatch(String(headers['x-tidepool-trace-request']), /[\r\n]/)
    const target = authorization({ state: 'x\r\nset-cookie: b=c' })
    const { headers: sent } = await new Browser(server).open(target.address)
    assert.ok(!sent.getSetCookie().some((cookie) => cookie.startsWith('b=')))
  })

  test('[TR-31] what was sent in secret is in no line of the log', () => {
    const log = server.stderr()
    assert.ok(log.length > 1000)
    for (const secret of [
      'correct:horse',
      'wrong-password',
      'ada@example.org',
      'evil.example',
      'guess-',
      Buffer.from('ada@example.org:').toString('base64').slice(0, 16),
    ]) {
      assert.ok(!log.includes(secret), secret)
    }
  })
})
