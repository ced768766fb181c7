import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cbgs, type Person, startWorld, type World } from '../../testing/world.ts'

const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
})
const NOT_AUTHORIZED = { code: 401, reason: 'Not authorized for requested operation' }
const INVALID = { code: 400, reason: 'Invalid user details were given' }

describe('changing accounts', () => {
  let world: World
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())

  const update = (token: string | undefined, userId: string, updates: unknown) =>
    world.send('PUT', `/auth/user/${userId}`, { ...(token !== undefined && { token }), body: { updates } })
  const login = (username: string, password: string) =>
    world.send('POST', '/auth/login', { headers: basic(username, password) })
  const custodial = async (owner: Person, body: object = {}) => {
    const answer = await world.send('POST', `/auth/user/${owner.userId}/user`, { token: owner.token, body })
    assert.equal(answer.status, 201)
    return answer.json
  }

  test('[AU-50] PUT /auth/user changes what `updates` names and nothing else', async () => {
    const ada = await world.person()
    const answer = await world.send('PUT', '/auth/user', {
      token: ada.token,
      body: {
        updates: {
          username: 'New@Example.org',
          emails: ['New@Example.org'],
          termsAccepted: '2024-03-01T09:00:00+00:00',
          shoe: 43,
        },
      },
    })
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.json, {
      userid: ada.userId,
      username: 'new@example.org',
      emails: ['New@Example.org'],
      roles: ['patient'],
      termsAccepted: '2024-03-01T09:00:00.000Z',
      emailVerified: true,
    })
    assert.equal((await login('new@example.org', ada.password)).status, 200)
    assert.equal((await login(ada.username, ada.password)).status, 401)
    assert.equal((await update(ada.token, ada.userId, { termsAccepted: '2024-03-01T09:00:00Z' })).status, 200)
    assert.equal((await update(ada.token, ada.userId, {})).status, 200)
  })

  const bad: [string, unknown][] = [
    ['no updates', undefined],
    ['updates that are a list', []],
    ['a user name that is no address', { username: 'ada' }],
    ['an e-mail that is none', { emails: ['ada'] }],
    ['another user name than the first e-mail', { username: 'a@example.org', emails: ['b@example.org'] }],
    ['a short password', { password: 'short' }],
    ['a time without a zone', { termsAccepted: '2024-03-01T09:00:00' }],
    ['an unknown role', { roles: ['king'] }],
    ['a verified that is no boolean', { emailVerified: 'yes' }],
  ]
  for (const [what, updates] of bad) {
    test(`[AU-51] an update is refused: ${what}`, async () => {
      const ada = await world.person()
      const answer = await update(ada.token, ada.userId, updates)
      assert.deepEqual([answer.status, answer.json], [400, INVALID])
      assert.equal((await login(ada.username, ada.password)).status, 200)
    })
  }

  test('[AU-51] an address that another account has is 409', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const taken = bo.username.toUpperCase()
    const answer = await update(ada.token, ada.userId, { username: taken, emails: [taken] })
    assert.deepEqual([answer.status, answer.json], [409, { code: 409, reason: 'User already exists' }])
  })

  test('[AU-52] roles and emailVerified are for services, password and terms for the owner, taking the address away for a custodian', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    await world.grant(ada, bo, 'custodian')
    const service = await world.service()
    const tried: [string | undefined, object, number][] = [
      [undefined, {}, 401],
      [ada.token, { roles: ['clinic'] }, 401],
      [ada.token, { emailVerified: true }, 401],
      [ada.token, { emails: [] }, 401],
      [bo.token, { password: 'long-enough' }, 401],
      [bo.token, { termsAccepted: '2024-03-01T09:00:00Z' }, 401],
      [bo.token, { emails: [] }, 401],
      [service, { roles: ['clinic'], emailVerified: true }, 200],
      [bo.token, { username: 'bo-said@example.org', emails: ['bo-said@example.org'] }, 401],
    ]
    for (const [token, updates, status] of tried) {
      const answer = await update(token, ada.userId, updates)
      assert.equal(answer.status, status, JSON.stringify(updates))
      if (status === 401) assert.deepEqual(answer.json, NOT_AUTHORIZED)
    }
    assert.equal((await update(service, '0000000000', {})).status, 401)
    assert.equal((await update((await world.person()).token, ada.userId, {})).status, 401)
  })

  test('[AU-53] a new password ends every other session, and the old password', async () => {
    const ada = await world.person()
    const other = (await login(ada.username, ada.password)).headers.get('x-tidepool-session-token') ?? ''
    assert.equal((await update(ada.token, ada.userId, { password: 'another:horse' })).status, 200)
    assert.equal((await world.send('GET', '/auth/user', { token: ada.token })).status, 200)
    assert.equal((await world.send('GET', '/auth/user', { token: other })).status, 401)
    assert.equal((await login(ada.username, ada.password)).status, 401)
    assert.equal((await login(ada.username, 'another:horse')).status, 200)
  })

  test('[AU-54] a custodial account has no address and no password, and its maker every right on it', async () => {
    const ada = await world.person()
    const kid = await custodial(ada)
    const { userid, termsAccepted, ...rest } = kid
    assert.match(userid, /^[0-9a-f]{10}$/)
    assert.deepEqual(rest, {
      username: '',
      emails: [],
      roles: ['custodial_account', 'patient'],
      emailVerified: false,
    })
    assert.deepEqual(await world.store.permissions(userid, ada.userId), ['custodian', 'upload', 'view'])
    assert.equal((await world.send('GET', `/auth/user/${userid}`, { token: ada.token })).json.username, '')
    for (const name of ['', `no-address:${userid}`, userid]) {
      assert.notEqual((await login(name, '')).status, 200)
      assert.notEqual((await login(name, 'undefined')).status, 200)
    }
    assert.equal(
      (await update(ada.token, userid, { username: 'kid@example.org', emails: ['kid@example.org'] })).status,
      200,
    )
    assert.equal((await update(ada.token, userid, { emails: [] })).json.username, '')
  })

  test('[AU-54] a custodial account may have its address from the start; nobody else gets it', async () => {
    const ada = await world.person()
    const body = { username: 'Kid2@example.org', emails: ['Kid2@example.org'] }
    assert.equal((await custodial(ada, body)).username, 'kid2@example.org')
    const again = await world.send('POST', `/auth/user/${ada.userId}/user`, { token: ada.token, body })
    assert.equal(again.status, 409)
    assert.equal((await login('kid2@example.org', 'whatever-it-is')).status, 401)
    const half = await world.send('POST', `/auth/user/${ada.userId}/user`, {
      token: ada.token,
      body: { username: 'kid3@example.org' },
    })
    assert.deepEqual([half.status, half.json], [400, INVALID])
  })

  test('[AU-54] nobody makes a custodial account in the name of somebody else', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    await world.grant(ada, bo, 'custodian', 'view')
    const path = `/auth/user/${ada.userId}/user`
    assert.equal((await world.send('POST', path, { token: bo.token, body: {} })).status, 401)
    assert.equal((await world.send('POST', path, { body: {} })).status, 401)
    const service = await world.service()
    assert.equal((await world.send('POST', path, { token: service, body: {} })).status, 201)
    assert.equal(
      (await world.send('POST', '/auth/user/0000000000/user', { token: service, body: {} })).status,
      404,
    )
  })

  test('[AU-55] one removes the own account with the password, and then it is as if it had never been', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const dataSet = await world.dataSet(ada)
    await world.grant(ada, bo, 'view')
    await world.grant(bo, ada, 'upload')
    const path = `/auth/user/${ada.userId}`
    for (const body of [
      undefined,
      {},
      { password: '' },
      { password: 'wrong-one' },
      { password: 7 },
      'null',
      '{',
    ]) {
      const answer = await world.send('DELETE', path, {
        token: ada.token,
        ...(body !== undefined && { body }),
      })
      assert.deepEqual(
        [answer.status, answer.json],
        [403, { code: 403, reason: 'Missing id and/or password' }],
      )
    }
    const answer = await world.send('DELETE', path, { token: ada.token, body: { password: ada.password } })
    assert.deepEqual([answer.status, answer.text], [204, ''])
    assert.equal((await world.send('GET', '/auth/user', { token: ada.token })).status, 401)
    assert.equal((await login(ada.username, ada.password)).status, 401)
    const service = await world.service()
    assert.equal((await world.send('GET', `/v1/data_sets/${dataSet}`, { token: service })).status, 404)
    assert.equal((await world.send('DELETE', path, { token: service })).status, 204, 'already gone')
    assert.deepEqual(await world.store.grantsTo(ada.userId), [])
    assert.equal((await world.send('GET', `/data/${ada.userId}`, { token: bo.token })).status, 403)
    const again = { username: ada.username, emails: [ada.username], password: ada.password }
    assert.equal(
      (await world.send('POST', '/auth/user', { body: again })).status,
      201,
      'the address is free again',
    )
  })

  test('[AU-56] a custodian and a service remove an account without a password; a clinic’s is 401, as for strangers', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const kid = await custodial(ada)
    assert.equal((await world.send('DELETE', `/auth/user/${kid.userid}`, { token: bo.token })).status, 401)
    assert.equal((await world.send('DELETE', `/v1/users/${kid.userid}`, { token: ada.token })).status, 204)
    const service = await world.service()
    await update(service, bo.userId, { roles: ['clinic'] })
    const clinic = await world.send('DELETE', `/auth/user/${bo.userId}`, { token: service })
    assert.deepEqual([clinic.status, clinic.text], [401, ''])
    assert.equal((await world.send('DELETE', `/auth/user/${ada.userId}`, { token: service })).status, 204)
    assert.equal((await world.send('DELETE', `/auth/user/${ada.userId}`)).status, 401)
  })

  test('[AU-59] somebody sees where they are signed in, and ends one sign-in by itself', async () => {
    const ada = await world.person()
    const basic = `Basic ${Buffer.from(`${ada.username}:${ada.password}`).toString('base64')}`
    const signIn = async (userAgent: string) => {
      const headers = { authorization: basic, 'user-agent': userAgent }
      const answer = await world.send('POST', '/auth/login', { headers })
      return answer.headers.get('x-tidepool-session-token') ?? ''
    }
    const phone = await signIn('Loop/3.4 (iPhone)')
    const long = await signIn('x'.repeat(5000))
    const path = `/auth/user/${ada.userId}/sessions`
    const list = async (token: string) => (await world.send('GET', path, { token })).json
    const names = async () => (await list(ada.token)).map(({ name }: { name: string }) => name)
    // A refreshed one is the same sign-in.
    const renewed = await world.send('GET', '/auth/login', { token: phone })
    const fresh = renewed.headers.get('x-tidepool-session-token') ?? ''
    const [first, second, third] = await list(fresh)
    assert.equal((await list(fresh)).length, 3)
    const loop = [first, second, third].find(({ name }) => name === 'Loop/3.4 (iPhone)')
    assert.deepEqual([loop.kind, loop.isCurrent], ['password', true])
    assert.ok(Date.parse(loop.startedTime) <= Date.parse(loop.usedTime))
    assert.ok(Date.parse(loop.usedTime) < Date.parse(loop.expiresTime))
    assert.equal(JSON.stringify([first, second, third]).includes(fresh), false)
    assert.equal([first, second, third].find(({ name }) => name.startsWith('xxx')).name.length, 200)
    assert.equal((await world.send('DELETE', `${path}/${loop.id}`, { token: ada.token })).status, 204)
    assert.equal((await names()).includes('Loop/3.4 (iPhone)'), false)
    for (const token of [phone, fresh]) {
      assert.equal((await world.send('GET', '/auth/user', { token })).status, 401)
    }
    assert.equal((await world.send('GET', '/auth/user', { token: long })).status, 200)
    // Again, or of somebody else: nothing happens.
    const bo = await world.person()
    const own = (await list(long)).find(({ isCurrent }: { isCurrent: boolean }) => isCurrent).id
    const others = `/auth/user/${bo.userId}/sessions/${own}`
    assert.equal((await world.send('DELETE', others, { token: bo.token })).status, 204)
    assert.equal((await world.send('DELETE', `${path}/${own}`, { token: bo.token })).status, 401)
    assert.equal((await world.send('GET', path, { token: bo.token })).status, 401)
    assert.equal((await world.send('GET', '/auth/user', { token: long })).status, 200)
  })

  test('[AU-57] signing out everywhere ends all sessions, this one too', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const path = `/auth/user/${ada.userId}/sessions`
    assert.equal((await world.send('DELETE', path, { token: bo.token })).status, 401)
    assert.equal((await world.send('DELETE', path, { token: ada.token })).status, 204)
    assert.equal((await world.send('GET', '/auth/user', { token: ada.token })).status, 401)
    assert.equal((await world.send('GET', '/auth/user', { token: bo.token })).status, 200)
  })

  test('[AU-63] too many wrong passwords are 429 with the time to wait; the owner signs in from elsewhere', async () => {
    const ada = await world.person()
    const statuses: number[] = []
    let last = await login(ada.username, 'wrong-password')
    for (let i = 0; i < 6; i++) {
      statuses.push(last.status)
      last = await login(ada.username, 'wrong-password')
    }
    assert.deepEqual(statuses.slice(0, 6), [401, 401, 401, 401, 401, 429])
    assert.match(last.json.reason, /^Too many wrong attempts; try again in \d+ s$/)
    assert.match(last.headers.get('retry-after') ?? '', /^\d+$/)
    assert.equal(
      (await world.send('GET', '/auth/user', { token: ada.token })).status,
      200,
      'what is signed in goes on',
    )
  })

  test('[AU-55] an account that goes during its uploads leaves nothing, and they end', async () => {
    const ada = await world.person()
    const dataSet = await world.dataSet(ada)
    const uploads = Array.from({ length: 20 }, (_, i) =>
      world.send('POST', `/v1/data_sets/${dataSet}/data`, {
        token: ada.token,
        body: cbgs(200, { prefix: `p${i}-` }),
      }),
    )
    const gone = await world.send('DELETE', `/auth/user/${ada.userId}`, {
      token: ada.token,
      body: { password: ada.password },
    })
    assert.equal(gone.status, 204)
    for (const { status } of await Promise.all(uploads))
      assert.ok([200, 401, 404].includes(status), `${status}`)
    assert.ok(!JSON.stringify(world.stored()).includes(ada.userId))
    assert.deepEqual(
      world.stored().users.filter((user) => String((user as { id: string }).id).startsWith('deleted:')),
      [],
    )
  })
})
