import type { DataSetFields, ParsedDatum } from '@tidegauge/model'
import type { DataSet, PlannedRecord, Supersedes } from '../store/port.ts'

/**
 * A deduplication strategy. Pure: it says what is recognised by what, and the store carries that out in one
 * transaction (data-sets.md §3).
 */
export interface Deduplicator {
  readonly name: string
  readonly version: string
  /** An older name that clients may still send. */
  readonly legacyName?: string
  /** It compares uploads of one device: only for normal data sets that say which (D5). */
  readonly byDevice?: true
  /** Whether a data set that names no deduplicator gets this one. */
  suits?(fields: DataSetFields): boolean
  /** Stamps each record with its dedup key; of records with one key the last one stays (D10, D11). */
  plan(data: readonly ParsedDatum[], dataSet: Pick<DataSet, 'id' | 'userId'>): Plan
  /** What a delete by selector does to a row (data-sets.md §6.1). */
  readonly removes: 'archive' | 'destroy'
  /** What gives way when a data set is closed (data-sets.md §3.3). */
  readonly supersedes: Supersedes
}

/** The records, or which of them lack what they would be recognised by. */
export type Plan = { records: PlannedRecord[] } | { lacking: Lacking[] }

export interface Lacking {
  /** The datum's place in what was planned. */
  at: number
  field: string
}
