import type { Deduplicator } from './deduplicator.ts'
import { toRecord } from './records.ts'

/** Nothing is ever recognised: every record is added (data-sets.md §3.3). */
export const none: Deduplicator = {
  name: 'org.tidepool.deduplicator.none',
  version: '1.0.0',
  legacyName: 'org.tidepool.continuous',
  plan: (data) => ({ records: data.map((datum) => toRecord(datum, null)) }),
  removes: 'destroy',
  supersedes: 'nothing',
}
