import { formatTime, type ParsedDatum, parseTime } from '@tidegauge/model'
import type { PlannedRecord } from '../store/port.ts'
import type { Deduplicator } from './deduplicator.ts'
import { originKey } from './keys.ts'
import { oneOfEachKey, toRecord } from './records.ts'

/** Whose records come out of order from the clouds that use this deduplicator. */
const guardedTypes: readonly string[] = ['bolus', 'food']

/**
 * As delete.origin, but a bolus or food replaces only what has an earlier `origin.time` (data-sets.md §3.3). The store
 * compares under its lock, with rows that were deleted too (H15); what is compared here is only one request with itself.
 */
export const deleteOriginOlder: Deduplicator = {
  name: 'org.tidepool.deduplicator.dataset.delete.origin.older',
  version: '1.0.0',
  plan: (data) => ({ records: oneOfEachKey(data.map(guardedRecord), inTurn) }),
  removes: 'archive',
  supersedes: 'nothing',
}

function guardedRecord(datum: ParsedDatum): PlannedRecord {
  const record = toRecord(datum, originKey(datum))
  if (record.dedupKey?.kind !== 'o') return record
  const originTime = comparable(datum.body.origin?.time)
  if (originTime !== undefined) record.originTime = originTime
  if (guardedTypes.includes(record.type)) record.replaces = 'if-older'
  return record
}

/** Records of one request count as if each had come in a request of its own. */
function inTurn(earlier: PlannedRecord, later: PlannedRecord): PlannedRecord {
  if (later.replaces !== 'if-older') return later
  const { originTime: before = '' } = earlier
  const { originTime: after } = later
  if (after === undefined || after <= before) return earlier
  // Had the earlier one come alone, it would have replaced any row; so it lets the later one.
  const { replaces: _, ...unguarded } = later
  return earlier.replaces === 'if-older' ? later : unguarded
}

const FRACTION = /[.,](\d+)/

/** UTC with nine digits of the second's fraction: of two such texts the greater is the later. */
function comparable(time: string | undefined): string | undefined {
  const ms = time === undefined ? undefined : parseTime(time)
  if (time === undefined || ms === undefined) return undefined
  const digits = FRACTION.exec(time)?.[1] ?? ''
  return `${formatTime(ms).slice(0, 19)}.${digits.slice(0, 9).padEnd(9, '0')}Z`
}
