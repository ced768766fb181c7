import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const t1 = '2026-01-05T10:00:00.000Z'
const deleteOrigin = 'org.tidepool.deduplicator.dataset.delete.origin'
const deactivateHash = 'org.tidepool.deduplicator.device.deactivate.hash'
const truncate = 'org.tidepool.deduplicator.device.truncate.dataset'
const none = 'org.tidepool.deduplicator.none'
const deleted = { pointer: '/deviceId', code: 'value-not-exists' }

describe('normal data sets', () => {
  let world: World
  let ada: Person
  let now = Date.UTC(2026, 0, 5, 10)
  before(async () => {
    world = await startWorld({ now: () => ++now })
  })
  after(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await world.person()
  })
  const send = (method: string, path: string, body?: unknown) =>
    world.send(method, path, { token: ada.token, ...(body !== undefined && { body }) })
  const create = (body: object) => send('POST', `/v1/users/${ada.userId}/data_sets`, body)
  /** An open one of the device `pump`. */
  const open = async (fields: object = {}): Promise<string> => {
    const body = {
      dataSetType: 'normal',
      deduplicator: { name: deactivateHash },
      deviceId: 'pump',
      ...fields,
    }
    const { status, json } = await create(body)
    assert.equal(status, 201)
    return json.data.id
  }
  const post = (id: string, body: unknown) => send('POST', `/v1/data_sets/${id}/data`, body)
  const close = (id: string, body: unknown = { dataState: 'closed' }) =>
    send('PUT', `/v1/datasets/${id}`, body)
  const visible = async () => {
    const { json } = await send('GET', `/data/${ada.userId}?type=cbg`)
    return json.map(({ value }: { value: number }) => value).sort()
  }
  const listed = async (query = '') =>
    (await send('GET', `/v1/users/${ada.userId}/data_sets${query}`)).json.map(({ id }: { id: string }) => id)

  const devices: [string, object, string, string][] = [
    ['Medtronic 723', { deviceManufacturers: ['Medtronic'], deviceModel: '723' }, deactivateHash, '1.1.0'],
    [
      'one of several',
      { deviceManufacturers: ['Acme', 'LifeScan'], deviceModel: 'Verio Flex' },
      deactivateHash,
      '1.1.0',
    ],
    [
      'Trividia',
      { deviceManufacturers: ['Trividia Health'], deviceModel: 'TRUE METRIX AIR' },
      deactivateHash,
      '1.1.0',
    ],
    ['any Animas', { deviceManufacturers: ['Animas'], deviceModel: 'Ping' }, truncate, '1.1.0'],
    ['Animas without a model', { deviceManufacturers: ['Animas'] }, truncate, '1.1.0'],
    ['an unknown model', { deviceManufacturers: ['Medtronic'], deviceModel: '723k' }, none, '1.0.0'],
    ['a model of another', { deviceManufacturers: ['Abbott'], deviceModel: '723' }, none, '1.0.0'],
    ['an inherited name', { deviceManufacturers: ['constructor'], deviceModel: 'name' }, none, '1.0.0'],
    ['no device', { deviceManufacturers: ['Animas'], deviceId: undefined }, none, '1.0.0'],
    [
      'a continuous one',
      { deviceManufacturers: ['Animas'], dataSetType: 'continuous' },
      deleteOrigin,
      '1.0.0',
    ],
  ]
  for (const [what, fields, name, version] of devices) {
    test(`[DS-17] without a deduplicator's name the device decides: ${what} (scenario 5)`, async () => {
      const { status, json } = await create({ dataSetType: 'normal', deviceId: 'd', ...fields })
      assert.equal(status, 201)
      assert.deepEqual(json.data.deduplicator, { name, version })
    })
  }

  test('[DS-3] legacy names of the device deduplicators are shown as the canonical ones (scenario 4)', async () => {
    const named = async (name: string) =>
      (await create({ deviceId: 'pump', deduplicator: { name } })).json.data.deduplicator
    const canonical = { name: deactivateHash, version: '1.1.0' }
    assert.deepEqual(await named('org.tidepool.hash-deactivate-old'), canonical)
    assert.deepEqual(await named('org.tidepool.truncate'), { name: truncate, version: '1.1.0' })
  })

  const unfit: [string, object, { pointer: string; code: string }][] = [
    [
      'continuous',
      { dataSetType: 'continuous' },
      { pointer: '/deduplicator/name', code: 'value-not-allowed' },
    ],
    ['without a device', { deviceId: undefined }, deleted],
  ]
  for (const [what, fields, { pointer, code }] of unfit) {
    for (const name of [deactivateHash, truncate]) {
      test(`[DS-18] D5: ${name} is refused for a data set that is ${what} (scenario 8)`, async () => {
        const body = { dataSetType: 'normal', deviceId: 'pump', deduplicator: { name }, ...fields }
        const { status, json } = await create(body)
        assert.equal(status, 400)
        assert.deepEqual([json.code, json.source], [code, { pointer }])
        assert.deepEqual(await listed('?state=open'), [])
        assert.deepEqual(await listed(), [])
      })
    }
  }

  test('[DS-19] an open one is not listed, but found by id; closed it is listed (scenario 10)', async () => {
    const id = await open()
    assert.deepEqual(await listed(), [])
    assert.deepEqual(await listed('?deviceId=pump&size=1'), [])
    assert.equal((await send('GET', `/v1/data_sets/${id}`)).status, 200)
    assert.equal((await send('GET', `/data/${ada.userId}?type=upload`)).text, '[]\n')
    await close(id)
    assert.deepEqual(await listed(), [id])
    assert.equal((await send('GET', `/data/${ada.userId}?type=upload`)).json[0].id, id)
  })

  test('[DS-19] its data are hidden until it is closed, in every read (scenario 40)', async () => {
    const id = await open()
    assert.equal((await post(id, [cbgAt(t1)])).status, 200)
    for (const query of ['', '?type=cbg', '?latest=true', `?uploadId=${id}`, '?deviceId=device-1']) {
      assert.equal((await send('GET', `/data/${ada.userId}${query}`)).text, '[]\n', query)
    }
    const { status, json } = await close(id)
    assert.equal(status, 200)
    assert.equal(json.data.id, id)
    assert.ok(json.data.modifiedTime > json.data.createdTime)
    assert.ok(json.meta.trace.request)
    assert.deepEqual(await visible(), [5])
  })

  const bodies: [string, unknown][] = [
    ['an empty body', undefined],
    ['state open', { state: 'open' }],
    ['no JSON', '{'],
    ['an unknown field', { foo: 1 }],
    ['an array', []],
  ]
  for (const [what, body] of bodies) {
    test(`[DS-23] any PUT closes it, its body is not read: ${what} (scenario 41)`, async () => {
      const id = await open()
      await post(id, [cbgAt(t1)])
      assert.equal((await close(id, body)).status, 200)
      assert.deepEqual(await visible(), [5])
      assert.equal((await post(id, [])).status, 409)
    })
  }

  test('[DS-24] a closed one takes and gives no data; D1: closing it again changes nothing (scenario 42)', async () => {
    const id = await open()
    await post(id, [cbgAt(t1)])
    const first = await close(id)
    for (const [method, body] of [
      ['POST', [cbgAt(t1)]],
      ['DELETE', [{ origin: { id: 'o1' } }]],
      ['POST', '{'],
    ] as const) {
      const answer = await send(method, `/v1/data_sets/${id}/data`, body)
      assert.equal(answer.status, 409)
      assert.deepEqual(answer.json.errors, [
        {
          code: 'data-set-closed',
          title: 'data set with specified id is closed for new data',
          detail: `Data set with id ${id} is closed for new data`,
          status: '409',
        },
      ])
    }
    const again = await close(id)
    assert.equal(again.status, 200)
    assert.deepEqual(again.json.data, first.json.data)
    assert.deepEqual(await visible(), [5])
  })

  test('[DS-25] every alias closes', async () => {
    for (const path of [
      '/v1/data_sets',
      '/v1/datasets',
      '/dataservices/v1/data_sets',
      '/dataservices/v1/datasets',
    ]) {
      const id = await open()
      assert.equal((await send('PUT', `${path}/${id}`)).status, 200, path)
      assert.equal((await post(id, [])).status, 409, path)
    }
  })

  test('[DS-28] D12: its owner lists the open ones with state=open, newest first, and with no other word', async () => {
    const older = await open()
    const newer = await open({ client: { name: 'a' } })
    await close(await open())
    await world.dataSet(ada)
    assert.deepEqual(await listed('?state=open'), [newer, older])
    assert.deepEqual(await listed('?state=open&client.name=a'), [newer])
    assert.deepEqual(await listed('?state=open&size=1&page=1'), [older])
    await send('DELETE', `/v1/data_sets/${newer}`)
    assert.deepEqual(await listed('?state=open'), [older])
    assert.deepEqual(await listed('?state=open&deleted=true'), [newer, older])
    const bad = await send('GET', `/v1/users/${ada.userId}/data_sets?state=closed`)
    assert.equal(bad.status, 400)
    assert.deepEqual([bad.json.code, bad.json.source], ['value-not-allowed', { parameter: 'state' }])
    const other = await send('GET', `/v1/users/${ada.userId}/datasets?state=open`)
    assert.equal(other.json.code, 'not-parsed')
  })

  test('[DS-29] D3: a deleted open one is not found, a deleted closed one is closed', async () => {
    const pending = await open()
    const done = await open()
    await close(done)
    for (const id of [pending, done]) await send('DELETE', `/v1/data_sets/${id}`)
    for (const [id, status, code] of [
      [pending, 404, 'data-set-id-not-found'],
      [done, 409, 'data-set-closed'],
    ] as const) {
      for (const answer of [
        await post(id, [cbgAt(t1)]),
        await post(id, []),
        await close(id),
        await send('DELETE', `/v1/data_sets/${id}/data`, [{ origin: { id: 'o1' } }]),
      ]) {
        assert.equal(answer.status, status)
        assert.equal(answer.json.errors[0].code, code)
      }
    }
    assert.deepEqual(await visible(), [])
  })

  test('[DS-30] equal normal creates are never one (D14)', async () => {
    assert.notEqual(await open(), await open())
  })

  test('[DE-9] D13: what is deleted before the close does not appear with it (scenario 57)', async () => {
    for (const name of [deleteOrigin, none, deactivateHash, truncate]) {
      const id = await open({ deduplicator: { name }, deviceId: name })
      await post(id, [
        cbgAt(t1, { origin: { id: 'o1' }, value: 1 }),
        cbgAt(t1, { origin: { id: 'o2' }, value: 2 }),
      ])
      const answer = await send('DELETE', `/v1/data_sets/${id}/data`, [{ origin: { id: 'o1' } }])
      assert.equal(answer.status, 200)
      await close(id)
      assert.deepEqual(await visible(), [2], name)
      await send('DELETE', `/v1/data_sets/${id}`)
    }
  })
})
