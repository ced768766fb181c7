import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type ClosePlan,
  type DataQuery,
  type DataSet,
  type PlannedRecord,
  type RemovePlan,
  type Store,
  StoreRefusal,
} from '../port.ts'
import { aDataSet, aUser, contentKey, rowsOf, sharedStore, shown } from './examples.ts'
import { ModelStore } from './model.ts'

/** A step of a random history. Data sets and ids are named by how many there are when the step comes. */
type Step =
  | { verb: 'create'; fields: Partial<DataSet>; reuseSinceMs: number | undefined }
  | { verb: 'write'; dataSet: number; records: RandomRecord[] }
  | {
      verb: 'remove'
      dataSet: number
      by: RemovePlan['by']
      values: number[]
      how: RemovePlan['how']
      nowMs: number
    }
  | { verb: 'close'; dataSet: number; supersedes: ClosePlan['supersedes']; nowMs: number }
  | { verb: 'update'; dataSet: number; close: boolean; fields: object; nowMs: number }
  | { verb: 'deleteDataSet'; dataSet: number; nowMs: number }
  | { verb: 'deleteUserData' }
  | { verb: 'destroyWithdrawn'; beforeMs: number }

interface RandomRecord {
  key: number
  id: number | undefined
  value: number
  type: string
  subType: string | undefined
  deviceId: string | undefined
  timeMs: number
  mgdl: boolean
  hash: string | undefined
  originTime: string | undefined
  replaces: PlannedRecord['replaces']
}

const few = fc.nat(4)
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 2 })
const types = fc.constantFrom('cbg', 'basal', 'food')
const subTypes = fc.constantFrom('normal', 'square')
const deviceIds = fc.constantFrom('pump', 'pen')
const hashes = fc.constantFrom('h0', 'h1', 'h2')
const times = fc.integer({ min: -2, max: 3 })

const records = fc.array(
  fc.record<RandomRecord>({
    key: fc.nat(9),
    id: maybe(few),
    value: fc.nat(1),
    type: types,
    subType: maybe(subTypes),
    deviceId: maybe(deviceIds),
    timeMs: times,
    mgdl: fc.boolean(),
    hash: maybe(hashes),
    originTime: maybe(fc.constantFrom('2026', '2027')),
    replaces: fc.constantFrom(undefined, 'always', 'if-archived', 'if-older'),
  }),
  { maxLength: 6 },
)

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constant('create' as const),
      fields: fc.record(
        {
          active: fc.boolean(),
          state: fc.constantFrom<DataSet['state']>('open', 'closed'),
          dataSetType: fc.constantFrom<DataSet['dataSetType']>('continuous', 'normal'),
          deletedMs: few,
          createdMs: few,
          fingerprint: fc.constantFrom('one', 'two'),
          deviceId: deviceIds,
        },
        { requiredKeys: [] },
      ),
      reuseSinceMs: maybe(few),
    }),
  },
  { weight: 4, arbitrary: fc.record({ verb: fc.constant('write' as const), dataSet: few, records }) },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constant('remove' as const),
      dataSet: few,
      by: fc.constantFrom<RemovePlan['by']>('id', 'origin', 'hash'),
      values: fc.array(fc.nat(8), { maxLength: 4 }),
      how: fc.constantFrom<RemovePlan['how']>('archive', 'destroy'),
      nowMs: few,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constant('close' as const),
      dataSet: few,
      supersedes: fc.constantFrom<ClosePlan['supersedes']>('nothing', 'equal-hashes', 'whole-device'),
      nowMs: few,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constant('update' as const),
      dataSet: few,
      close: fc.boolean(),
      fields: fc.record({ deviceId: deviceIds, timezone: fc.constant('UTC') }, { requiredKeys: [] }),
      nowMs: few,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ verb: fc.constant('deleteDataSet' as const), dataSet: few, nowMs: few }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      { weight: 3, arbitrary: fc.record({ verb: fc.constant('destroyWithdrawn' as const), beforeMs: few }) },
      { weight: 1, arbitrary: fc.record({ verb: fc.constant('deleteUserData' as const) }) },
    ),
  },
)

