import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Person, startWorld, type World } from '../../testing/world.ts'

const acme = { providerType: 'oauth', providerName: 'acme' }

describe('data sources', () => {
  let world: World
  let ada: Person
  let service: string
  let now = Date.UTC(2026, 0, 5, 10)
  before(async () => {
    world = await startWorld({ now: () => ++now })
    service = await world.service()
  })
  after(() => world[Symbol.asyncDispose]())

  const ofAda = () => `/v1/users/${ada.userId}/data_sources`
  const create = async (body: object = acme) => {
    const answer = await world.send('POST', ofAda(), { token: service, body })
    assert.equal(answer.status, 201, answer.text)
    return answer.json
  }
  const put = (id: string, body: unknown, query = '') =>
    world.send('PUT', `/v1/data_sources/${id}${query}`, { token: service, body })
  const get = (path: string, token = service) => world.send('GET', path, { token })
  const fresh = async () => {
    ada = await world.person()
  }

  test('[SO-1] the life of a source (scenario 66)', async () => {
    await fresh()
    const made = await create()
    const { id, createdTime, ...rest } = made
    assert.match(id, /^[0-9a-f]{32}$/)
    assert.match(createdTime, /^2026-01-05T10:00:00\.\d{3}Z$/)
    assert.deepEqual(rest, { userId: ada.userId, ...acme, state: 'disconnected', revision: 0 })

    const without = await put(id, { state: 'connected' })
    assert.equal(without.status, 400)
    assert.deepEqual(without.json, {
      code: 'value-not-exists',
      title: 'value does not exist',
      detail: 'value does not exist',
      source: { pointer: '/providerSessionId' },
    })
    const connected = await put(id, { state: 'connected', providerSessionId: 'session-66' })
    assert.equal(connected.status, 200)
    assert.ok(connected.text.endsWith('}\n'))
    const { modifiedTime, ...state } = connected.json
    assert.ok(modifiedTime > createdTime)
    assert.deepEqual(state, { ...made, state: 'connected', providerSessionId: 'session-66', revision: 1 })

    const stale = await put(id, { state: 'error' }, '?revision=0')
    assert.equal(stale.status, 404)
    assert.deepEqual(stale.json, {
      code: 'resource-not-found',
      title: 'resource not found',
      detail: `revision 0 of resource with id "${id}" not found`,
    })

    const { providerSessionId: _, ...shown } = connected.json
    assert.deepEqual((await get(ofAda(), ada.token)).json, [shown])
    assert.deepEqual((await get(`/v1/data_sources/${id}`, ada.token)).json, shown)
    assert.deepEqual((await get(`/v1/data_sources/${id}`)).json, connected.json)

    const disconnected = await put(id, { state: 'disconnected' })
    assert.equal(disconnected.json.revision, 2)
    assert.ok(!('providerSessionId' in disconnected.json))
  })

  test('[SO-2] error keeps the session, connecting clears the error, disconnecting both', async () => {
    await fresh()
    const { id } = await create()
    const error = { code: 'unauthenticated', title: 't', detail: 'd' }
    await put(id, { state: 'connected', providerSessionId: 'session-2' })
    const failed = (await put(id, { state: 'error', error })).json
    assert.equal(failed.providerSessionId, 'session-2')
    assert.deepEqual(failed.error, error)
    const again = (await put(id, { state: 'connected', providerSessionId: 'session-2', error })).json
    assert.ok(!('error' in again))
    await put(id, { state: 'error', error })
    const gone = (await put(id, { state: 'disconnected' })).json
    assert.ok(!('error' in gone) && !('providerSessionId' in gone))
  })

  test('[SO-3] of a user and provider one source is linked, and a provider session belongs to one', async () => {
    await fresh()
    const [one, two, other] = [
      await create(),
      await create(),
      await create({ ...acme, providerName: 'brand' }),
    ]
    await put(one.id, { state: 'connected', providerSessionId: 'session-3' })
    const taken = await put(other.id, { state: 'connected', providerSessionId: 'session-3' })
    assert.equal(taken.status, 400)
    assert.equal(taken.json.code, 'value-duplicate')
    assert.equal(taken.json.source.pointer, '/providerSessionId')
    const second = await put(two.id, { state: 'error' })
    assert.equal(second.status, 400)
    assert.equal(second.json.source.pointer, '/state')
    assert.equal((await get(`/v1/data_sources/${two.id}`)).json.revision, 0)
    assert.equal((await put(other.id, { state: 'error' })).status, 200)
  })

  test('[SO-4] a source is found by its provider session, by services', async () => {
    await fresh()
    const { id } = await create()
    await put(id, { state: 'connected', providerSessionId: 'session-4' })
    assert.equal((await get('/v1/provider_sessions/session-4/data_source')).json.id, id)
    assert.equal((await get('/dataservices/v1/provider_sessions/session-4/data_source')).json.id, id)
    const unknown = await get('/v1/provider_sessions/unknown/data_source')
    assert.equal(unknown.status, 404)
    assert.equal(unknown.json.detail, 'resource with id "unknown" not found')
  })

  test('[SO-5] sources are removed one by one, of one revision, or all of a user; their data sets stay', async () => {
    await fresh()
    const set = await world.dataSet(ada)
    const { id } = await create()
    await put(id, { dataSetId: set })
    const remove = (path: string) => world.send('DELETE', path, { token: service })
    const stale = await remove(`/v1/data_sources/${id}?revision=99`)
    assert.equal(stale.status, 404)
    assert.equal(stale.json.detail, `revision 99 of resource with id "${id}" not found`)
    const removed = await remove(`/v1/data_sources/${id}?revision=1`)
    assert.equal(removed.status, 200)
    assert.equal(removed.text, '')
    assert.equal((await remove(`/v1/data_sources/${id}`)).status, 404)
    assert.equal((await get(`/v1/data_sources/${id}`)).status, 404)
    await create()
    await create()
    assert.equal((await remove(ofAda())).status, 204)
    assert.deepEqual((await get(ofAda())).json, [])
    assert.equal((await remove(ofAda())).status, 204)
    assert.equal((await get(`/v1/data_sets/${set}`, ada.token)).status, 200)
  })

  test('[SO-6] the list is newest first, narrowed and in pages; bad parameters are told, all of them', async () => {
    await fresh()
    const a = (await create({ ...acme, providerExternalId: 'x' })).id
    const b = (await create({ ...acme, providerName: 'brand' })).id
    const c = (await create()).id
    await put(b, { state: 'error' })
    const ids = async (query = '') =>
      (await get(ofAda() + query, ada.token)).json.map(({ id }: { id: string }) => id)
    assert.deepEqual(await ids(), [c, b, a])
    assert.deepEqual(await ids('?providerName=brand'), [b])
    assert.deepEqual(await ids('?providerExternalId=x&providerType=oauth'), [a])
    assert.deepEqual(await ids('?state=error'), [b])
    assert.deepEqual(await ids('?state=connected'), [])
    assert.deepEqual(await ids('?size=2'), [c, b])
    assert.deepEqual(await ids('?size=2&page=1'), [a])
    assert.deepEqual(await ids('?page=9223372036854775807&size=1000'), [])
    const bad: [string, string, string][] = [
      ['foo=1', 'foo', 'not-parsed'],
      ['providerName=', 'providerName', 'value-empty'],
      ['providerName=a&providerName=b', 'providerName', 'not-parsed'],
      ['size=0', 'size', 'value-out-of-range'],
    ]
    for (const [query, parameter, code] of bad) {
      const answer = await get(`${ofAda()}?${query}`)
      assert.equal(answer.status, 400, query)
      assert.equal(answer.json.code, code)
      assert.deepEqual(answer.json.source, { parameter })
    }
    assert.deepEqual((await get(`${ofAda()}?state=zz`)).json, {
      code: 'value-not-allowed',
      title: 'value is not one of the allowed values',
      detail: 'value "zz" is not one of ["connected", "disconnected", "error"]',
      source: { parameter: 'state' },
    })
    const two = await get(`${ofAda()}?providerType=xx&page=-1`)
    assert.equal(two.json.errors.length, 2)
  })

  test('[SO-7] a person sees of an error what is meant for people, a service all of it', async () => {
    await fresh()
    const { id } = await create()
    const kept = {
      code: 'unauthenticated',
      title: 'title',
      detail: 'detail',
      source: { pointer: '/a' },
      meta: { b: 1 },
    }
    const error = { ...kept, caller: { file: 'x.go' }, errors: [{ ...kept, cause: 'secret' }, 'text'] }
    await put(id, { state: 'error', error })
    assert.deepEqual((await get(`/v1/data_sources/${id}`)).json.error, error)
    const shown = { ...kept, errors: [kept] }
    assert.deepEqual((await get(`/v1/data_sources/${id}`, ada.token)).json.error, shown)
    assert.deepEqual((await get(ofAda(), ada.token)).json[0].error, shown)
  })

  test('[SO-8] what an update does not name stays, null names nothing, and dataSetIds is dataSetId', async () => {
    await fresh()
    const { id } = await create({ ...acme, metadata: { a: 1 } })
    const [one, two] = ['a'.repeat(32), 'b'.repeat(32)]
    const first = await put(id, {
      dataSetIds: [one, two],
      earliestDataTime: '2026-01-01T00:00:00+01:00',
      latestDataTime: '2026-01-02T00:00:00.1234567Z',
      lastImportTime: '2026-01-03T00:00:00Z',
    })
    assert.equal(first.json.dataSetId, one)
    assert.ok(!('dataSetIds' in first.json))
    assert.equal(first.json.earliestDataTime, '2025-12-31T23:00:00.000Z')
    assert.equal(first.json.latestDataTime, '2026-01-02T00:00:00.123Z')
    const second = await put(id, { dataSetId: two, dataSetIds: [one], latestDataTime: null }, '?revision=1')
    const { modifiedTime, ...rest } = second.json
    assert.equal(second.status, 200)
    assert.deepEqual(
      { ...rest, modifiedTime: first.json.modifiedTime },
      { ...first.json, dataSetId: two, revision: 2 },
    )
    assert.deepEqual(second.json.metadata, { a: 1 })
  })

  const refused: [string, unknown, string, string][] = [
    ['an unknown key', { colour: 'red' }, 'not-parsed', '/colour'],
    ['an unknown state', { state: 'lost' }, 'value-not-allowed', '/state'],
    [
      'a session while disconnecting',
      { state: 'disconnected', providerSessionId: 'x' },
      'value-exists',
      '/providerSessionId',
    ],
    ['no data set id', { dataSetId: 'x' }, 'value-not-valid', '/dataSetId'],
    ['no data set ids', { dataSetIds: ['x'] }, 'value-not-valid', '/dataSetIds/0'],
    ['a time that is none', { lastImportTime: 'x' }, 'value-not-parsable', '/lastImportTime'],
    [
      'an end before the beginning',
      { earliestDataTime: '2026-01-02T00:00:00Z', latestDataTime: '2026-01-01T00:00:00Z' },
      'value-not-after',
      '/latestDataTime',
    ],
    ['too much metadata', { metadata: { a: 'x'.repeat(4096) } }, 'size-out-of-range', '/metadata'],
    ['a number for a name', { providerExternalId: 1 }, 'type-not-string', '/providerExternalId'],
  ]
  for (const [what, body, code, pointer] of refused) {
    test(`[SO-9] an update is refused, and changes nothing: ${what}`, async () => {
      await fresh()
      const made = await create()
      const answer = await put(made.id, body)
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, code)
      assert.deepEqual(answer.json.source, { pointer })
      assert.deepEqual((await get(`/v1/data_sources/${made.id}`)).json, made)
    })
  }

  test('[SO-9] a source is made of a known provider type and a name; all faults are told', async () => {
    await fresh()
    const post = (body: unknown) => world.send('POST', ofAda(), { token: service, body })
    const empty = await post({})
    assert.equal(empty.status, 400)
    assert.deepEqual(
      empty.json.errors.map(({ code, source }: { code: string; source: object }) => [code, source]),
      [
        ['value-not-exists', { pointer: '/providerType' }],
        ['value-not-exists', { pointer: '/providerName' }],
      ],
    )
    assert.equal((await post({ ...acme, providerType: 'ftp' })).json.code, 'value-not-allowed')
    assert.equal((await post({ ...acme, state: 'connected' })).json.code, 'not-parsed')
    for (const body of ['[]', 'null', '{', ''])
      assert.equal((await post(body)).json.code, 'json-malformed', body)
    assert.deepEqual((await get(ofAda())).json, [])
  })

  test('[SO-9] a revision that is no number is 400, an unknown parameter is ignored', async () => {
    await fresh()
    const { id } = await create()
    const answer = await put(id, {}, '?revision=x')
    assert.equal(answer.status, 400)
    assert.deepEqual(answer.json.source, { parameter: 'revision' })
    assert.equal((await put(id, {}, '?foo=1&revision=0')).status, 200)
  })

  test('[SO-10] of a user that there is not a service makes none', async () => {
    const answer = await world.send('POST', '/v1/users/0123456789/data_sources', {
      token: service,
      body: acme,
    })
    assert.equal(answer.status, 404)
    assert.equal(answer.json.code, 'resource-not-found')
    const empty = await world.send('GET', '/v1/users//data_sources', { token: service })
    assert.equal(empty.status, 400)
    assert.equal(empty.json.code, 'parameter-missing')
  })
})
