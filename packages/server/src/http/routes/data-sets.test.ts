import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const deleteOrigin = 'org.tidepool.deduplicator.dataset.delete.origin'
const none = 'org.tidepool.deduplicator.none'
const create = (fields: object = {}) => ({
  client: { name: 'a', version: '1.0.0' },
  dataSetType: 'continuous',
  deduplicator: { name: deleteOrigin },
  ...fields,
})

describe('data sets', () => {
  let world: World
  let ada: Person
  let now = Date.UTC(2026, 0, 5, 10, 0, 0, 123)
  before(async () => {
    world = await startWorld({ now: () => now })
  })
  after(() => world[Symbol.asyncDispose]())
  const freshPerson = async () => {
    ada = await world.person()
  }
  const post = (body: unknown, path = `/v1/users/${ada.userId}/data_sets`) =>
    world.send('POST', path, { token: ada.token, body })
  const list = (query = '', path = `/v1/users/${ada.userId}/data_sets`) =>
    world.send('GET', path + query, { token: ada.token })

  test('[DS-1] create answers 201, wrapped, with every key and nothing of the inside (scenario 1)', async () => {
    await freshPerson()
    const answer = await post(create({ deviceTags: ['insulin-pump', 'bgm'] }))
    assert.equal(answer.status, 201)
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    const { data, meta } = answer.json
    assert.match(data.id, /^[0-9a-f]{32}$/)
    assert.equal(meta.trace.request, answer.headers.get('x-tidepool-trace-request'))
    assert.deepEqual(data, {
      byUser: ada.userId,
      client: { name: 'a', version: '1.0.0' },
      createdTime: '2026-01-05T10:00:00.123Z',
      createdUserId: ada.userId,
      dataSetType: 'continuous',
      deduplicator: { name: deleteOrigin, version: '1.0.0' },
      deviceTags: ['bgm', 'insulin-pump'],
      id: data.id,
      modifiedTime: '2026-01-05T10:00:00.123Z',
      time: '2026-01-05T10:00:00.123Z',
      type: 'upload',
      uploadId: data.id,
    })
  })

  test('[DS-2] every alias creates, with and without the gateway prefix and a trailing slash', async () => {
    await freshPerson()
    const ids = new Set<string>()
    for (const prefix of ['', '/dataservices']) {
      for (const path of ['data_sets', 'datasets', 'data_sets/']) {
        const answer = await post(
          create({ deviceId: prefix + path }),
          `${prefix}/v1/users/${ada.userId}/${path}`,
        )
        assert.equal(answer.status, 201)
        ids.add(answer.json.data.id)
      }
    }
    assert.equal(ids.size, 6)
  })

  test('[DS-3] a legacy deduplicator name is shown as its canonical one (scenario 4)', async () => {
    await freshPerson()
    const named = async (name: string) =>
      (await post(create({ deduplicator: { name } }))).json.data.deduplicator
    assert.deepEqual(await named('org.tidepool.continuous.origin'), { name: deleteOrigin, version: '1.0.0' })
    assert.deepEqual(await named('org.tidepool.continuous'), { name: none, version: '1.0.0' })
  })

  test('[DS-4] D6: a continuous set without a deduplicator gets delete.origin (scenario 6)', async () => {
    await freshPerson()
    const answer = await post({ dataSetType: 'continuous' })
    assert.equal(answer.status, 201)
    assert.deepEqual(answer.json.data.deduplicator, { name: deleteOrigin, version: '1.0.0' })
  })

  test('[DS-5] an unknown deduplicator is a 400 at its name and makes no data set (scenario 7)', async () => {
    await freshPerson()
    const answer = await post(create({ deduplicator: { name: 'org.example.unknown' } }))
    assert.equal(answer.status, 400)
    assert.equal(answer.json.code, 'value-not-allowed')
    assert.equal(answer.json.source.pointer, '/deduplicator/name')
    assert.match(answer.json.detail, /^value "org\.example\.unknown" is not one of \["org\.tidepool/)
    assert.deepEqual((await list()).json, [])
  })

  test('[DS-6] D6: a normal data set, asked for or by default, gets none where nothing suits its device', async () => {
    await freshPerson()
    for (const body of [{ dataSetType: 'normal' }, {}, { deviceManufacturers: ['Animas'] }]) {
      const { status, json } = await post(body)
      assert.equal(status, 201)
      assert.equal(json.data.dataSetType, 'normal')
      assert.deepEqual(json.data.deduplicator, { name: none, version: '1.0.0' })
    }
  })

  test('[DS-7] an unknown top-level key is not-parsed; several faults come in one list (scenario 9)', async () => {
    await freshPerson()
    const one = await post(create({ foo: 1 }))
    assert.equal(one.status, 400)
    assert.deepEqual(one.json, {
      code: 'not-parsed',
      title: 'not parsed',
      detail: 'not parsed',
      source: { pointer: '/foo' },
    })
    const two = await post(create({ zz: 1, aa: 2, client: { name: 'a', other: true } }))
    assert.deepEqual(
      two.json.errors.map((error: { source: { pointer: string } }) => error.source.pointer),
      ['/aa', '/zz'],
    )
  })

  test('[DS-8] D18: what the server sets is checked for its type and otherwise ignored', async () => {
    await freshPerson()
    const mine = {
      id: '0'.repeat(32),
      uploadId: 'x',
      createdTime: '2001-01-01T00:00:00Z',
      deletedTime: '2001-01-01T00:00:00Z',
      createdUserId: '0000000000',
      byUser: '0000000000',
    }
    const { status, json } = await post(create(mine))
    assert.equal(status, 201)
    assert.notEqual(json.data.id, mine.id)
    assert.equal(json.data.uploadId, json.data.id)
    assert.equal(json.data.createdTime, '2026-01-05T10:00:00.123Z')
    assert.equal(json.data.createdUserId, ada.userId)
    assert.equal(json.data.deletedTime, undefined)
    assert.equal((await list()).json.length, 1)
    const wrongType = await post(create({ createdTime: 5 }))
    assert.equal(wrongType.json.code, 'type-not-time')
  })

  test('[DS-9] a body that is no object is json-malformed in the old envelope', async () => {
    await freshPerson()
    for (const body of ['', '[]', 'null', '5', '{', '{} x']) {
      const answer = await post(body)
      assert.equal(answer.status, 400, body)
      assert.deepEqual(answer.json.errors, [
        { code: 'json-malformed', title: 'json is malformed', detail: 'JSON is malformed', status: '400' },
      ])
      assert.ok(answer.json.meta.trace.request)
    }
  })

  test('[DS-10] D14: an identical create within 60 s finds the empty set of the first (scenario 12)', async () => {
    await freshPerson()
    const first = (await post(create())).json.data.id
    now += 59_000
    assert.equal((await post(create())).json.data.id, first)
    assert.notEqual((await post(create({ client: { name: 'a', version: '1.0.1' } }))).json.data.id, first)
    assert.notEqual((await post(create({ deviceTags: ['cgm'] }))).json.data.id, first)
    const restored = (uploadId: string) =>
      create({ client: { name: 'a', version: '1.0.0', private: { original: { uploadId } } } })
    assert.notEqual((await post(restored('x'))).json.data.id, (await post(restored('y'))).json.data.id)
    now += 2_000
    const later = (await post(create())).json.data.id
    assert.notEqual(later, first)
    await post([cbgAt('2026-01-05T10:00:00Z')], `/v1/data_sets/${later}/data`)
    assert.notEqual((await post(create())).json.data.id, later)
  })

  test('[DS-11] the list is bare, filtered, newest first, in pages (scenarios 2, 3)', async () => {
    await freshPerson()
    const x = (await post(create())).json.data.id
    now += 10
    const y = (await post(create({ client: { name: 'a', version: '1.0.1' } }))).json.data.id
    now += 10
    const z = (await post(create({ client: { name: 'b' }, deviceId: 'pump' }))).json.data.id
    const ids = async (query: string) => {
      const answer = await list(query)
      assert.equal(answer.status, 200, query)
      return answer.json.map((one: { id: string }) => one.id)
    }
    assert.deepEqual(await ids(''), [z, y, x])
    assert.deepEqual(await ids('?client.name=a'), [y, x])
    assert.deepEqual(await ids('?client.name=a&deleted=false'), [y, x])
    assert.deepEqual(await ids('?client.name=a&size=1'), [y])
    assert.deepEqual(await ids('?client.name=a&size=1&page=1'), [x])
    assert.deepEqual(await ids('?client.name=a&size=1&page=2'), [])
    assert.deepEqual(await ids('?client.name=c'), [])
    assert.deepEqual(await ids('?page=9223372036854775807&size=1000'), [])
    assert.deepEqual(await ids('?deviceId=pump'), [z])
    assert.deepEqual(await ids('?deviceId=pump&client.name=a'), [])
  })

  const badQueries: [string, string, string][] = [
    ['client.name=', 'value-empty', 'client.name'],
    ['size=0', 'value-out-of-range', 'size'],
    ['size=1001', 'value-out-of-range', 'size'],
    ['size=x', 'type-not-int', 'size'],
    ['page=-1', 'value-out-of-range', 'page'],
    ['deleted=x', 'type-not-bool', 'deleted'],
    ['foo=1', 'not-parsed', 'foo'],
    ['size=1&size=2', 'not-parsed', 'size'],
  ]
  for (const [query, code, parameter] of badQueries) {
    test(`[DS-12] a bad list parameter names itself: ?${query}`, async () => {
      await freshPerson()
      const answer = await list(`?${query}`)
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, code)
      assert.deepEqual(answer.json.source, { parameter })
    })
  }

  test('[DS-12] several bad parameters come in one list; a bad escape is refused whole', async () => {
    await freshPerson()
    const two = await list('?size=&page=')
    assert.deepEqual(
      two.json.errors.map((error: { source: object }) => error.source),
      [{ parameter: 'page' }, { parameter: 'size' }],
    )
    const bad = await list('?client.name=%zz')
    assert.equal(bad.status, 400)
    assert.deepEqual(bad.json, { detail: 'unable to parse request query' })
  })

  test('[DS-13] the other list is wrapped and knows no client.name', async () => {
    await freshPerson()
    const { id } = (await post(create())).json.data
    const path = `/v1/users/${ada.userId}/datasets`
    const answer = await list('', path)
    assert.equal(answer.json.data[0].id, id)
    assert.ok(answer.json.meta.trace.request)
    assert.equal((await list('?client.name=a', path)).json.code, 'not-parsed')
  })

  test('[DS-14] one data set is bare, on both spellings; an unknown one 404 in the new envelope', async () => {
    await freshPerson()
    const { id } = (await post(create())).json.data
    for (const path of [`/v1/data_sets/${id}`, `/dataservices/v1/datasets/${id}`]) {
      const answer = await world.send('GET', path, { token: ada.token })
      assert.equal(answer.status, 200)
      assert.equal(answer.json.id, id)
    }
    const unknown = await world.send('GET', '/v1/data_sets/abc', { token: ada.token })
    assert.equal(unknown.status, 404)
    assert.deepEqual(unknown.json, {
      code: 'resource-not-found',
      title: 'resource not found',
      detail: 'resource with id "abc" not found',
    })
  })

  test('[DS-15] without a token 401, with a stranger’s 403, each in the route’s envelope', async () => {
    await freshPerson()
    const { id } = (await post(create())).json.data
    const eve = await world.person()
    const old = ['errors', 'meta']
    const bare = ['code', 'title', 'detail']
    const cases: [string, string, string[]][] = [
      ['POST', `/v1/users/${ada.userId}/data_sets`, old],
      ['GET', `/v1/users/${ada.userId}/data_sets`, bare],
      ['GET', `/v1/users/${ada.userId}/datasets`, old],
      ['GET', `/v1/data_sets/${id}`, bare],
      ['PUT', `/v1/data_sets/${id}`, old],
      ['POST', `/v1/data_sets/${id}/data`, old],
      ['DELETE', `/v1/data_sets/${id}/data`, old],
    ]
    for (const [method, path, keys] of cases) {
      for (const token of [undefined, 'wrong']) {
        const answer = await world.send(method, path, token === undefined ? {} : { token })
        assert.equal(answer.status, 401, `${method} ${path}`)
        assert.deepEqual(answer.json, {
          code: 'unauthenticated',
          title: 'authentication token is invalid',
          detail: 'authentication token is invalid',
        })
      }
      const stranger = await world.send(method, path, { token: eve.token })
      assert.equal(stranger.status, 403, `${method} ${path}`)
      assert.deepEqual(Object.keys(stranger.json), keys, `${method} ${path}`)
      assert.equal((stranger.json.errors?.[0] ?? stranger.json).code, 'unauthorized')
    }
  })

  test('[DS-16] no person updates or closes a continuous data set (scenario 43)', async () => {
    await freshPerson()
    const { id } = (await post(create())).json.data
    const answer = await world.send('PUT', `/v1/datasets/${id}`, {
      token: ada.token,
      body: { dataState: 'closed' },
    })
    assert.equal(answer.status, 403)
    assert.equal(answer.json.errors[0].code, 'unauthorized')
    assert.equal((await post([], `/v1/data_sets/${id}/data`)).status, 200)
  })
})