const queries: fc.Arbitrary<Omit<DataQuery, 'userId'>> = fc.record(
  {
    types: fc.array(types),
    subTypes: fc.array(subTypes),
    deviceId: deviceIds,
    fromMs: times,
    toMs: times,
  },
  { requiredKeys: [] },
)

/** Keys 0 to 3 are origins, 4 and 5 contents, 6 and 7 hashes, the others none. */
function keyOf(key: number): PlannedRecord['dedupKey'] {
  if (key <= 3) return { kind: 'o', originId: `o${key}` }
  if (key <= 5) return contentKey(String(key))
  return key <= 7 ? { kind: 'h', hash: `h${key - 6}` } : null
}

function plannedRecords(random: RandomRecord[], ids: readonly string[]): PlannedRecord[] {
  const seen = new Set<number>()
  return random.flatMap((one) => {
    const { key, id, value, mgdl, subType, deviceId, type, timeMs, hash, originTime, replaces } = one
    const dedupKey = keyOf(key)
    if (dedupKey !== null && seen.has(key)) return []
    seen.add(key)
    const body = JSON.stringify({ type, timeMs, subType, deviceId, value })
    const sentId = id === undefined ? undefined : idNamed(id, ids)
    return [
      {
        dedupKey,
        type,
        timeMs,
        body,
        originId: `o${key}`,
        ...(sentId !== undefined && { id: sentId }),
        ...(subType !== undefined && { subType }),
        ...(deviceId !== undefined && { deviceId }),
        ...(mgdl && { sentUnits: 'mg/dL' as const }),
        ...(hash !== undefined && dedupKey?.kind !== 'h' && { hash }),
        ...(originTime !== undefined && { originTime }),
        ...(replaces !== undefined && { replaces }),
      },
    ]
  })
}

/** One that the store has shown before (and often has made), or a client's own. */
function idNamed(n: number, ids: readonly string[]): string {
  return ids[ids.length - 1 - n] ?? `client${n}`
}

export function likeTheModel(open: () => Promise<Store>): void {
  describe('any history', () => {
    const store = sharedStore(open)

    test('[ST-99] leaves the same as with plain arrays, after every step', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(steps, { minLength: 1, maxLength: 25, size: 'max' }),
          queries,
          async (history, query) => {
            await compare(store(), history, query)
          },
        ),
        { numRuns: 200 },
      )
    })
  })
}

async function compare(store: Store, history: Step[], query: Omit<DataQuery, 'userId'>): Promise<void> {
  const user = aUser()
  await store.createUser(user, { onlyIfFirst: false })
  const model = new ModelStore()
  const first = aDataSet(user.id)
  model.createDataSet(first)
  await store.createDataSet(first)
  const ids: string[] = []
  for (const step of history) {
    await carryOut(step, { store, model, userId: user.id, ids })
    await sameRows(store, model, user.id, {}, ids)
    assert.equal(await store.changeSequence(user.id), model.sequence)
  }
  await sameRows(store, model, user.id, query, ids)
  await sameLatest(store, model, user.id, query)
  for (const includeDeleted of [false, true]) {
    for (const pending of [false, true]) {
      const which = { includeDeleted, pending }
      const listed = await store.listDataSets({ userId: user.id, ...which, offset: 0, limit: 100 })
      assert.deepEqual(listed, model.listed(which))
    }
  }
}

interface Both {
  store: Store
  model: ModelStore
  userId: string
  ids: readonly string[]
}

