import type { Deduplicator } from './deduplicator.ts'
import { originKey } from './keys.ts'
import { oneOfEachKey, toRecord } from './records.ts'

/**
 * A record replaces the one of its data set with the same `origin.id` (data-sets.md §3.3). One without an
 * `origin.id` is recognised by its whole content.
 */
export const deleteOrigin: Deduplicator = {
  name: 'org.tidepool.deduplicator.dataset.delete.origin',
  version: '1.0.0',
  legacyName: 'org.tidepool.continuous.origin',
  plan: (data) => ({ records: oneOfEachKey(data.map((datum) => toRecord(datum, originKey(datum)))) }),
  removes: 'archive',
  supersedes: 'nothing',
}
