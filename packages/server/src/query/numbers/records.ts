import type { DoseRecord, GlucoseRecord } from '@tidegauge/stats'
import type { DataQuery, Store, StoredRow } from '../../store/port.ts'
import { withoutDoubles } from '../doubles.ts'

const DAY_MS = 86_400_000
/** No basal lasts longer (data-types.md), so none that began before reaches into a window. */
const LONGEST_BASAL_MS = 7 * DAY_MS

export interface Span {
  userId: string
  fromMs: number
  /** Exclusive. */
  toMs: number
}

/** The rows of these types that `GET /data` shows of a span of time. */
export async function visible(
  store: Store,
  { userId, fromMs, toMs }: Span,
  types: readonly string[],
): Promise<DataQuery> {
  // The port's ends are inclusive, and its times whole milliseconds.
  return withoutDoubles(store, { userId, types, fromMs, toMs: toMs - 1 }, { cloud: false })
}

export async function glucoseOf(store: Store, query: DataQuery): Promise<GlucoseRecord[]> {
  return collect(store, query, toGlucose)
}

/** Records of insulin and carbohydrates; basals that began before the span too, if they reach into it. */
export async function dosesOf(store: Store, span: Span): Promise<DoseRecord[]> {
  const earlier = { ...span, fromMs: span.fromMs - LONGEST_BASAL_MS }
  const basals = await collect(store, await visible(store, earlier, ['basal']), toDose)
  const others = await visible(store, span, ['bolus', 'insulin', 'wizard', 'food'])
  return [...basals, ...(await collect(store, others, toDose))]
}

async function collect<R>(store: Store, query: DataQuery, toRecord: (row: StoredRow) => R): Promise<R[]> {
  const found: R[] = []
  for await (const rows of store.readStored(query)) for (const row of rows) found.push(toRecord(row))
  return found
}

export function toGlucose({ timeMs, sentUnits, body }: StoredRow): GlucoseRecord {
  const { value, units, sampleInterval, deviceId, origin } = JSON.parse(body)
  const record: GlucoseRecord = { time: timeMs, value, units }
  if (typeof sampleInterval === 'number') record.sampleInterval = sampleInterval
  if (typeof deviceId === 'string') record.deviceId = deviceId
  if (typeof origin?.id === 'string') record.originId = origin.id
  if (sentUnits) record.sentUnits = sentUnits
  return record
}

function toDose({ timeMs, type, body }: StoredRow): DoseRecord {
  return { ...JSON.parse(body), type, time: timeMs }
}
