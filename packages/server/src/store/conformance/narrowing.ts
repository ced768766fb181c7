import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { DataQuery, HiddenRows, PlannedRecord, Store } from '../port.ts'
import { aDataSet, aPerson, aRecord, aUser, keyless, NOW_MS, rowsOf, sharedStore, shown } from './examples.ts'

/** What a query may leave out beyond type, time, device and data set. */
export function narrowingConforms(open: () => Promise<Store>): void {
  describe('leaving out', () => {
    const store = sharedStore(open)

    test('[ST-220] by source, in any type; what has none or only mentions it stays', async () => {
      const person = await aPerson(store())
      await person.write([
        record({ value: 1, source: 'carelink' }),
        record({ value: 2 }),
        record({ value: 3, type: 'basal', source: 'carelink' }),
        record({ value: 4, payload: { source: 'carelink' } }),
        record({ value: 5, notes: ['"source":"carelink"'] }),
      ])
      const seen = await person.sees({ withoutSource: 'carelink' })
      assert.deepEqual(
        seen.map(({ value }) => value),
        [2, 4, 5],
      )
    })

    test('[ST-221] a cbg that comes faster than asked for, and nothing of another type', async () => {
      const person = await aPerson(store())
      await person.write([
        record({ value: 1, sampleInterval: 60_000 }),
        record({ value: 2, sampleInterval: 300_000 }),
        record({ value: 3 }),
        record({ value: 4, type: 'basal', sampleInterval: 1 }),
      ])
      const values = async (sampleIntervalMinimumMs: number) =>
        (await person.sees({ sampleIntervalMinimumMs })).map(({ value }) => value)
      assert.deepEqual(await values(60_000), [1, 2, 3, 4])
      assert.deepEqual(await values(60_001), [2, 3, 4])
      assert.deepEqual(await values(300_001), [3, 4])
      assert.deepEqual(await values(-1), [1, 2, 3, 4])
    })

    test('[ST-222] a dosing decision for another reason, and nothing of another type', async () => {
      const person = await aPerson(store())
      await person.write([
        record({ value: 1, type: 'dosingDecision', reason: 'loop' }),
        record({ value: 2, type: 'dosingDecision', reason: 'normalBolus' }),
        record({ value: 3, type: 'dosingDecision' }),
        record({ value: 4, reason: 'loop' }),
      ])
      const values = async (dosingReasons: string[]) =>
        (await person.sees({ dosingReasons })).map(({ value }) => value)
      assert.deepEqual(await values(['normalBolus', 'x']), [2, 4])
      assert.deepEqual(await values([]), [4])
    })

    test('[ST-223] rows of some types in a span of time, of some data sets or of all but some', async () => {
      const person = await aPerson(store())
      const other = await store().createDataSet(aDataSet(person.user.id))
      const rows = [1, 2, 3].map((value) => record({ value, timeMs: value }))
      await person.write([...rows, record({ value: 22, timeMs: 2, type: 'basal' })])
      await person.write([record({ value: 102, timeMs: 2 })], other.id)
      const values = async (...hidden: HiddenRows[]) =>
        (await person.sees({ hidden })).map(({ value }) => value)
      const span = { types: ['cbg'], fromMs: 2, toMs: 2 }
      assert.deepEqual(await values(), [1, 2, 22, 102, 3])
      assert.deepEqual(await values({ ...span, of: 'these', dataSetIds: [other.id] }), [1, 2, 22, 3])
      assert.deepEqual(
        await values({ ...span, of: 'all-but-these', dataSetIds: [other.id] }),
        [1, 22, 102, 3],
      )
      assert.deepEqual(await values({ ...span, of: 'all-but-these', dataSetIds: ['unknown'] }), [1, 22, 3])
      assert.deepEqual(await values({ ...span, of: 'these', dataSetIds: ['unknown'] }), [1, 2, 22, 102, 3])
      const openEnd = {
        types: ['cbg', 'basal'],
        fromMs: 2,
        of: 'these' as const,
        dataSetIds: [person.dataSet.id],
      }
      assert.deepEqual(await values(openEnd), [1, 102])
    })

    test('[ST-224] data sets are listed by one of their manufacturers', async () => {
      const person = await aPerson(store())
      const made = async (fields: object) =>
        (await store().createDataSet(aDataSet(person.user.id, { fields: { ...fields } }))).id
      const one = await made({ deviceManufacturers: ['Medtronic'] })
      const two = await made({ deviceManufacturers: ['Abbott', 'Medtronic'] })
      await made({ deviceManufacturers: ['Medtronic 2'], deviceModel: 'Medtronic' })
      const query = { userId: person.user.id, includeDeleted: false, offset: 0, limit: 10 }
      const listed = await store().listDataSets({ ...query, deviceManufacturer: 'Medtronic' })
      assert.deepEqual(listed.map(({ id }) => id).sort(), [one, two].sort())
    })

    const medtronic = { origin: { id: 'm', payload: { device: { manufacturer: 'Medtronic' } } } }

    test('[ST-225] that Loop wrote with a Medtronic pump is known as long as such a row is live', async () => {
      const person = await aPerson(store())
      const known = (fromMs = 5) => store().hasMedtronicLoopData(person.user.id, fromMs)
      assert.equal(await known(), false)
      await person.write([
        record({ timeMs: 4, ...medtronic }, 'early'),
        record({ timeMs: 9, payload: { device: { manufacturer: 'Medtronic' } } }),
        record({ timeMs: 9, origin: { payload: { device: { manufacturer: 'Medtronics' } } } }),
      ])
      assert.equal(await known(), false)
      assert.equal(await known(4), true)
      await person.write([record({ timeMs: 5, type: 'bolus', ...medtronic }, 'm5')])
      await person.write([record({ timeMs: 8, type: 'basal', ...medtronic }, 'm8')])
      await person.write([record({ timeMs: 3, type: 'basal', ...medtronic }, 'm3')])
      assert.equal(await known(8), true)
      assert.equal(await known(9), false)
      await person.remove({ by: 'origin', values: ['m8'], how: 'destroy' })
      assert.equal(await known(), true)
      await person.remove({ by: 'origin', values: ['m5'], how: 'archive' })
      assert.equal(await known(), false)
      assert.equal(await known(4), true)
      assert.equal(await store().hasMedtronicLoopData('nobody', 0), false)
    })

    test('[ST-226] nor is it known of a data set that is not active, or of another user', async () => {
      const [person, other] = [await aPerson(store(), { active: false }), await aPerson(store())]
      await person.write([record({ timeMs: 9, ...medtronic })])
      assert.equal(await store().hasMedtronicLoopData(person.user.id, 0), false)
      assert.equal(await store().hasMedtronicLoopData(other.user.id, 0), false)
    })

    test('[ST-227] however many other rows there are', async () => {
      const person = await aPerson(store())
      const others = Array.from({ length: 900 }, (_, n) =>
        record({ timeMs: 10 + n, type: n % 2 ? 'cbg' : 'basal' }),
      )
      await person.write([record({ timeMs: 9, type: 'food', ...medtronic }), ...others])
      await person.write([record({ timeMs: 2000, ...medtronic }, 'gone')])
      await person.remove({ by: 'origin', values: ['gone'], how: 'archive' })
      assert.equal(await store().hasMedtronicLoopData(person.user.id, 0), true)
      assert.equal(await store().hasMedtronicLoopData(person.user.id, 10), false)
    })

    test('[ST-228] any rows narrowed in any way are those that a plain look at each would leave', async () => {
      await fc.assert(fc.asyncProperty(fc.array(rows, { maxLength: 40 }), queries, compare), { numRuns: 150 })
    })

    async function compare(random: RandomRow[], narrowing: RandomQuery): Promise<void> {
      const user = aUser()
      await store().createUser(user, { onlyIfFirst: false })
      const dataSets = [aDataSet(user.id), aDataSet(user.id), aDataSet(user.id, { active: false })]
      for (const dataSet of dataSets) await store().createDataSet(dataSet)
      const ids = dataSets.map(({ id }) => id)
      const expected: RandomRow[] = []
      for (const [value, row] of random.entries()) {
        const { dataSet, ...fields } = row
        const dataSetId = ids[dataSet] ?? ''
        await store().write({ dataSetId, nowMs: NOW_MS, records: [record({ ...fields, value })] })
        if (dataSet < 2 && passes(row, narrowing)) expected.push({ ...row, value })
      }
      const { hidden, ...filters } = narrowing
      const query: DataQuery = {
        userId: user.id,
        ...filters,
        hidden: hidden.map(({ dataSets: of, ...span }) => ({
          ...span,
          dataSetIds: of.map((n) => ids[n] ?? ''),
        })),
      }
      const seen = (await rowsOf(store(), query)).map((row) => shown(row).value)
      expected.sort((a, b) => a.timeMs - b.timeMs || (a.value ?? 0) - (b.value ?? 0))
      assert.deepEqual(
        seen,
        expected.map(({ value }) => value),
      )
      const types = ['basal', 'cbg', 'dosingDecision']
      const latest = await store().readLatest({ ...query, types })
      assert.deepEqual(
        latest.map((row) => shown(row).value),
        types.flatMap((type) => expected.findLast((row) => row.type === type)?.value ?? []),
      )
    }
  })
}

