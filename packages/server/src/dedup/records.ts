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

/**
 * Of records with one key one stays, where the last that counts stood (D10).
 *
 * @param merge What is left of two records of one key that come one after the other: the second, if not given.
 */
export function oneOfEachKey(
  records: readonly PlannedRecord[],
  merge: (earlier: PlannedRecord, later: PlannedRecord) => PlannedRecord = (_, later) => later,
): PlannedRecord[] {
  const kept = new Map<string, PlannedRecord>()
  for (const record of records) {
    const key = keyText(record.dedupKey)
    const earlier = kept.get(key)
    const left = earlier ? merge(earlier, record) : record
    if (left === earlier) continue
    kept.delete(key)
    kept.set(key, left)
  }
  return [...kept.values()]
}

function keyText(key: DedupKey | null): string {
  switch (key?.kind) {
    case 'o':
      return `o${key.originId}`
    case 'c':
      return `c${key.contentSha256}`
    case 'h':
      return `h${key.hash}`
    case undefined:
      throw new Error('a record without a key cannot be one of several')
  }
}
