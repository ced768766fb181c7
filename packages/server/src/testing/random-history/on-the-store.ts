import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { parseData, parseDataSet } from '@tidegauge/model'
import { deduplicatorNamed } from '../../dedup/registry.ts'
import { derivedId } from '../../ingest/derived-id.ts'
import { aDataSet, aUser, rowsOf } from '../../store/conformance/examples.ts'
import { type DataSet, type Store, StoreRefusal } from '../../store/port.ts'
import type { Look, Place } from './follow.ts'
import { createBody, type ReadRecord, recordText } from './history.ts'
import type { Status } from './what-is-visible.ts'

/** A store that can be closed and opened again. */
export interface Reopenable {
  store(): Store
  reopen(): Promise<void>
}

/** Carries histories out on the storage port, with the plans that the deduplicators make. */
export async function onTheStore({ store, reopen }: Reopenable): Promise<Place> {
  const user = aUser()
  await store().createUser(user, { onlyIfFirst: false })
  const made: DataSet[] = []
  let nowMs = Date.UTC(2026, 0, 5)

  const known = (set: number): DataSet => {
    const dataSet = made[set]
    assert.ok(dataSet)
    return dataSet
  }
  const deduplicatorOf = (dataSet: DataSet) => {
    const deduplicator = deduplicatorNamed(dataSet.deduplicator.name)
    assert.ok(deduplicator)
    return deduplicator
  }
  const status = (carriedOut: Promise<unknown>): Promise<Status> =>
    carriedOut.then(
      () => 200,
      (error: unknown) => {
        if (!(error instanceof StoreRefusal)) throw error
        return error.reason === 'data-set-closed' ? 409 : 404
      },
    )

  return {
    async create(recipe) {
      const parsed = parseDataSet(createBody(recipe, `client ${made.length}`))
      assert.ok(typeof parsed !== 'string' && 'fields' in parsed)
      const { dataSetType, deviceId, deduplicator } = parsed.fields
      const { name = '', version = '' } = deduplicatorNamed(deduplicator?.name ?? '') ?? {}
      const dataSet = aDataSet(user.id, {
        id: randomBytes(16).toString('hex'),
        dataSetType,
        active: dataSetType === 'continuous',
        deduplicator: { name, version },
        ...(deviceId !== undefined && { deviceId }),
        createdMs: ++nowMs,
        modifiedMs: nowMs,
      })
      made.push(await store().createDataSet(dataSet))
      return 201
    },
    async post(set, records) {
      const dataSet = known(set)
      const parsed = parseData(records, { idFor: derivedId(dataSet.id) })
      assert.ok('data' in parsed)
      const plan = deduplicatorOf(dataSet).plan(parsed.data, dataSet)
      assert.ok('records' in plan)
      return status(store().write({ dataSetId: dataSet.id, nowMs: ++nowMs, records: plan.records }))
    },
    deleteData(set, by, values) {
      const dataSet = known(set)
      const how = dataSet.active ? deduplicatorOf(dataSet).removes : 'destroy'
      return status(store().remove({ dataSetId: dataSet.id, nowMs: ++nowMs, by, values, how }))
    },
    close(set) {
      const dataSet = known(set)
      const { supersedes } = deduplicatorOf(dataSet)
      return status(store().closeDataSet({ dataSetId: dataSet.id, nowMs: ++nowMs, supersedes }))
    },
    deleteSet: (set) => status(store().deleteDataSet({ dataSetId: known(set).id, nowMs: ++nowMs })),
    async look() {
      const rows = await rowsOf(store(), { userId: user.id })
      const places = new Map(made.map(({ id }, place) => [id, place]))
      const listed = async (pending: boolean) => {
        const query = { userId: user.id, includeDeleted: false, pending, offset: 0, limit: 100 }
        return (await store().listDataSets(query)).map(({ id }) => places.get(id) ?? -1).sort((a, b) => a - b)
      }
      return {
        ...seen(
          rows.map(({ json }) => JSON.parse(json)),
          places,
        ),
        listed: await listed(false),
        pending: await listed(true),
      }
    },
    restart: reopen,
    killDuring: () => assert.fail('a store in this process cannot be killed'),
  }
}

/** Records as they are read, in the order of their texts. @param places By the id of their data set. */
export function seen(
  data: readonly (ReadRecord & { id: string; uploadId: string })[],
  places: ReadonlyMap<string, number>,
): Pick<Look, 'records' | 'ids'> {
  const texts = data
    .map((datum) => ({ text: `${places.get(datum.uploadId)} ${recordText(datum)}`, id: datum.id }))
    .sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text)))
  return { records: texts.map(({ text }) => text), ids: texts.map(({ id }) => id) }
}