interface RandomRow {
  dataSet: number
  type: string
  timeMs: number
  source?: string
  sampleInterval?: number
  reason?: string
  value?: number
}

interface RandomQuery extends Omit<DataQuery, 'userId' | 'hidden' | 'types'> {
  hidden: (Omit<HiddenRows, 'dataSetIds'> & { dataSets: number[] })[]
}

const times = fc.nat(6)
const types = fc.constantFrom('basal', 'cbg', 'dosingDecision')

const rows: fc.Arbitrary<RandomRow> = fc.record(
  {
    dataSet: fc.nat(2),
    type: types,
    timeMs: times,
    source: fc.constantFrom('carelink', 'other'),
    sampleInterval: fc.constantFrom(0, 60_000, 300_000),
    reason: fc.constantFrom('loop', 'normalBolus'),
  },
  { requiredKeys: ['dataSet', 'type', 'timeMs'] },
)

const hiddenRows = fc.record(
  {
    types: fc.array(types),
    fromMs: times,
    toMs: times,
    of: fc.constantFrom<HiddenRows['of']>('these', 'all-but-these'),
    dataSets: fc.array(fc.nat(3)),
  },
  { requiredKeys: ['types', 'fromMs', 'of', 'dataSets'] },
)

const queries: fc.Arbitrary<RandomQuery> = fc.record(
  {
    withoutSource: fc.constant('carelink'),
    sampleIntervalMinimumMs: fc.constantFrom(-1, 60_000, 60_001),
    dosingReasons: fc.subarray(['loop', 'normalBolus']),
    fromMs: times,
    toMs: times,
    hidden: fc.array(hiddenRows, { maxLength: 3 }),
  },
  { requiredKeys: ['hidden'] },
)

