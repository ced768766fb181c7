import type { Deduplicator } from './deduplicator.ts'
import { contentKey } from './keys.ts'
import { oneOfEachKey, toRecord } from './records.ts'

/** Each upload of a device has all that the device holds: closing one destroys the older ones (data-sets.md §3.3). */
export const truncateDataSet: Deduplicator = {
  name: 'org.tidepool.deduplicator.device.truncate.dataset',
  version: '1.1.0',
  legacyName: 'org.tidepool.truncate',
  byDevice: true,
  suits: ({ deviceManufacturers = [] }) => deviceManufacturers.includes('Animas'),
  plan: (data) => ({ records: oneOfEachKey(data.map((datum) => toRecord(datum, contentKey(datum)))) }),
  removes: 'destroy',
  supersedes: 'whole-device',
}
