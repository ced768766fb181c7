import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Person, SERVER_SECRET, startWorld, type World } from '../../testing/world.ts'

const SESSION = 'x-tidepool-session-token'
const DAY_MS = 86_400_000

describe('services', () => {
  let world: World
  let ada: Person
  let token: string
  let now = Date.UTC(2026, 0, 5, 12)
  before(async () => {
    world = await startWorld({ now: () => now })
    ada = await world.person()
    token = await world.service()
  })
  after(() => world[Symbol.asyncDispose]())

  const signIn = (name?: string, secret?: string, path = '/auth/serverlogin', to = world) =>
    to.send('POST', path, {
      headers: {
        ...(name !== undefined && { 'x-tidepool-server-name': name }),
        ...(secret !== undefined && { 'x-tidepool-server-secret': secret }),
      },
    })

  test('[AU-35] with the secret a service gets a token, in the header of an empty answer', async () => {
    for (const path of ['/auth/serverlogin', '/serverlogin']) {
      const answer = await signIn('importer', SERVER_SECRET, path)
      assert.equal(answer.status, 200)
      assert.equal(answer.text, '')
      assert.match(answer.headers.get(SESSION) ?? '', /^[\w-]{40,}$/)
    }
  })

  test('[AU-35] without name or secret it is 400, with a wrong one 401', async () => {
    for (const [name, secret] of [
      [],
      ['importer'],
      [undefined, SERVER_SECRET],
      ['', SERVER_SECRET],
    ] as const) {
      const answer = await signIn(name, secret)
      assert.equal(answer.status, 400)
      assert.deepEqual(answer.json, { code: 400, reason: 'Missing id and/or password' })
    }
    for (const secret of [
      'wrong',
      `${SERVER_SECRET} x`,
      SERVER_SECRET.slice(1),
      SERVER_SECRET.toUpperCase(),
    ]) {
      const answer = await signIn('importer', secret)
      assert.equal(answer.status, 401)
      assert.deepEqual(answer.json, { code: 401, reason: 'Wrong password' })
      assert.equal(answer.headers.get(SESSION), null)
    }
  })

  test('[AU-35] a server without a secret takes no service', async () => {
    await using closed = await startWorld({ serverSecret: null })
    for (const secret of ['undefined', 'null', SERVER_SECRET]) {
      assert.equal((await signIn('importer', secret, '/auth/serverlogin', closed)).status, 401)
    }
  })

  const mayRead = async (headers: Record<string, string>, path = `/v1/users/${ada.userId}/data_sets`) =>
    (await world.send('GET', path, { headers })).status

  test('[AU-36] a service token works in the session header, not as Bearer', async () => {
    const bearer = { authorization: `Bearer ${token}` }
    assert.equal(await mayRead({ [SESSION]: token }), 200)
    assert.equal(await mayRead(bearer), 401)
    assert.equal(await mayRead(bearer, `/data/${ada.userId}`), 403)
    assert.equal(await mayRead({ ...bearer, [SESSION]: 'wrong' }), 401)
    assert.equal(await mayRead({ ...bearer, [SESSION]: token }), 200)
    // What is no valid session leaves the word to the next carrier.
    assert.equal(await mayRead({ [SESSION]: 'wrong', authorization: `Bearer ${ada.token}` }), 200)
    const create = await world.send('POST', `/v1/users/${ada.userId}/data_sets`, {
      headers: bearer,
      body: { dataSetType: 'continuous' },
    })
    assert.equal(create.status, 401)
  })

  test('[AU-36] it ends after 24 hours, however much it is used, and with a logout', async () => {
    const short = await world.service()
    now += DAY_MS - 1
    assert.equal(await mayRead({ [SESSION]: short }), 200)
    now += 1
    assert.equal(await mayRead({ [SESSION]: short }), 401)
    token = await world.service()
    assert.equal((await world.send('POST', '/auth/logout', { token })).status, 200)
    assert.equal(await mayRead({ [SESSION]: token }), 401)
    token = await world.service()
  })

  test('[AU-38] token data say who it is: a service by its name, with isserver', async () => {
    const expires = Math.floor((now + DAY_MS) / 1000)
    const own = await world.send('GET', '/auth/token', { token })
    assert.deepEqual(own.json, { isserver: true, userid: 'importer', expires_at: expires })
    const persons = await world.send('GET', '/auth/token', { token: ada.token })
    assert.deepEqual(Object.keys(persons.json), ['isserver', 'userid', 'expires_at'])
    assert.equal(persons.json.isserver, false)
    assert.equal(persons.json.userid, ada.userId)
    const refreshed = await world.send('GET', '/auth/login', { token })
    assert.deepEqual(refreshed.json, own.json)
    assert.equal(await mayRead({ [SESSION]: refreshed.headers.get(SESSION) ?? '' }), 200)
  })

  test('[AU-38] services alone may ask about another token', async () => {
    const about = (one: string, as?: string) =>
      world.send('GET', `/auth/token/${one}`, as === undefined ? {} : { token: as })
    const ofAda = await about(ada.token, token)
    assert.equal(ofAda.status, 200)
    assert.equal(ofAda.json.userid, ada.userId)
    assert.equal((await about(token, token)).json.isserver, true)
    for (const [one, as] of [
      ['zz', token],
      [ada.token, ada.token],
      [ada.token, undefined],
    ] as const) {
      const answer = await about(one, as)
      assert.equal(answer.status, 401)
      assert.deepEqual(answer.json, { code: 401, reason: 'No x-tidepool-session-token was found' })
    }
  })

  test('[AU-39] a service sees every account, and whether it has a password', async () => {
    const answer = await world.send('GET', `/auth/user/${ada.userId}`, { token })
    assert.equal(answer.status, 200)
    assert.equal(answer.json.passwordExists, true)
    assert.equal(answer.json.userid, ada.userId)
    const own = await world.send('GET', '/auth/user', { token: ada.token })
    assert.ok(!('passwordExists' in own.json))
    assert.equal((await world.send('GET', '/auth/user/0000000000', { token })).status, 404)
    // It is nobody itself.
    assert.equal((await world.send('GET', '/auth/user', { token })).status, 404)
  })

  test('[AU-39] services look accounts up by ids or by role', async () => {
    const bob = await world.person()
    const clinic = await world.send('POST', '/auth/user', {
      body: {
        username: 'c@example.org',
        emails: ['c@example.org'],
        password: 'correct:horse',
        roles: ['clinic'],
      },
    })
    const found = async (query: string) => {
      const answer = await world.send('GET', `/auth/users?${query}`, { token })
      assert.equal(answer.status, 200, answer.text)
      for (const user of answer.json) assert.equal(user.passwordExists, true)
      return answer.json.map(({ userid }: { userid: string }) => userid)
    }
    assert.deepEqual(await found(`id=${bob.userId},0000000000,${ada.userId},${bob.userId}`), [
      bob.userId,
      ada.userId,
    ])
    assert.deepEqual(await found('id=nobody'), [])
    assert.deepEqual(await found('role=clinic'), [clinic.json.userid])
    assert.deepEqual(await found('role=clinician'), [])
    const today = new Date(now).toISOString().slice(0, 10)
    const yesterday = new Date(now - DAY_MS).toISOString().slice(0, 10)
    assert.deepEqual(await found(`role=clinic&createdFrom=${today}&createdTo=${today}`), [clinic.json.userid])
    assert.deepEqual(await found(`role=clinic&createdTo=${yesterday}`), [])
  })

  const badQueries: [string, string][] = [
    ['', 'A query must be specified'],
    ['?foo=1', 'Unknown query parameter'],
    ['?id=a&foo=1', 'Unknown query parameter'],
    ['?role=clinic&id=a', 'Only one query parameter is allowed'],
    ['?role=king', 'The role specified is invalid'],
    ['?createdFrom=x', 'Invalid query parameter: createdFrom'],
    ['?role=clinic&createdTo=2026-02-30', 'Invalid query parameter: createdTo'],
    ['?createdFrom=2026-01-01', 'A query must be specified'],
  ]
  for (const [query, reason] of badQueries) {
    test(`[AU-39] /auth/users${query} is refused in words`, async () => {
      const answer = await world.send('GET', `/auth/users${query}`, { token })
      assert.equal(answer.status, 400)
      assert.deepEqual(answer.json, { code: 400, reason })
    })
  }

  test('[AU-37] a service may name whom it acts for as the maker of a data set, or nobody', async () => {
    const create = async (fields: object) => {
      const body = { dataSetType: 'continuous', ...fields }
      const answer = await world.send('POST', `/v1/users/${ada.userId}/data_sets`, { token, body })
      assert.equal(answer.status, 201, answer.text)
      return answer.json.data
    }
    const named = await create({ createdUserId: 'abcdef0123', byUser: 'ignored' })
    assert.equal(named.createdUserId, 'abcdef0123')
    assert.equal(named.byUser, 'abcdef0123')
    const unnamed = await create({ client: { name: 'service' }, byUser: 'ignored' })
    assert.ok(!('createdUserId' in unnamed) && !('byUser' in unnamed))
    const ofPerson = await world.send('POST', `/v1/users/${ada.userId}/data_sets`, {
      token: ada.token,
      body: { dataSetType: 'continuous', createdUserId: 'abcdef0123' },
    })
    assert.equal(ofPerson.json.data.createdUserId, ada.userId)
  })

  test('[AU-37] a service gets 400 for what is no user id; of nobody it reads nothing and makes nothing', async () => {
    const body = { dataSetType: 'continuous' }
    for (const id of ['x', '%20', 'ABCDEF0123', '00000000000']) {
      for (const path of [
        `/v1/users/${id}/data_sets`,
        `/v1/users/${id}/datasets`,
        `/v1/users/${id}/data_sources`,
      ]) {
        const answer = await world.send('GET', path, { token })
        assert.equal(answer.status, 400, path)
        assert.equal(answer.json.code, 'parameter-invalid')
      }
      const data = await world.send('GET', `/data/${id}`, { token })
      assert.equal(data.status, 400)
      assert.equal(data.json.code, 'invalid_parameters')
      assert.equal((await world.send('POST', `/v1/users/${id}/data_sets`, { token, body })).status, 400)
    }
    const nobody = '0123456789'
    assert.deepEqual((await world.send('GET', `/v1/users/${nobody}/data_sets`, { token })).json, [])
    assert.deepEqual((await world.send('GET', `/data/${nobody}`, { token })).json, [])
    const create = await world.send('POST', `/v1/users/${nobody}/data_sets`, { token, body })
    assert.equal(create.status, 404)
    assert.equal(create.json.errors[0].code, 'user-id-not-found')
  })
})
