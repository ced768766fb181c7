import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { DataSet } from '../../store/port.ts'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10, minute)).toISOString()
const NONE = 'org.tidepool.deduplicator.none'

/** What `GET /data` shows when the same reading came in by two ways, and what a reader may narrow it to. */
describe('reading from several sources', () => {
  let world: World
  let ada: Person
  let service: string
  before(async () => {
    world = await startWorld()
    service = await world.service()
  })
  after(() => world[Symbol.asyncDispose]())

  const newPerson = async () => {
    ada = await world.person()
    return world.dataSet(ada)
  }
  const post = async (set: string, body: object[]) => {
    const answer = await world.send('POST', `/v1/data_sets/${set}/data`, { token: ada.token, body })
    assert.equal(answer.status, 200, answer.text)
  }
  const seen = async (query: string): Promise<string[]> => {
    const answer = await world.send('GET', `/data/${ada.userId}?${query}`, { token: ada.token })
    assert.equal(answer.status, 200, answer.text)
    return answer.json.map(
      (record: { origin?: { id: string }; type: string }) => record.origin?.id ?? record.type,
    )
  }
  const origin = (id: string, fields: object = {}) => ({ origin: { id, ...fields } })
  /** A data set that is made in the store, for what no route makes yet. */
  const madeDataSet = (fields: Partial<DataSet>) =>
    world.store.createDataSet({
      id: crypto.randomUUID().replaceAll('-', ''),
      userId: ada.userId,
      dataSetType: 'normal',
      state: 'closed',
      active: true,
      deduplicator: { name: NONE, version: '1.0.0' },
      fingerprint: '',
      createdMs: 1,
      modifiedMs: 1,
      ...fields,
    } as DataSet)

  let sessions = 0
  const source = async (update: object, providerName = 'acme') => {
    const made = await world.send('POST', `/v1/users/${ada.userId}/data_sources`, {
      token: service,
      body: { providerType: 'oauth', providerName },
    })
    const answer = await world.send('PUT', `/v1/data_sources/${made.json.id}`, {
      token: service,
      body: { state: 'connected', providerSessionId: `session-${++sessions}`, ...update },
    })
    assert.equal(answer.status, 200, answer.text)
  }

  for (const [spelling, name] of [
    ['dataSetId', (id: string) => ({ dataSetId: id })],
    ['dataSetIds', (id: string) => ({ dataSetIds: [id] })],
  ] as const) {
    test(`[RD-30] where a cloud source covers, its cbg alone are shown: ${spelling} (scenario 65)`, async () => {
      const loop = await newPerson()
      const cloud = await world.dataSet(ada, { deduplicator: { name: NONE }, client: { name: 'cloud' } })
      const food = { type: 'food', deviceId: 'x', nutrition: { carbohydrate: { net: 20, units: 'grams' } } }
      await post(loop, [
        cbgAt(at(-1), origin('before')),
        cbgAt(at(0), origin('begin')),
        cbgAt(at(5), origin('in')),
        cbgAt(at(10), origin('end')),
        cbgAt(at(11), origin('out')),
        { ...food, time: at(5), ...origin('f1') },
      ])
      await post(cloud, [cbgAt(at(5), { value: 9, ...origin('s1') })])
      await source({ ...name(cloud), earliestDataTime: at(0), latestDataTime: at(10) })
      assert.deepEqual(await seen('type=cbg'), ['before', 's1', 'out'])
      assert.deepEqual(await seen('type=cbg&cbgFilter=true&dexcom=x'), ['before', 's1', 'out'])
      const all = ['before', 'begin', 'in', 's1', 'end', 'out']
      assert.deepEqual(await seen('type=cbg&cbgFilter=false'), all)
      assert.deepEqual(await seen('type=cbg&dexcom=true'), all)
      assert.deepEqual(await seen('type=cbg&dexcom=false'), ['before', 's1', 'out'])
      assert.deepEqual(await seen('type=cbg&cbgFilter=true&cbgFilter=0'), all)
      assert.deepEqual(await seen(`type=cbg&uploadId=${loop}`), ['before', 'begin', 'in', 'end', 'out'])
      assert.deepEqual(await seen('type=food'), ['f1'])
      assert.deepEqual(await seen('type=food,cbg'), ['before', 'f1', 's1', 'out'])
      assert.deepEqual(await seen(`type=cbg&latest=true&endDate=${at(10)}`), ['s1'])
    })
  }

  test('[RD-31] a source without a data set, without a whole span, or whose data set is gone covers nothing', async () => {
    const loop = await newPerson()
    const stranger = await world.person()
    await post(loop, [cbgAt(at(5), origin('in'))])
    const cloud = await world.dataSet(ada, { client: { name: 'cloud' } })
    const span = { earliestDataTime: at(0), latestDataTime: at(10) }
    const deleted = await madeDataSet({ deletedMs: 1, fields: {} })
    const hidden = await madeDataSet({ active: false, fields: {} })
    const updates = [
      span,
      { dataSetId: cloud },
      { dataSetId: cloud, earliestDataTime: at(0) },
      { dataSetId: cloud, latestDataTime: at(10) },
      { dataSetId: 'f'.repeat(32), ...span },
      { dataSetId: await world.dataSet(stranger), ...span },
      { dataSetId: deleted.id, ...span },
      { dataSetId: hidden.id, ...span },
    ]
    for (const [n, update] of updates.entries()) {
      await source(update, `acme${n}`)
      assert.deepEqual(await seen('type=cbg'), ['in'], JSON.stringify(update))
    }
  })

  test('[RD-32] where two cloud sources overlap, the cbg of both are shown', async () => {
    const loop = await newPerson()
    const sets = [
      await world.dataSet(ada, { client: { name: 'one' } }),
      await world.dataSet(ada, { client: { name: 'two' } }),
    ] as const
    await post(loop, [cbgAt(at(5), origin('in')), cbgAt(at(15), origin('in second'))])
    await post(sets[0], [cbgAt(at(6), origin('one'))])
    await post(sets[1], [cbgAt(at(7), origin('two'))])
    await source({ dataSetId: sets[0], earliestDataTime: at(0), latestDataTime: at(10) })
    await source({ dataSetId: sets[1], earliestDataTime: at(5), latestDataTime: at(20) }, 'other')
    assert.deepEqual(await seen('type=cbg'), ['one', 'two'])
  })

  test('[RD-33] CareLink is hidden once a Medtronic device was uploaded directly, in every type and data set', async () => {
    const set = await newPerson()
    await post(set, [
      cbgAt(at(1), { source: 'carelink', ...origin('cl') }),
      cbgAt(at(2), origin('c')),
      { type: 'smbg', time: at(3), value: 5, units: 'mmol/L', source: 'carelink', ...origin('s') },
    ])
    const all = ['cl', 'c', 's']
    assert.deepEqual(await seen('type=cbg,smbg'), all)
    assert.deepEqual(await seen('type=cbg,smbg&carelink=false'), ['c'])
    const medtronic = { deviceManufacturers: ['Medtronic'] }
    // None of these is a direct upload that is closed and there.
    await madeDataSet({ state: 'open', active: false, fields: medtronic })
    await madeDataSet({ state: 'open', dataSetType: 'continuous', fields: medtronic })
    await madeDataSet({ deletedMs: 1, fields: medtronic })
    await madeDataSet({ fields: { deviceManufacturers: ['Abbott'] } })
    assert.deepEqual(await seen('type=cbg,smbg'), all)
    await madeDataSet({ fields: { deviceManufacturers: ['Abbott', 'Medtronic'] } })
    assert.deepEqual(await seen('type=cbg,smbg'), ['c'])
    assert.deepEqual(await seen('type=cbg,smbg&carelink=true'), all)
    assert.deepEqual(await seen(`type=cbg&uploadId=${set}`), ['c'])
    assert.deepEqual(await seen(`type=cbg&uploadId=${set}&carelink=1`), ['cl', 'c'])
    assert.deepEqual(await seen(`type=cbg&latest=true&endDate=${at(1)}`), [])
  })

  test('[RD-34] what was read out of a pump is hidden once Loop has written with a Medtronic one', async () => {
    const loop = await newPerson()
    const pump = await world.dataSet(ada, { deviceManufacturers: ['Medtronic'], deviceModel: '723' })
    const otherModel = await world.dataSet(ada, { deviceManufacturers: ['Medtronic'], deviceModel: '751' })
    const bolus = (time: string, id: string, more: object = {}) => ({
      type: 'bolus',
      subType: 'normal',
      normal: 1,
      time,
      deviceId: 'pump',
      ...origin(id, more),
    })
    const medtronicDevice = { payload: { device: { manufacturer: 'Medtronic' } } }
    await post(pump, [
      bolus('2017-08-31T23:59:59.999Z', 'p old'),
      bolus('2017-09-01T00:00:00.000Z', 'p first'),
      bolus(at(1), 'p bolus'),
      cbgAt(at(2), origin('p cbg')),
      { type: 'smbg', time: at(3), value: 5, units: 'mmol/L', deviceId: 'pump', ...origin('p smbg') },
    ])
    await post(otherModel, [bolus(at(4), 'other model')])
    await post(loop, [bolus('2017-08-31T00:00:00Z', 'l early', medtronicDevice), bolus(at(5), 'l plain')])
    const types = 'type=bolus,cbg,smbg'
    const all = ['l early', 'p old', 'p first', 'p bolus', 'p cbg', 'p smbg', 'other model', 'l plain']
    const narrowed = ['l early', 'p old', 'p smbg', 'other model', 'l plain']
    assert.deepEqual(await seen(types), all)
    assert.deepEqual(await seen(`${types}&medtronic=false`), narrowed)
    await post(loop, [bolus(at(6), 'l', medtronicDevice)])
    assert.deepEqual(await seen(types), [...narrowed, 'l'])
    assert.deepEqual(await seen(`${types}&medtronic=true`), [...all, 'l'])
    assert.deepEqual(await seen(`type=bolus&uploadId=${pump}`), ['p old', 'p first', 'p bolus'])
    assert.deepEqual(await seen('type=smbg'), ['p smbg'])
    await world.send('DELETE', `/v1/data_sets/${loop}/data`, { token: ada.token, body: [origin('l')] })
    assert.deepEqual(await seen(types), all)
  })

  test('[RD-35] sampleIntervalMinimum hides cbg that came faster', async () => {
    const set = await newPerson()
    await post(set, [
      cbgAt(at(1), { sampleInterval: 60_000, ...origin('1 min') }),
      cbgAt(at(2), { sampleInterval: 300_000, ...origin('5 min') }),
      cbgAt(at(3), origin('unsaid')),
    ])
    assert.deepEqual(await seen('type=cbg&sampleIntervalMinimum=60000'), ['1 min', '5 min', 'unsaid'])
    assert.deepEqual(await seen('type=cbg&sampleIntervalMinimum=300000'), ['5 min', 'unsaid'])
    assert.deepEqual(await seen('type=cbg&sampleIntervalMinimum=1&sampleIntervalMinimum=300001'), ['unsaid'])
    assert.deepEqual(await seen('type=cbg&latest=true&sampleIntervalMinimum=%2B0'), ['unsaid'])
  })

  test('[RD-36] dosingDecision.reason keeps the dosing decisions for these reasons, and all else', async () => {
    const dataSetId = await newPerson()
    const decision = (id: string, reason: string, minute: number) => ({
      dedupKey: null,
      type: 'dosingDecision',
      timeMs: Date.parse(at(minute)),
      body: JSON.stringify({ type: 'dosingDecision', time: at(minute), reason, ...origin(id) }),
    })
    const records = [decision('loop', 'loop', 1), decision('normal', 'normalBolus', 2)]
    await world.store.write({ dataSetId, nowMs: 1, records })
    await post(dataSetId, [cbgAt(at(3), origin('c'))])
    const query = 'type=dosingDecision,cbg&dosingDecision.reason='
    assert.deepEqual(await seen(`${query}normalBolus`), ['normal', 'c'])
    assert.deepEqual(await seen(`${query}simpleBolus,loop`), ['loop', 'c'])
    assert.deepEqual(await seen(`${query}other`), ['c'])
    assert.deepEqual(await seen(query), ['loop', 'normal', 'c'])
    assert.deepEqual(await seen(`${query}loop&latest=true`), ['loop', 'c'])
  })

  test('[RD-2] hundreds of data sets come by time among the data, each once', async () => {
    const set = await newPerson()
    const minutes = Array.from({ length: 250 }, (_, n) => (n * 37) % 250)
    for (const minute of minutes)
      await madeDataSet({ fields: { time: at(minute), deviceModel: String(minute) } })
    await post(set, [cbgAt(at(101), origin('c'))])
    const answer = await world.send('GET', `/data/${ada.userId}?endDate=${at(249)}`, { token: ada.token })
    const shown = answer.json.map(
      (one: { type: string; deviceModel?: string }) => one.deviceModel ?? one.type,
    )
    const expected = Array.from({ length: 250 }, (_, n) => String(n))
    expected.splice(101, 0, 'cbg')
    assert.deepEqual(shown, expected)
    const newest = await world.send('GET', `/data/${ada.userId}?latest=1&type=upload&endDate=${at(249)}`, {
      token: ada.token,
    })
    assert.deepEqual(
      newest.json.map(({ deviceModel }: { deviceModel: string }) => deviceModel),
      ['249'],
    )
  })

  const unreadable = [
    'carelink=',
    'carelink=maybe',
    'cbgFilter=x',
    'dexcom=',
    'dexcom=true&dexcom=x',
    'medtronic=x',
    'sampleIntervalMinimum=',
    'sampleIntervalMinimum=x',
    'sampleIntervalMinimum=1.5',
    'sampleIntervalMinimum=99999999999',
    'sampleIntervalMinimum=1&sampleIntervalMinimum=x',
  ]
  for (const query of unreadable) {
    test(`[RD-7] ?${query} is 400`, async () => {
      await newPerson()
      const answer = await world.send('GET', `/data/${ada.userId}?${query}`, { token: ada.token })
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, 'invalid_parameters')
    })
  }

  test('[RD-7] of a repeated boolean or number the last counts, and only it is read', async () => {
    await newPerson()
    for (const query of ['carelink=x&carelink=true', 'sampleIntervalMinimum=x&sampleIntervalMinimum=1']) {
      assert.deepEqual(await seen(`type=cbg&${query}`), [])
    }
  })

  test('[RD-37] any rows from any sources are shown as a plain look at each would show them', async () => {
    await fc.assert(fc.asyncProperty(histories, compare), { numRuns: 40 })
  })

  async function compare({ rows, spans, closedPump, query }: History): Promise<void> {
    const loop = await newPerson()
    const pump = await world.dataSet(ada, { deviceManufacturers: ['Medtronic'], deviceModel: '523K' })
    const clouds = [
      await world.dataSet(ada, { client: { name: 'one' } }),
      await world.dataSet(ada, { client: { name: 'two' } }),
    ]
    const sets = [loop, pump, ...clouds]
    if (closedPump) await madeDataSet({ fields: { deviceManufacturers: ['Medtronic'] } })
    for (const [n, span] of spans.entries()) {
      await source(
        { dataSetId: clouds[n], earliestDataTime: at(span.from), latestDataTime: at(span.to) },
        `p${n}`,
      )
    }
    const named = rows.map((row, n) => ({ ...row, n }))
    for (const [n, set] of sets.entries()) {
      const own = named.filter((row) => row.set === n)
      if (own.length > 0) await post(set, own.map(wire))
    }
    const expected = named
      .filter((row) => isShown(row, { rows, spans, closedPump, query }))
      .sort((a, b) => a.minute - b.minute || a.set - b.set || a.n - b.n)
    const { uploadId, ...others } = query
    const parameters = new URLSearchParams({ type: 'cbg,smbg', ...others })
    if (uploadId !== undefined) parameters.set('uploadId', sets[uploadId] ?? '')
    assert.deepEqual(
      await seen(parameters.toString()),
      expected.map(({ n }) => `o${n}`),
    )
  }
})

