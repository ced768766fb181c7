import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const uploadId = () => `upid_${randomBytes(6).toString('hex')}`

/** As the Uploader builds it (lib/core/api.js). */
const upload = (id: string, fields: object = {}) => ({
  type: 'upload',
  uploadId: id,
  guid: '0b7f9e1c-0000-4000-8000-000000000000',
  byUser: 'somebody',
  computerTime: '2026-01-05T10:00:00',
  time: '2026-01-05T10:00:00.000Z',
  timezone: 'Europe/Prague',
  timezoneOffset: 60,
  conversionOffset: 0,
  timeProcessing: 'utc-bootstrapping',
  version: 'tidepool-uploader 2.60.0',
  deviceTags: ['bgm', 'fgm'],
  deviceManufacturers: ['Abbott'],
  deviceModel: 'FreeStyleLite',
  deviceSerialNumber: 'ABC',
  deviceId: 'AbbottFreeStyleLite-ABC',
  payload: {},
  client: { name: 'org.tidepool.uploader', version: '2.60.0', private: { os: 'linux' } },
  ...fields,
})
const smbg = (id: string, minute: number, fields: object = {}) => ({
  ...cbgAt(new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString()),
  type: 'smbg',
  deviceId: 'AbbottFreeStyleLite-ABC',
  uploadId: id,
  guid: randomBytes(8).toString('hex'),
  conversionOffset: 0,
  timezoneOffset: 60,
  ...fields,
})