async function carryOut(step: Step, { store, model, userId, ids }: Both): Promise<void> {
  const named = (n: number) =>
    model.dataSets[n] ?? { id: 'unknown', dataSetType: undefined, state: undefined }
  switch (step.verb) {
    case 'create': {
      const dataSet = aDataSet(userId, step.fields)
      const options = step.reuseSinceMs === undefined ? undefined : { reuseCreatedSinceMs: step.reuseSinceMs }
      assert.deepEqual(await store.createDataSet(dataSet, options), model.createDataSet(dataSet, options))
      return
    }
    case 'write': {
      const plan = {
        dataSetId: named(step.dataSet).id,
        nowMs: 7,
        records: plannedRecords(step.records, ids),
      }
      assert.deepEqual(await store.write(plan).catch(refusalReason), model.write(plan))
      return
    }
    case 'remove': {
      const { by, how, nowMs } = step
      const values = step.values.map((n) => (by === 'id' ? idNamed(n, ids) : `${by[0]}${n}`))
      const plan = { dataSetId: named(step.dataSet).id, nowMs, by, how, values }
      assert.deepEqual(await store.remove(plan).catch(refusalReason), model.remove(plan))
      return
    }
    case 'close': {
      const { id: dataSetId, dataSetType, state } = named(step.dataSet)
      if (dataSetType === 'continuous' && state === 'open') return // a bug of the caller
      const { supersedes, nowMs } = step
      const plan = { dataSetId, supersedes, nowMs }
      assert.deepEqual(await store.closeDataSet(plan).catch(refusalReason), model.closeDataSet(plan))
      return
    }
    case 'update': {
      const { id: dataSetId, dataSetType, state } = named(step.dataSet)
      if (dataSetType === 'normal' && state === 'open') return // likewise
      const plan = { dataSetId, close: step.close, fields: { ...step.fields }, nowMs: step.nowMs }
      assert.deepEqual(await store.updateDataSet(plan).catch(refusalReason), model.updateDataSet(plan))
      return
    }
    case 'deleteDataSet': {
      const plan = { dataSetId: named(step.dataSet).id, nowMs: step.nowMs }
      assert.equal(await store.deleteDataSet(plan).catch(refusalReason), model.deleteDataSet(plan))
      return
    }
    case 'deleteUserData':
      await store.deleteUserData({ userId })
      model.deleteUserData()
      return
    case 'destroyWithdrawn':
      // The store has rows of other histories, too.
      await store.destroyWithdrawn({ archivedBeforeMs: step.beforeMs, limit: 1_000_000 })
      model.destroyWithdrawn({ archivedBeforeMs: step.beforeMs })
  }
}

function refusalReason(error: unknown): StoreRefusal['reason'] {
  if (error instanceof StoreRefusal) return error.reason
  throw error
}

/** Compares what is read, and tells the model the ids that the store made. */
async function sameRows(
  store: Store,
  model: ModelStore,
  userId: string,
  query: Omit<DataQuery, 'userId'>,
  ids: string[],
): Promise<void> {
  const rows = await rowsOf(store, { ...query, userId })
  const expected = model.read(query)
  assert.equal(rows.length, expected.length)
  for (const [n, row] of expected.entries()) {
    const { id } = shown(rows[n])
    if (row.id === undefined) {
      assert.match(id, /^[0-9a-z]{32}$/)
      assert.ok(!ids.includes(id), 'an id is made once')
      row.id = id
    }
    if (!ids.includes(id)) ids.push(id)
    const json = `{"id":"${row.id}","uploadId":"${row.dataSetId}",${row.body.slice(1)}`
    assert.deepEqual(rows[n], { timeMs: row.timeMs, type: row.type, json })
  }
}

async function sameLatest(
  store: Store,
  model: ModelStore,
  userId: string,
  query: Omit<DataQuery, 'userId'>,
): Promise<void> {
  const types = ['food', 'cbg', 'basal']
  const rows = await store.readLatest({ ...query, userId, types })
  const expected = types.flatMap((type) => model.read({ ...query, types: [type] }).at(-1) ?? [])
  assert.deepEqual(
    rows.map((row) => [row.type, row.timeMs, shown(row).id]),
    expected.map((row) => [row.type, row.timeMs, row.id]),
  )
}