interface Row {
  /** 0 Loop, 1 a pump read out, 2 and 3 clouds. */
  set: number
  type: 'cbg' | 'smbg'
  minute: number
  carelink: boolean
  medtronicDevice: boolean
  sampleInterval: 60_000 | 300_000 | undefined
}

interface History {
  rows: Row[]
  /** Of the first cloud, and of the second. */
  spans: { from: number; to: number }[]
  closedPump: boolean
  query: {
    carelink?: 'true' | 'false'
    medtronic?: 'true' | 'false'
    cbgFilter?: 'true' | 'false'
    sampleIntervalMinimum?: '300000'
    uploadId?: number
  }
}

const flag = fc.constantFrom<('true' | 'false')[]>('true', 'false')
const histories: fc.Arbitrary<History> = fc.record({
  rows: fc.array(
    fc.record<Row>({
      set: fc.nat(3),
      type: fc.constantFrom('cbg', 'smbg'),
      minute: fc.nat(9),
      carelink: fc.boolean(),
      medtronicDevice: fc.nat(9).map((n) => n === 0),
      sampleInterval: fc.constantFrom(60_000, 300_000, undefined),
    }),
    { minLength: 5, maxLength: 25 },
  ),
  spans: fc.array(
    fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
    { maxLength: 2 },
  ),
  closedPump: fc.boolean(),
  query: fc.record(
    {
      carelink: flag,
      medtronic: flag,
      cbgFilter: flag,
      sampleIntervalMinimum: fc.constant('300000'),
      uploadId: fc.nat(3),
    },
    { requiredKeys: [] },
  ),
})