describe('the legacy upload', () => {
  let world: World
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())
  const post = (who: Person, body: unknown, of: Person = who) =>
    world.send('POST', `/data/${of.userId}`, { token: who.token, body })
  const ok = async (who: Person, body: unknown) => {
    const answer = await post(who, body)
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  }
  const read = async (who: Person, query = '') =>
    (await world.send('GET', `/data/${who.userId}${query}`, { token: who.token })).json
  const started = async (who: Person) => {
    const id = uploadId()
    await ok(who, upload(id))
    return id
  }

  test('[LE-1] an upload record, then blocks that name it: visible at once, without closing anything', async () => {
    const ada = await world.person()
    const id = uploadId()
    assert.deepEqual(await ok(ada, upload(id)), [])
    assert.deepEqual(await ok(ada, [smbg(id, 0), smbg(id, 5, { units: 'mg/dL', value: 90 })]), [])
    const own = await world.send('POST', '/data/', { token: ada.token, body: [smbg(id, 10)] })
    assert.deepEqual([own.status, own.json], [200, []])
    const readings = await read(ada, '?type=smbg')
    assert.deepEqual(
      readings.map((one: { uploadId: string }) => one.uploadId),
      [id, id, id],
    )
    const [record] = await read(ada, '?type=upload')
    assert.equal(record.uploadId, id)
    assert.deepEqual(
      [record.deviceTags, record.version, record.client.name],
      [['bgm'], 'tidepool-uploader 2.60.0', 'org.tidepool.uploader'],
    )
    assert.equal(record.byUser, ada.userId, 'not who the record says')
    const listed = await world.send(
      'GET',
      `/v1/users/${ada.userId}/data_sets?deviceId=AbbottFreeStyleLite-ABC&size=1`,
      { token: ada.token },
    )
    assert.equal(listed.json[0].uploadId, id)
  })

  test('[LE-2] what is there already is a duplicate, by its place in the body, also from another upload', async () => {
    const ada = await world.person()
    const first = await started(ada)
    await ok(ada, [smbg(first, 0), smbg(first, 5)])
    assert.deepEqual(await ok(ada, [smbg(first, 0), smbg(first, 10), smbg(first, 5)]), [0, 2])
    const second = await started(ada)
    assert.deepEqual(await ok(ada, [smbg(second, 15), smbg(second, 10), smbg(second, 15)]), [1, 2])
    assert.equal((await read(ada, '?type=smbg')).length, 4)
    assert.deepEqual(await ok(ada, upload(second)), [0], 'so is an upload record')
    const bo = await world.person()
    const third = await started(bo)
    assert.deepEqual(await ok(bo, [smbg(third, 0)]), [], 'but not of another account')
  })

  const bad: [string, (id: string) => unknown, object][] = [
    ['no object', (id) => [smbg(id, 0), 7], { dataIndex: 1 }],
    [
      'no deviceId',
      (id) => [smbg(id, 0), smbg(id, 5, { deviceId: undefined })],
      { dataIndex: 1, errorField: 'deviceId' },
    ],
    [
      'no uploadId',
      (id) => [smbg(id, 0), smbg(id, 5, { uploadId: undefined })],
      { dataIndex: 1, errorField: 'uploadId' },
    ],
    ['an unknown upload', () => [smbg(uploadId(), 0)], { dataIndex: 0, errorField: 'uploadId' }],
    ['two uploads', (id) => [smbg(id, 0), smbg(uploadId(), 5)], { dataIndex: 1, errorField: 'uploadId' }],
    ['_active', (id) => [smbg(id, 0, { _active: true })], { dataIndex: 0, errorField: '_active' }],
    [
      'a value out of range',
      (id) => [smbg(id, 0), smbg(id, 5, { value: 99 })],
      { dataIndex: 1, errorField: 'value' },
    ],
    [
      'a time that is none',
      (id) => [smbg(id, 0), smbg(id, 5, { time: 'noon' })],
      { dataIndex: 1, errorField: 'time' },
    ],
    [
      'an unknown type',
      (id) => [smbg(id, 0), smbg(id, 5, { type: 'mood' })],
      { dataIndex: 1, errorField: 'type' },
    ],
    [
      'an upload without version',
      () => upload(uploadId(), { version: undefined }),
      { dataIndex: 0, errorField: 'version' },
    ],
    ['an upload with another kind of id', () => upload('upid_x'), { dataIndex: 0, errorField: 'uploadId' }],
    [
      'an upload with a bad time zone',
      () => upload(uploadId(), { timezone: 'Moon/Base' }),
      { dataIndex: 0, errorField: 'timezone' },
    ],
    [
      'an upload of an old uploader',
      () => upload(uploadId(), { version: 'tidepool-uploader 2.52.9' }),
      { code: 'outdatedVersion' },
    ],
  ]
  for (const [what, body, expected] of bad) {
    test(`[LE-3] a body is refused as a whole, with place and field: ${what}`, async () => {
      const ada = await world.person()
      const id = await started(ada)
      const { status, json } = await post(ada, body(id))
      const { statusCode, message, ...rest } = json
      assert.deepEqual([status, statusCode, rest], [400, 400, expected])
      assert.ok(message.length > 10)
      assert.deepEqual(await read(ada, '?type=smbg'), [])
    })
  }

  test('[LE-4] what is no JSON is 400, what is too large 413; who may not is told in this family’s words', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    assert.equal((await post(ada, '{')).status, 400)
    assert.equal((await post(ada, '')).status, 400)
    const large = await post(ada, [smbg('upid_000000000000', 0, { payload: { x: 'x'.repeat(5_000_000) } })])
    assert.deepEqual([large.status, large.json.statusCode], [413, 413])
    const nobody = await world.send('POST', `/data/${ada.userId}`, { body: upload(uploadId()) })
    assert.deepEqual([nobody.status, nobody.json], [401, undefined])
    const stranger = await post(bo, upload(uploadId()), ada)
    assert.deepEqual([stranger.status, stranger.json.statusCode], [403, 403])
    await world.grant(ada, bo, 'upload')
    assert.equal((await post(bo, upload(uploadId()), ada)).status, 200)
  })

  test('[LE-5] an upload id of another account is taken', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const id = await started(ada)
    assert.equal((await post(bo, upload(id))).status, 400)
    assert.equal((await post(bo, [smbg(id, 0)])).status, 400)
    assert.deepEqual(await read(ada, '?type=smbg'), [])
  })
})

test('[SV-20] what clients call on their way is answered: clinics, metrics, devices', async () => {
  await using world = await startWorld()
  const [ada, bo] = [await world.person(), await world.person()]
  const clinics = `/v1/clinicians/${ada.userId}/clinics?limit=1000&offset=0`
  assert.deepEqual((await world.send('GET', clinics, { token: ada.token })).json, [])
  assert.equal((await world.send('GET', clinics, { token: bo.token })).status, 403)
  assert.equal((await world.send('GET', clinics)).status, 401)
  for (const method of ['GET', 'POST']) {
    const answer = await world.send(method, '/metrics/thisuser/uploader%20-%20Login?strategy=1', {
      token: ada.token,
    })
    assert.deepEqual([answer.status, answer.text], [200, ''])
  }
  assert.deepEqual((await world.send('GET', '/v1/devices/cgms')).json, { cgms: [] })
  assert.deepEqual((await world.send('GET', '/v1/devices/pumps')).json, { pumps: [] })
})
