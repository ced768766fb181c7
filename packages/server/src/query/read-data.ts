import { setImmediate as nextTurn } from 'node:timers/promises'
import { formatTime } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { requirePermission } from '../auth/permissions.ts'
import type { DataQuery, DataSet, Store } from '../store/port.ts'
import { dataSetJson } from './data-set-json.ts'
import { type Sources, withoutDoubles } from './doubles.ts'

export interface ReadRequest extends Omit<DataQuery, 'userId' | 'withoutSource' | 'hidden'>, Sources {
  latest: boolean
}

/** What `latest` gives when no type is asked for, in this order (http.md §5.1). */
const latestTypes = [
  'physicalActivity',
  'basal',
  'cbg',
  'smbg',
  'bloodKetone',
  'bolus',
  'wizard',
  'deviceEvent',
  'food',
  'insulin',
  'cgmSettings',
  'pumpSettings',
  'reportedState',
  'upload',
] as const

/**
 * `GET /data/{userId}`: the records and the data sets themselves (`type: "upload"`), as wire JSON, by time. Throws
 * before the first batch if the caller may not see them.
 */
export async function readData(
  { store }: { store: Store },
  who: Identity | undefined,
  userId: string,
  request: ReadRequest,
): Promise<AsyncIterable<readonly string[]>> {
  await requirePermission(store, who, 'read data', { userId })
  const { latest: isLatest, carelink: _, cloud: __, medtronic: ___, ...narrowed } = request
  const query = await withoutDoubles(store, { ...narrowed, userId }, request)
  return isLatest ? latest(store, query) : byTime(store, query)
}

async function* byTime(store: Store, query: DataQuery): AsyncGenerator<string[]> {
  const dataSets = await matchingDataSets(store, query)
  dataSets.sort((a, b) => a.timeMs - b.timeMs)
  let next = 0
  for await (const rows of store.read(query)) {
    const texts: string[] = []
    for (const row of rows) {
      for (let set = dataSets[next]; set && set.timeMs < row.timeMs; set = dataSets[++next])
        texts.push(...(await jsonOf(store, set)))
      texts.push(row.json)
    }
    yield texts
  }
  for (; next < dataSets.length; next += SETS_PER_BATCH) {
    const batch = dataSets.slice(next, next + SETS_PER_BATCH)
    yield (await Promise.all(batch.map((set) => jsonOf(store, set)))).flat()
  }
}

async function* latest(store: Store, query: DataQuery): AsyncGenerator<string[]> {
  const types = [...new Set(query.types ?? latestTypes)]
  const rows = await store.readLatest({ ...query, types })
  const dataSets = types.includes('upload') ? await matchingDataSets(store, query) : []
  const newest = dataSets.reduce<FoundDataSet | undefined>(
    (best, one) => (best && best.timeMs >= one.timeMs ? best : one),
    undefined,
  )
  const found = new Map(rows.map((row) => [row.type, row.json]))
  const [newestJson] = newest ? await jsonOf(store, newest) : []
  if (newestJson !== undefined) found.set('upload', newestJson)
  const texts = types.flatMap((type) => found.get(type) ?? [])
  if (texts.length > 0) yield texts
}

/** What is held of a data set until its turn comes: of some thousands, all at once would be too much. */
interface FoundDataSet {
  id: string
  timeMs: number
}

const SETS_PER_BATCH = 100

/** The user's active data sets, deleted ones too (http.md §5.1), as far as the filters let them through. */
async function matchingDataSets(store: Store, query: DataQuery): Promise<FoundDataSet[]> {
  if (query.types && !query.types.includes('upload')) return []
  if (query.subTypes) return [] // a data set has no subType
  const found: FoundDataSet[] = []
  const limit = SETS_PER_BATCH
  for (let offset = 0; ; offset += limit) {
    const page = await store.listDataSets({ userId: query.userId, includeDeleted: true, offset, limit })
    for (const one of page) if (matches(one, query)) found.push({ id: one.id, timeMs: timeOf(one) })
    if (page.length < limit) return found
    await nextTurn()
  }
}

function matches(dataSet: DataSet, { deviceId, dataSetId, fromMs, toMs }: DataQuery): boolean {
  const timeMs = timeOf(dataSet)
  return (
    (deviceId === undefined || dataSet.deviceId === deviceId) &&
    (dataSetId === undefined || dataSet.id === dataSetId) &&
    (fromMs === undefined || timeMs >= fromMs) &&
    (toMs === undefined || timeMs <= toMs)
  )
}

/** The data set as a record, if it is still there. */
async function jsonOf(store: Store, { id }: FoundDataSet): Promise<string[]> {
  const dataSet = await store.dataSet(id)
  if (!dataSet) return []
  // This route never shows when something was written.
  const { createdTime: _created, modifiedTime: _modified, ...shown } = dataSetJson(dataSet)
  return [JSON.stringify(shown)]
}

function timeOf({ fields, createdMs }: DataSet): number {
  return Date.parse(typeof fields.time === 'string' ? fields.time : formatTime(createdMs))
}