function wire(row: Row & { n: number }): object {
  const device = row.medtronicDevice ? { payload: { device: { manufacturer: 'Medtronic' } } } : {}
  return cbgAt(at(row.minute), {
    type: row.type,
    ...(row.carelink && { source: 'carelink' }),
    ...(row.type === 'cbg' && row.sampleInterval && { sampleInterval: row.sampleInterval }),
    origin: { id: `o${row.n}`, ...device },
  })
}

/** The rules of http.md §5.1, row by row. */
function isShown(row: Row, { rows, spans, closedPump, query }: History): boolean {
  if (query.uploadId !== undefined && row.set !== query.uploadId) return false
  if (row.carelink && (query.carelink ?? String(!closedPump)) === 'false') return false
  if (row.type !== 'cbg') return true
  if (query.sampleIntervalMinimum && row.sampleInterval === 60_000) return false
  if (query.uploadId !== undefined) return true
  const loopWithMedtronic = rows.some(({ medtronicDevice }) => medtronicDevice)
  if (row.set === 1 && (query.medtronic ?? String(!loopWithMedtronic)) === 'false') return false
  const isCloud = row.set >= 2 && row.set - 2 < spans.length
  const covered = spans.some(({ from, to }) => row.minute >= from && row.minute <= to)
  return !(covered && !isCloud && query.cbgFilter !== 'false')
}
