import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Person, startWorld, type World } from '../../testing/world.ts'

const OWN = { root: {} }

describe('sharing', () => {
  let world: World
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())
  const get = (path: string, who?: Person | string) => call('GET', path, who)
  const call = (method: string, path: string, who?: Person | string, body?: unknown) => {
    const token = typeof who === 'string' ? who : who?.token
    return world.send(method, path, {
      ...(token !== undefined && { token }),
      ...(body !== undefined && { body }),
    })
  }

  test('[SH-1] one sees who may act on one’s account, and on whose one may act; oneself is always there', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    assert.deepEqual((await get(`/access/${ada.userId}`, ada)).json, { [ada.userId]: OWN })
    await world.grant(ada, bo, 'view', 'upload')
    assert.deepEqual((await get(`/access/${ada.userId}`, ada)).json, {
      [ada.userId]: OWN,
      [bo.userId]: { upload: {}, view: {} },
    })
    assert.deepEqual((await get(`/access/groups/${bo.userId}`, bo)).json, {
      [bo.userId]: OWN,
      [ada.userId]: { upload: {}, view: {} },
    })
    assert.deepEqual((await get(`/access/groups/${ada.userId}`, ada)).json, { [ada.userId]: OWN })
  })

  test('[SH-2] a grant is seen by its two parties, custodians and services', async () => {
    const [ada, bo, cy, dan] = [
      await world.person(),
      await world.person(),
      await world.person(),
      await world.person(),
    ]
    await world.grant(ada, bo, 'view')
    await world.grant(ada, cy, 'custodian')
    const path = `/access/${ada.userId}/${bo.userId}`
    for (const who of [ada, bo, cy, await world.service()])
      assert.deepEqual((await get(path, who)).json, { view: {} })
    assert.deepEqual((await get(`/access/${ada.userId}/${ada.userId}`, ada)).json, OWN)
    const none = await get(`/access/${ada.userId}/${dan.userId}`, ada)
    assert.deepEqual([none.status, none.json], [404, { code: 'NotFound', message: '' }])
    for (const address of [path, `/access/${ada.userId}`, `/access/groups/${ada.userId}`]) {
      const stranger = await get(address, dan)
      assert.deepEqual([stranger.status, stranger.text], [401, 'Unauthorized'])
      const nobody = await get(address)
      assert.deepEqual([nobody.status, nobody.text], [401, 'Session token must be set in the header'])
      const invalid = await get(address, 'no-such-token')
      assert.deepEqual([invalid.status, invalid.text], [401, 'Invalid Token'])
    }
  })

  test('[SH-3] a grant is replaced as a whole, taken away with an empty set, and counts at once', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const path = `/access/${ada.userId}/${bo.userId}`
    const set = await call('POST', path, ada, { view: {}, root: {} })
    assert.deepEqual([set.status, set.json], [200, { view: {} }])
    assert.equal((await get(`/data/${ada.userId}`, bo)).status, 200)
    assert.deepEqual((await call('POST', path, ada, { upload: {}, note: {} })).json, { note: {}, upload: {} })
    assert.equal((await get(`/data/${ada.userId}`, bo)).status, 403)
    for (const empty of [{}, undefined, '']) {
      await call('POST', path, ada, { view: {} })
      const taken = await call('POST', path, ada, empty)
      assert.deepEqual([taken.status, taken.json], [200, {}])
      assert.equal((await get(`/data/${ada.userId}`, bo)).status, 403)
    }
    assert.deepEqual((await call('POST', `/access/${ada.userId}/${ada.userId}`, ada, {})).json, OWN)
  })

  test('[SH-3] who was let in may leave, and neither add to their own grant nor put out another', async () => {
    const [ada, bo, cy] = [await world.person(), await world.person(), await world.person()]
    await world.grant(ada, bo, 'view')
    await world.grant(ada, cy, 'view')
    const more = await call('POST', `/access/${ada.userId}/${bo.userId}`, bo, { view: {}, upload: {} })
    assert.deepEqual([more.status, more.text], [401, 'Unauthorized'])
    assert.equal((await call('POST', `/access/${ada.userId}/${cy.userId}`, bo, {})).status, 401)
    assert.deepEqual(await world.store.permissions(ada.userId, cy.userId), ['view'])
    assert.equal((await call('POST', `/access/${ada.userId}/${bo.userId}`, bo, {})).status, 200)
    assert.deepEqual(await world.store.permissions(ada.userId, bo.userId), [])
  })

  test('[SH-4] a grant of unknown words, of no set, or to nobody is refused and changes nothing', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    await world.grant(ada, bo, 'view')
    const path = `/access/${ada.userId}/${bo.userId}`
    const unknown = await call('POST', path, ada, { view: {}, everything: {} })
    assert.equal(unknown.status, 400)
    assert.match(
      unknown.json.message,
      /^"everything" is no permission; there are custodian, follow, note, upload, view$/,
    )
    for (const body of ['[', '[]', '"view"', '7', 'null'])
      assert.equal((await call('POST', path, ada, body)).status, 400)
    assert.deepEqual(await world.store.permissions(ada.userId, bo.userId), ['view'])
    assert.equal((await call('POST', `/access/${ada.userId}/0000000000`, ada, { view: {} })).status, 404)
  })

  test('[SH-5] profile, settings and preferences are merged by their top-level keys, with PUT and with POST', async () => {
    const ada = await world.person()
    for (const name of ['profile', 'settings', 'preferences']) {
      const path = `/metadata/${ada.userId}/${name}`
      const none = await get(path, ada)
      assert.equal(none.status, 404)
      const first = await call('PUT', path, ada, { fullName: 'Ada', patient: { birthday: '1980-01-31' } })
      assert.deepEqual(
        [first.status, first.json],
        [200, { fullName: 'Ada', patient: { birthday: '1980-01-31' } }],
      )
      assert.deepEqual((await call('POST', path, ada, { patient: {} })).json, {
        fullName: 'Ada',
        patient: {},
      })
      assert.deepEqual((await get(path, ada)).json, { fullName: 'Ada', patient: {} })
      for (const body of ['[]', '7', 'null', '{', ''])
        assert.equal((await call('PUT', path, ada, body)).status, 400)
      assert.equal((await call('PUT', path, ada, { long: 'x'.repeat(300_000) })).status, 413)
    }
  })

  test('[SH-6] a profile is for its owner and whom they let in; who shares with them sees the name; strangers nothing', async () => {
    const [ada, bo, cy, dan] = [
      await world.person(),
      await world.person(),
      await world.person(),
      await world.person(),
    ]
    const path = `/metadata/${ada.userId}/profile`
    const profile = { fullName: 'Ada', patient: { about: 'me' } }
    await call('PUT', path, ada, profile)
    await world.grant(ada, bo, 'note')
    await world.grant(cy, ada, 'view')
    assert.deepEqual((await get(path, bo)).json, profile)
    assert.deepEqual((await get(path, await world.service())).json, profile)
    assert.deepEqual((await get(path, cy)).json, { fullName: 'Ada' })
    assert.equal((await get(path, dan)).status, 401)
    for (const name of ['settings', 'preferences']) {
      const of = `/metadata/${ada.userId}/${name}`
      assert.equal((await get(of, bo)).status, 404)
      assert.equal((await get(of, cy)).status, 401)
      assert.equal((await get(of, dan)).status, 401)
    }
    for (const who of [bo, cy, dan]) assert.equal((await call('PUT', path, who, {})).status, 401)
    await world.grant(ada, bo, 'custodian')
    assert.equal((await call('PUT', path, bo, { fullName: 'Ada L.' })).status, 200)
    assert.deepEqual((await get(`/metadata/publicinfo?users=${ada.userId},${dan.userId}`, cy)).json, {
      [ada.userId]: { fullName: 'Ada L.' },
    })
    assert.equal((await get(`/metadata/publicinfo?users=${ada.userId}`)).status, 401)
  })

  test('[SH-7] the people one has to do with: with all of their account, and what each lets the other do', async () => {
    const [ada, bo, cy, dan] = [
      await world.person(),
      await world.person(),
      await world.person(),
      await world.person(),
    ]
    const list = async (who: Person, query = '') =>
      (await get(`/metadata/users/${ada.userId}/users${query}`, who)).json
    assert.deepEqual(await list(ada), [])
    for (const one of [bo, cy, dan]) {
      await call('PUT', `/metadata/${one.userId}/profile`, one, {
        fullName: `Name of ${one.username}`,
        patient: { birthday: '2001-02-03' },
      })
      await call('PUT', `/metadata/${one.userId}/settings`, one, { units: {} })
      await call('PUT', `/metadata/${one.userId}/preferences`, one, { clicked: true })
    }
    await world.grant(bo, ada, 'custodian', 'view')
    await world.grant(ada, cy, 'view')
    const found = await list(ada)
    const [first, second] = found
    assert.equal(found.length, 2)
    assert.deepEqual(first, {
      userid: bo.userId,
      username: bo.username,
      emails: [bo.username],
      roles: ['patient'],
      termsAccepted: first.termsAccepted,
      emailVerified: true,
      trustorPermissions: { custodian: {}, view: {} },
      profile: { fullName: `Name of ${bo.username}`, patient: { birthday: '2001-02-03' } },
      settings: { units: {} },
      preferences: { clicked: true },
    })
    assert.deepEqual(second.trusteePermissions, { view: {} })
    assert.deepEqual(second.profile, { fullName: `Name of ${cy.username}` })
    assert.ok(!('settings' in second || 'preferences' in second || 'trustorPermissions' in second))

    const ids = async (query: string) => (await list(ada, query)).map((one: { userid: string }) => one.userid)
    assert.deepEqual(await ids('?trustorPermissions=view'), [bo.userId])
    assert.deepEqual(await ids('?trustorPermissions=view,upload'), [])
    assert.deepEqual(await ids('?trustorPermissions=any'), [bo.userId])
    assert.deepEqual(await ids('?trustorPermissions=none'), [cy.userId])
    assert.deepEqual(await ids('?trusteePermissions=any'), [cy.userId])
    assert.deepEqual(await ids(`?email=${bo.username.toUpperCase()}`), [bo.userId])
    assert.deepEqual(await ids(`?name=NAME OF ${cy.username}`), [cy.userId])
    assert.deepEqual(
      await ids('?birthday=2001'),
      [bo.userId],
      'of the other one the birthday is not known here',
    )
    assert.deepEqual(await ids('?emailVerified=false'), [])
    assert.equal((await get(`/metadata/users/${ada.userId}/users`, dan)).status, 401)
    assert.equal((await get(`/metadata/users/${ada.userId}/users`, cy)).status, 401)
  })

  test('[SH-8] collections have names; a private pair is for services, made at the first look', async () => {
    const ada = await world.person()
    assert.deepEqual((await get('/metadata/collections')).json, ['profile', 'groups', 'private'])
    const path = `/metadata/${ada.userId}/private/uploads`
    assert.equal((await get(path, ada)).status, 401)
    const service = await world.service()
    const pairs = await Promise.all([get(path, service), get(path, service)])
    assert.deepEqual(Object.keys(pairs[0]?.json), ['id', 'hash'])
    assert.deepEqual(pairs[0]?.json, pairs[1]?.json)
    assert.equal((await get(`/metadata/${ada.userId}/private`, ada)).status, 404)
  })
})