function passes(row: RandomRow, query: RandomQuery): boolean {
  const {
    withoutSource,
    sampleIntervalMinimumMs: minimum,
    dosingReasons,
    fromMs = 0,
    toMs = Infinity,
  } = query
  if (row.timeMs < fromMs || row.timeMs > toMs) return false
  if (withoutSource !== undefined && row.source === withoutSource) return false
  if (minimum !== undefined && row.type === 'cbg' && (row.sampleInterval ?? Infinity) < minimum) return false
  if (dosingReasons && row.type === 'dosingDecision' && !dosingReasons.includes(row.reason ?? ''))
    return false
  return !query.hidden.some(
    (span) =>
      span.types.includes(row.type) &&
      row.timeMs >= span.fromMs &&
      row.timeMs <= (span.toMs ?? Infinity) &&
      span.dataSets.includes(row.dataSet) === (span.of === 'these'),
  )
}

/** A record with these fields in its body; never recognised again unless it has an origin. */
function record(
  fields: { timeMs?: number; type?: string; value?: number; [field: string]: unknown },
  originId?: string,
): PlannedRecord {
  const { timeMs = NOW_MS, type = 'cbg', ...body } = fields
  return {
    ...(originId === undefined ? { ...aRecord(''), ...keyless } : aRecord(originId)),
    type,
    timeMs,
    body: JSON.stringify({ type, ...body }),
  }
}
