import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openStore } from '../../compose.ts'
import { configFrom } from '../../config.ts'
import { silentLog } from '../../log.ts'
import { startServer } from '../../start.ts'
import { type Store, StoreUnavailable } from '../../store/port.ts'
import { type Answer, startWorld, type World } from '../../testing/world.ts'

const SESSION = 'x-tidepool-session-token'
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

describe('accounts and sessions', () => {
  let world: World
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())

  const signUp = (fields: object, to: World = world) =>
    to.send('POST', '/auth/user', {
      body: {
        username: 'ada@example.org',
        emails: ['ada@example.org'],
        password: 'correct:horse',
        ...fields,
      },
    })

  test('[AU-1] a sign-up answers 201 with a token and all six fields of the user', async () => {
    const answer = await signUp({ username: 'six@example.org', emails: ['six@example.org'] })
    assert.equal(answer.status, 201)
    assert.match(answer.headers.get(SESSION) ?? '', /^[\w-]{40,}$/)
    const { userid, termsAccepted, ...rest } = answer.json
    assert.match(userid, /^[0-9a-f]{10}$/)
    assert.match(termsAccepted, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepEqual(rest, {
      username: 'six@example.org',
      emails: ['six@example.org'],
      roles: ['patient'],
      emailVerified: true,
    })
  })

  const badDetails: [string, object][] = [
    ['no address as user name', { username: 'ada' }],
    ['no e-mail address', { emails: [] }],
    ['an e-mail that is none', { emails: ['ada'] }],
    ['a password of 7 characters', { password: '1234567' }],
    ['a password of 73 characters', { password: 'x'.repeat(73) }],
    ['a password with white space', { password: 'correct horse' }],
    ['a password that is a number', { password: 12345678 }],
    ['an unknown role', { roles: ['king'] }],
    ['the role custodial_account', { roles: ['custodial_account'] }],
    ['a colon in the user name', { username: 'a:b@example.org' }],
    ['a NUL in the user name', { username: 'a\0@example.org' }],
    ['a zero-width space in the user name', { username: 'a\u200b@example.org' }],
    ['half a character in the user name', { username: 'a\ud800@example.org' }],
    ['eleven e-mails', { emails: Array(11).fill('a@example.org') }],
  ]
  for (const [what, fields] of badDetails) {
    test(`[AU-2] a sign-up is refused: ${what}`, async () => {
      const answer = await signUp({ username: 'bad@example.org', ...fields })
      assert.equal(answer.status, 400)
      assert.deepEqual(answer.json, { code: 400, reason: 'Invalid user details were given' })
    })
  }

  test('[ER-20] a sign-up body of more than 64 KiB is 413', async () => {
    const answer = await signUp({ roles: Array(20_000).fill('patient') })
    assert.equal(answer.status, 413)
  })

  test('[AU-2] a second account with the same address is refused, whatever its case', async () => {
    await signUp({ username: 'twin@example.org' })
    await signUp({ username: 'twin-\u00e9@example.org' })
    assert.equal(
      (await signUp({ username: 'twin-e\u0301@example.org' })).status,
      409,
      'the same letter, composed',
    )
    const answer = await signUp({ username: ' TWIN@example.org' })
    assert.equal(answer.status, 409)
    assert.deepEqual(answer.json, { code: 409, reason: 'User already exists' })
  })

  test('[AU-3] sign-up is open until the first account exists; of many at once one gets in', async () => {
    await using first = await startWorld({ signUp: 'first' })
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        signUp({ username: `p${i}@example.org`, emails: [`p${i}@example.org`] }, first),
      ),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(403)])
    const refused = answers.find(({ status }) => status === 403)
    assert.equal(refused?.json.code, 403)
    assert.match(refused?.json.reason, /closed/)
  })

  test('[AU-3] no page from elsewhere takes the first account; a local one, and a program, may', async () => {
    const ask = (to: World, origin: string) =>
      to.send('POST', '/auth/user', {
        headers: { origin, 'content-type': 'text/plain' },
        body: JSON.stringify({
          username: 'a@example.org',
          emails: ['a@example.org'],
          password: 'correct:horse',
        }),
      })
    await using first = await startWorld({ signUp: 'first' })
    for (const origin of ['https://evil.example.org', 'http://localhost.evil.example.org', 'null']) {
      const answer = await ask(first, origin)
      assert.equal(answer.status, 403)
      assert.match(answer.json.reason, /tidegauge user add/)
    }
    assert.equal((await ask(first, 'http://localhost:3000')).status, 201)
    await using open = await startWorld({ signUp: 'open' })
    assert.equal((await ask(open, 'https://app.example.org')).status, 201)
  })

  test('[AU-3] a closed server takes nobody', async () => {
    await using closed = await startWorld({ signUp: 'closed' })
    assert.equal((await signUp({}, closed)).status, 403)
  })

  test('[AU-4] sign-in is Basic; the address in any case, the password may hold colons, the body is ignored', async () => {
    const person = await world.person()
    for (const name of [person.username, person.username.toUpperCase(), ` ${person.username} `]) {
      const answer = await world.send('POST', '/auth/login', {
        headers: basic(`${name}:${person.password}`),
        body: 'garbage',
      })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers.get('content-type')?.split(';')[0], 'application/json')
      assert.equal(answer.json.userid, person.userId)
      assert.ok(answer.headers.get(SESSION))
    }
  })

  test('[AU-4] what is missing is 400, what is wrong is 401 and does not tell which', async () => {
    const person = await world.person()
    const login = (headers: Record<string, string>) => world.send('POST', '/auth/login', { headers })
    for (const headers of [{}, basic(':'), basic('nocolon'), { authorization: 'Basic' }]) {
      const answer = await login(headers as Record<string, string>)
      assert.equal(answer.status, 400)
      assert.deepEqual(answer.json, { code: 400, reason: 'Missing id and/or password' })
    }
    const wrong = await login(basic(`${person.username}:wrong-password`))
    const unknown = await login(basic('nobody@example.org:wrong-password'))
    assert.equal(wrong.status, 401)
    assert.deepEqual(wrong.json, { code: 401, reason: 'No user matched the given details' })
    assert.deepEqual(unknown.json, wrong.json)
  })

  test('[AU-5] a refresh gives a new token and the expiry; the old one goes on for some minutes', async () => {
    let now = Date.now()
    await using world = await startWorld({ now: () => now })
    const person = await world.person()
    const answer = await world.send('GET', '/auth/login', { token: person.token })
    assert.equal(answer.status, 200)
    const fresh = answer.headers.get(SESSION) ?? ''
    assert.notEqual(fresh, person.token)
    assert.deepEqual(Object.keys(answer.json), ['isserver', 'userid', 'expires_at'])
    assert.equal(answer.json.userid, person.userId)
    assert.equal(answer.json.expires_at, Math.floor((now + 30 * 86_400_000) / 1000))
    const statusOf = async (token: string) => (await world.send('GET', '/auth/user', { token })).status
    now += 4 * 60_000
    assert.equal(await statusOf(person.token), 200)
    now += 2 * 60_000
    assert.equal(await statusOf(person.token), 401)
    assert.equal(await statusOf(fresh), 200)
  })

  test('[AU-5] a refresh without a valid token is 401', async () => {
    const expected = { code: 401, reason: 'No x-tidepool-session-token was found' }
    for (const request of [{}, { token: 'wrong' }]) {
      const answer = await world.send('GET', '/auth/login', request)
      assert.equal(answer.status, 401)
      assert.deepEqual(answer.json, expected)
    }
  })

  test('[AU-6] a logout ends the token and is 200 with an empty body, with any token', async () => {
    const person = await world.person()
    for (const request of [{ token: person.token }, { token: person.token }, { token: 'wrong' }, {}]) {
      const answer = await world.send('POST', '/auth/logout', request)
      assert.equal(answer.status, 200)
      assert.equal(answer.text, '')
    }
    assert.equal((await world.send('GET', '/auth/user', { token: person.token })).status, 401)
  })

  test('[AU-6] a logout after a refresh ends the older token too, and it gets no new one', async () => {
    const person = await world.person()
    const refresh = (token: string) => world.send('GET', '/auth/login', { token })
    const second = (await refresh(person.token)).headers.get(SESSION) ?? ''
    const third = (await refresh(person.token)).headers.get(SESSION) ?? ''
    const other = await world.send('POST', '/auth/login', {
      headers: basic(`${person.username}:${person.password}`),
    })
    await world.send('POST', '/auth/logout', { token: second })
    for (const token of [person.token, second, third]) assert.equal((await refresh(token)).status, 401)
    assert.equal((await refresh(other.headers.get(SESSION) ?? '')).status, 200, 'another sign-in goes on')
  })

  test('[AU-6] a logout ends a Bearer token as well', async () => {
    const person = await world.person()
    const headers = { authorization: `Bearer ${person.token}` }
    assert.equal((await world.send('POST', '/auth/logout', { headers })).status, 200)
    assert.equal((await world.send('GET', '/auth/user', { token: person.token })).status, 401)
  })

  test('[AU-7] a session that cannot be prolonged, because the disk is full, still reads', async () => {
    let now = Date.now()
    let isFull = false
    const directory = await mkdtemp(join(tmpdir(), 'tidegauge-test-'))
    const real = await openStore({ dataDirectory: directory })
    const store: Store = {
      ...real,
      setSessionExpiry: (...args) =>
        isFull ? Promise.reject(new StoreUnavailable('full')) : real.setSessionExpiry(...args),
    }
    {
      await using world = await startWorld({ now: () => now, store })
      const person = await world.person()
      isFull = true
      now += 2 * 86_400_000
      const answer = await world.send('GET', `/data/${person.userId}`, { token: person.token })
      assert.deepEqual([answer.status, answer.json], [200, []])
    }
    await rm(directory, { recursive: true })
  })

  test('[AU-7] a session lives 30 days from its last use, not from its start', async () => {
    let now = Date.now()
    await using world = await startWorld({ now: () => now })
    const person = await world.person()
    const statusNow = async () => (await world.send('GET', '/auth/user', { token: person.token })).status
    for (let i = 0; i < 5; i++) {
      now += 29 * 86_400_000
      assert.equal(await statusNow(), 200)
    }
    now += 30 * 86_400_000
    assert.equal(await statusNow(), 401)
  })

  test('[AU-7] a session survives a restart; neither its token nor the password stand in the files', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-test-'))
    const config = { ...configFrom({}), port: 0, dataDirectory, signUp: 'open' as const }
    const secret = 'correct:horse-battery'
    const start = () => startServer(config, { log: silentLog() })
    let server = await start()
    const signedUp = await fetch(`${server.url}/auth/user`, {
      method: 'POST',
      body: JSON.stringify({ username: 'a@example.org', emails: ['a@example.org'], password: secret }),
    })
    const token = signedUp.headers.get(SESSION) ?? ''
    await server.close()
    for (const name of ['tidegauge.db', 'tidegauge.db-wal']) {
      const bytes = await readFile(join(dataDirectory, name)).catch(() => Buffer.alloc(0))
      assert.ok(!bytes.includes(token) && !bytes.includes(secret), name)
    }
    server = await start()
    const answer = await fetch(`${server.url}/auth/user`, { headers: { [SESSION]: token } })
    assert.equal(answer.status, 200)
    await server.close()
    await rm(dataDirectory, { recursive: true })
  })

  test('[AU-8] one sees oneself by id and by address, on every alias', async () => {
    const person = await world.person()
    const paths = [
      '/auth/user',
      `/auth/user/${person.userId}`,
      `/auth/user/${encodeURIComponent(person.username)}`,
      `/v1/users/${person.userId}`,
      '/auth/user/',
    ]
    for (const path of paths) {
      const answer = await world.send('GET', path, { token: person.token })
      assert.equal(answer.status, 200, path)
      assert.equal(answer.json.userid, person.userId)
    }
  })

  test('[AU-8] others are 401, unknown ones 404, and nobody without a token sees anything', async () => {
    const [person, other] = [await world.person(), await world.person()]
    const seen = (path: string, token?: string): Promise<Answer> =>
      world.send('GET', path, token === undefined ? {} : { token })
    const refusal = { code: 401, reason: 'Not authorized for requested operation' }
    assert.deepEqual((await seen(`/auth/user/${other.userId}`, person.token)).json, refusal)
    assert.deepEqual((await seen('/auth/user/0000000000', person.token)).json, {
      code: 404,
      reason: 'User not found',
    })
    assert.deepEqual((await seen('/auth/user')).json, refusal)
    assert.deepEqual((await seen('/auth/user/0000000000')).json, refusal)
  })

  test('[AU-9] a token goes in the session header or as Bearer; an invalid one falls through to the next', async () => {
    const { token } = await world.person()
    const works = async (headers: Record<string, string>) =>
      (await world.send('GET', '/auth/user', { headers })).status === 200
    assert.ok(await works({ [SESSION]: token }))
    assert.ok(await works({ authorization: `Bearer ${token}` }))
    assert.ok(await works({ [SESSION]: 'wrong', authorization: `bearer ${token}` }))
    assert.ok(await works({ [SESSION]: token, authorization: 'Bearer wrong' }))
    assert.ok(!(await works({ authorization: `Basic ${token}` })))
    assert.ok(!(await works({ [SESSION]: `${token}x` })))
  })

  test('[AU-9] a carrier that is sent twice, or is none, is refused', async () => {
    const { token, userId } = await world.person()
    const answer = await sendRaw(`${world.url}/v1/users/${userId}/data_sets`, { [SESSION]: [token, token] })
    assert.equal(answer.status, 403)
    assert.equal(JSON.parse(answer.text).code, 'unauthorized')
    const nospace = await world.send('GET', `/v1/users/${userId}/data_sets`, {
      token,
      headers: { authorization: 'nospace' },
    })
    assert.equal(nospace.status, 403)
  })
})

function sendRaw(url: string, headers: Record<string, string[]>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers, agent: false }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, text })
    })
      .on('error', reject)
      .end()
  })
}
