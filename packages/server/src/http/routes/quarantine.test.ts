import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { cbgAt, cbgs, type Person, type Sent, startWorld, type World } from '../../testing/world.ts'

const t1 = '2026-01-05T10:00:00.000Z'
const t2 = '2026-01-05T10:05:00.000Z'
const cbg = (id: string, value: unknown, time = t1) => cbgAt(time, { value, origin: { id } })
const outOfRange = {
  code: 'value-out-of-range',
  title: 'value is out of range',
  detail: 'value 56 is not between 0 and 55',
  pointer: '/value',
  meta: { type: 'cbg' },
}

describe('receipts and quarantine', () => {
  let world: World
  let ada: Person
  let set: string
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await world.person()
    set = await world.dataSet(ada)
  })
  const as = (sent: Sent = {}): Sent => ({ token: ada.token, ...sent })
  const post = (body: unknown, to = set) => world.send('POST', `/v1/data_sets/${to}/data`, as({ body }))
  const receipt = async (body: unknown, to = set) => {
    const answer = await post(body, to)
    assert.equal(answer.status, 200, answer.text)
    return answer.headers.get('x-tidegauge-receipt')
  }
  const quarantine = (method: string, path = '', body?: unknown) =>
    world.send(method, `/v1/users/${ada.userId}/quarantine${path}`, as(body === undefined ? {} : { body }))
  const parked = async () => (await quarantine('GET')).json
  const on = (settings: object = { enabled: true }) => quarantine('PUT', '/settings', settings)
  const values = async () =>
    (await world.send('GET', `/data/${ada.userId}?type=cbg`, as())).json.map(
      ({ value }: { value: number }) => value,
    )

  test('[UP-30] every upload says how many records were new, replaced and unchanged', async () => {
    assert.equal(await receipt([cbg('o1', 5), null]), 'new=1,replaced=0,unchanged=0,refused=0,parked=0')
    assert.equal(
      await receipt([cbg('o1', 6), cbg('o2', 5)]),
      'new=1,replaced=1,unchanged=0,refused=0,parked=0',
    )
    assert.equal(
      await receipt([cbg('o1', 6), cbg('o2', 5)]),
      'new=0,replaced=0,unchanged=2,refused=0,parked=0',
    )
    for (const body of [[], null, [null]]) {
      assert.equal(await receipt(body), 'new=0,replaced=0,unchanged=0,refused=0,parked=0')
    }
  })

  test('[UP-31] a receipt adds up to what was sent: superseded records are unchanged, inner ones count', async () => {
    assert.equal(
      await receipt([cbg('o1', 5), cbg('o1', 6), cbg('o1', 7)]),
      'new=1,replaced=0,unchanged=2,refused=0,parked=0',
    )
    const bolus = { type: 'bolus', subType: 'normal', time: t1, normal: 1 }
    const wizard = { type: 'wizard', time: t1, units: 'mmol/L', bolus, origin: { id: 'w' } }
    assert.equal(await receipt([wizard]), 'new=2,replaced=0,unchanged=0,refused=0,parked=0')
  })

  test('[UP-32] browsers may read the receipt; a refused upload has none', async () => {
    const headers = { origin: 'https://example.org' }
    const answer = await world.send('POST', `/v1/data_sets/${set}/data`, as({ body: [], headers }))
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /x-tidegauge-receipt/)
    assert.equal((await post([cbg('o1', 56)])).headers.get('x-tidegauge-receipt'), null)
  })

  test('[QU-1] it is off: one bad record of 1,000 refuses all, and nothing is parked', async () => {
    const records = cbgs(1000)
    records[617] = cbg('bad', 56)
    const answer = await post(records)
    assert.equal(answer.status, 400)
    assert.equal(answer.json.source.pointer, '/617/value')
    assert.deepEqual(await values(), [])
    assert.deepEqual(await parked(), [])
    assert.deepEqual((await quarantine('GET', '/settings')).json, { enabled: false, clientNames: [] })
  })

  test('[QU-2] on for an account, 999 of 1,000 are stored and one is parked with what is wrong', async () => {
    assert.deepEqual((await on()).json, { enabled: true, clientNames: [] })
    const records = cbgs(1000)
    records[617] = cbg('bad', 56)
    assert.equal(await receipt(records), 'new=999,replaced=0,unchanged=0,refused=0,parked=1')
    assert.equal((await values()).length, 999)
    const [one, ...others] = await parked()
    assert.deepEqual(others, [])
    assert.match(one.id, /^[0-9a-f]{32}$/)
    const { id, receivedTime } = one
    const told = { id, dataSetId: set, index: 617, originId: 'bad', receivedTime, problems: [outOfRange] }
    assert.deepEqual(one, told)
    assert.deepEqual((await quarantine('GET', `/${id}`)).json, { ...told, record: records[617] })
    // Once more: nothing is new, and nothing is parked twice.
    assert.equal(await receipt(records), 'new=0,replaced=0,unchanged=999,refused=0,parked=1')
    assert.deepEqual(await parked(), [told])
  })

  test('[QU-3] on for a client name it applies to data sets of that client alone', async () => {
    const other = await world.dataSet(ada, { client: { name: 'org.example.other', version: '1.0.0' } })
    const settings = { enabled: false, clientNames: ['org.example.other'] }
    assert.deepEqual((await on({ clientNames: ['org.example.other'] })).json, settings)
    assert.equal((await post([cbg('o1', 56)])).status, 400)
    assert.equal(await receipt([cbg('o1', 56)], other), 'new=0,replaced=0,unchanged=0,refused=0,parked=1')
    assert.equal((await on({})).json.enabled, false)
    assert.equal((await post([cbg('o2', 56)], other)).status, 400)
  })

  test('[QU-4] settings of another form are 400 with pointers, and nothing changes', async () => {
    for (const [body, pointer] of [
      [{ enabled: 'yes' }, '/enabled'],
      [{ clientNames: [''] }, '/clientNames/0'],
      [{ other: 1 }, '/other'],
    ] as const) {
      const answer = await on(body)
      assert.equal(answer.status, 400, answer.text)
      assert.equal(answer.json.source.pointer, pointer)
    }
    assert.equal((await on([])).json.code, 'json-malformed')
    assert.deepEqual((await quarantine('GET', '/settings')).json, { enabled: false, clientNames: [] })
  })

  test('[QU-5] each record is judged by itself: a fault of parsing hides none of value in another', async () => {
    await on()
    await receipt([null, cbg('o1', 56), cbg('o2', '5'), 7, { time: t1 }, cbg('o3', 5)])
    assert.deepEqual(
      (await parked()).map(({ index, problems }: { index: number; problems: { pointer: string }[] }) => [
        index,
        problems.map(({ pointer }) => pointer),
      ]),
      [
        [1, ['/value']],
        [2, ['/value']],
        [3, ['']],
        [4, ['/type']],
      ],
    )
    assert.deepEqual(await values(), [5])
  })

  test('[QU-6] a record that lacks what its deduplicator needs is parked, the rest of the upload is stored', async () => {
    await on()
    const byDevice = await world.dataSet(ada, {
      dataSetType: 'normal',
      deviceId: 'd',
      deviceManufacturers: ['Abbott'],
      deviceModel: 'FreeStyle Libre',
      deviceTags: ['cgm'],
      deviceSerialNumber: 's',
      time: t1,
      timeProcessing: 'none',
      timezone: 'UTC',
      version: '1.0.0',
      computerTime: '2026-01-05T10:00:00',
      deduplicator: { name: 'org.tidepool.deduplicator.device.deactivate.hash' },
    })
    const { deviceId: _, ...without } = cbgAt(t1)
    assert.equal(
      await receipt([without, cbgAt(t2)], byDevice),
      'new=1,replaced=0,unchanged=0,refused=0,parked=1',
    )
    assert.equal((await parked())[0].problems[0].pointer, '/deviceId')
  })

  test('[QU-7] what is no array, or has a faulty record of over 64 KiB, is refused whole as ever', async () => {
    await on()
    assert.equal((await post({})).json.errors[0].code, 'json-malformed')
    const long = { ...cbg('o2', 56), unknown: 'x'.repeat(65_536) }
    const answer = await post([cbg('o1', 56), cbg('o3', 5), long])
    assert.equal(answer.status, 400)
    assert.equal(answer.json.errors.length, 2)
    const full = { ...cbg('o4', 5), annotations: Array.from({ length: 101 }, () => 1) }
    assert.equal((await post(Array.from({ length: 1001 }, () => full))).status, 400)
    assert.deepEqual(await parked(), [])
    assert.deepEqual(await values(), [])
    await receipt([full])
    assert.equal((await parked())[0].problems.length, 100)
  })

  test('[QU-8] a good record takes its origin out of quarantine, also within one request if it comes later', async () => {
    await on()
    await receipt([cbg('o1', 56), cbg('o2', 56)])
    await receipt([cbg('o1', 5)])
    assert.deepEqual(
      (await parked()).map(({ originId }: { originId: string }) => originId),
      ['o2'],
    )
    assert.equal(
      await receipt([cbg('o3', 56), cbg('o3', 6), cbg('o4', 7), cbg('o4', 56)]),
      'new=2,replaced=0,unchanged=1,refused=0,parked=1',
    )
    assert.deepEqual(
      (await parked()).map(({ originId }: { originId: string }) => originId),
      ['o2', 'o4'],
    )
  })

  test('[QU-9] a corrected record is stored in its data set and leaves quarantine; a faulty one changes nothing', async () => {
    await on()
    await receipt([cbg('o1', 56)])
    const [{ id }] = await parked()
    for (const [record, pointer] of [
      [cbg('o1', 57), '/value'],
      [{ ...cbg('o1', 5), type: undefined }, '/type'],
    ] as const) {
      const refused = await quarantine('PUT', `/${id}`, record)
      assert.equal(refused.status, 400)
      assert.equal(refused.json.source.pointer, pointer)
    }
    assert.equal((await quarantine('PUT', `/${id}`, 'null')).json.code, 'json-malformed')
    assert.equal((await parked()).length, 1)
    const answer = await quarantine('PUT', `/${id}`, cbg('o1', 5.5))
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('x-tidegauge-receipt'), 'new=1,replaced=0,unchanged=0,refused=0,parked=0')
    assert.deepEqual(answer.json, {})
    assert.deepEqual(await values(), [5.5])
    assert.deepEqual(await parked(), [])
    assert.equal((await quarantine('PUT', `/${id}`, cbg('o1', 6))).status, 404)
  })

  test('[QU-10] re-submitting tries the record as it was sent, by the rules of today', async () => {
    await on()
    await receipt([cbg('o1', 56)])
    const [{ id }] = await parked()
    const refused = await quarantine('POST', `/${id}`)
    assert.equal(refused.status, 400)
    assert.equal(refused.json.source.pointer, '/value')
    // As if parked by a server that did not know better.
    const old = { id: 'old', index: 0, problems: [outOfRange], json: JSON.stringify(cbg('o2', 5)) }
    await world.store.write({ dataSetId: set, nowMs: 0, records: [], parked: [old] })
    assert.equal((await quarantine('POST', '/old')).status, 200)
    assert.deepEqual(await values(), [5])
    assert.equal((await parked()).length, 1)
  })

  test('[QU-11] a dropped record is gone; one that there is not is 404, as is another’s', async () => {
    await on()
    await receipt([cbg('o1', 56)])
    const [{ id }] = await parked()
    const eve = await world.person()
    const own = `/v1/users/${eve.userId}/quarantine/${id}`
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await world.send(method, own, { token: eve.token })
      assert.equal(answer.status, 404, method)
      assert.equal(answer.json.code, 'resource-not-found')
    }
    assert.equal((await quarantine('DELETE', `/${id}`)).status, 204)
    assert.equal((await quarantine('DELETE', `/${id}`)).status, 404)
    assert.deepEqual(await parked(), [])
  })

  test('[QU-12] the list comes in pages, in the order of parking; unknown parameters are 400', async () => {
    await on()
    await receipt(['a', 'b', 'c'].map((id) => cbg(id, 56)))
    const page = async (query: string) =>
      (await quarantine('GET', query)).json.map(({ originId }: { originId: string }) => originId)
    assert.deepEqual(await page('?size=2'), ['a', 'b'])
    assert.deepEqual(await page('?size=2&page=1'), ['c'])
    assert.deepEqual(await page('?page=9007199254740991'), [])
    assert.equal((await quarantine('GET', '?what=1')).status, 400)
  })

  test('[QU-13] a closed data set takes no corrected record, but its parked ones may be dropped', async () => {
    await on()
    await receipt([cbg('o1', 56)])
    const [{ id }] = await parked()
    const token = await world.service()
    assert.equal(
      (await world.send('PUT', `/v1/data_sets/${set}`, { token, body: { state: 'closed' } })).status,
      200,
    )
    assert.equal((await quarantine('PUT', `/${id}`, cbg('o1', 5))).status, 409)
    assert.equal((await quarantine('DELETE', `/${id}`)).status, 204)
  })

  test('[QU-14] what is parked goes with its data set and with all data of the account', async () => {
    await on()
    const other = await world.dataSet(ada, { client: { name: 'org.example.other', version: '1.0.0' } })
    await receipt([cbg('o1', 56)])
    await receipt([cbg('o1', 56)], other)
    assert.equal((await parked()).length, 2)
    await world.send('DELETE', `/v1/data_sets/${set}`, as())
    assert.deepEqual(
      (await parked()).map(({ dataSetId }: { dataSetId: string }) => dataSetId),
      [other],
    )
    await world.send('DELETE', `/v1/users/${ada.userId}/data`, { token: await world.service() })
    assert.deepEqual(await parked(), [])
  })

  test('[QU-15] whoever uploads by permission is parked as the owner is, and sees nothing of it', async () => {
    await on()
    const bob = await world.person()
    await world.grant(ada, bob, 'upload', 'view', 'custodian')
    const sent = { token: bob.token, body: [cbg('o1', 56)] }
    assert.equal((await world.send('POST', `/v1/data_sets/${set}/data`, sent)).status, 200)
    const [{ id }] = await parked()
    for (const [method, path] of [
      ['GET', ''],
      ['GET', `/${id}`],
      ['PUT', `/${id}`],
      ['POST', `/${id}`],
      ['DELETE', `/${id}`],
      ['GET', '/settings'],
      ['PUT', '/settings'],
    ] as const) {
      const answer = await world.send(method, `/v1/users/${ada.userId}/quarantine${path}`, {
        token: bob.token,
        ...(method === 'PUT' && { body: {} }),
      })
      assert.equal(answer.status, 403, `${method} ${path}`)
    }
    assert.equal((await parked()).length, 1)
  })
})
