import type { ParsedDatum } from '@tidegauge/model'
import type { DedupKey, PlannedRecord } from '../store/port.ts'

/** A datum as the store takes it, under the key that its deduplicator gives it. */
export function toRecord(datum: ParsedDatum, dedupKey: DedupKey | null): PlannedRecord {
  const { body, id, timeMs, sentUnits } = datum
  const { type, subType, deviceId, origin } = body
  return {
    dedupKey,
    type,
    timeMs,
    body: JSON.stringify(body),
    ...(id !== undefined && { id }),
    ...(subType !== undefined && { subType }),
    ...(deviceId !== undefined && { deviceId }),
    ...(origin?.id !== undefined && { originId: origin.id }),
    ...(sentUnits !== undefined && { sentUnits }),
  }
}

/** Of records with one key the last one stays, where the last one stood (D10). */
export function lastOfEachKey(records: readonly PlannedRecord[]): PlannedRecord[] {
  const last = new Map<string, PlannedRecord>()
  for (const record of records) {
    const key = record.dedupKey
    if (key === null) throw new Error('a record without a key cannot be one of several')
    const text = key.kind === 'o' ? `o${key.originId}` : `c${key.contentSha256}`
    last.delete(text)
    last.set(text, record)
  }
  return [...last.values()]
}
