import type { ParsedDatum } from '@tidegauge/model'
import type { PlannedRecord } from '../store/port.ts'

/**
 * A deduplication strategy. Pure: it says what is recognised by what, and the store carries that out in one
 * transaction (data-sets.md §3).
 */
export interface Deduplicator {
  readonly name: string
  readonly version: string
  /** An older name that clients may still send. */
  readonly legacyName?: string
  /** Stamps each record with its dedup key; of records with one key the last one stays (D10, D11). */
  plan(data: readonly ParsedDatum[]): PlannedRecord[]
  /** What a delete by selector does to a row (data-sets.md §6.1). */
  readonly removes: 'archive' | 'destroy'
}
