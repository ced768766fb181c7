import { formatTime } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { requirePermission } from '../auth/permissions.ts'
import type { DataQuery, DataSet, DatumRow, Store } from '../store/port.ts'
import { dataSetJson } from './data-set-json.ts'

export interface ReadRequest extends Omit<DataQuery, 'userId'> {
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
  requirePermission(who, 'view', userId)
  const query: DataQuery = { ...request, userId }
  return request.latest ? latest(store, query) : byTime(store, query)
}

async function* byTime(store: Store, query: DataQuery): AsyncGenerator<string[]> {
  const dataSets = await matchingDataSets(store, query)
  dataSets.sort((a, b) => a.timeMs - b.timeMs)
  let next = 0
  for await (const rows of store.read(query)) {
    const texts: string[] = []
    for (const row of rows) {
      for (let set = dataSets[next]; set && set.timeMs < row.timeMs; set = dataSets[++next])
        texts.push(set.json)
      texts.push(row.json)
    }
    yield texts
  }
  if (next < dataSets.length) yield dataSets.slice(next).map(({ json }) => json)
}

async function* latest(store: Store, query: DataQuery): AsyncGenerator<string[]> {
  const types = [...new Set(query.types ?? latestTypes)]
  const rows = await store.readLatest({ ...query, types })
  const dataSets = types.includes('upload') ? await matchingDataSets(store, query) : []
  const newest = dataSets.reduce<DatumRow | undefined>(
    (best, one) => (best && best.timeMs >= one.timeMs ? best : one),
    undefined,
  )
  const found = new Map(rows.map((row) => [row.type, row.json]))
  if (newest) found.set('upload', newest.json)
  const texts = types.flatMap((type) => found.get(type) ?? [])
  if (texts.length > 0) yield texts
}

/** The user's active data sets, deleted ones too (http.md §5.1), as far as the filters let them through. */
async function matchingDataSets(store: Store, query: DataQuery): Promise<DatumRow[]> {
  if (query.types && !query.types.includes('upload')) return []
  if (query.subTypes) return [] // a data set has no subType
  const found: DatumRow[] = []
  const limit = 1000
  for (let offset = 0; ; offset += limit) {
    const page = await store.listDataSets({ userId: query.userId, includeDeleted: true, offset, limit })
    found.push(...page.filter((one) => matches(one, query)).map(asRow))
    if (page.length < limit) return found
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

function asRow(dataSet: DataSet): DatumRow {
  // This route never shows when something was written.
  const { createdTime: _created, modifiedTime: _modified, ...shown } = dataSetJson(dataSet)
  return { timeMs: timeOf(dataSet), type: 'upload', json: JSON.stringify(shown) }
}

function timeOf({ fields, createdMs }: DataSet): number {
  return Date.parse(typeof fields.time === 'string' ? fields.time : formatTime(createdMs))
}
