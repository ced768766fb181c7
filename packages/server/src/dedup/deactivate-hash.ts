import { identityFields } from '@tidegauge/model'
import type { Deduplicator, Lacking } from './deduplicator.ts'
import { identityHash } from './identity-hash.ts'
import { contentKey } from './keys.ts'
import { oneOfEachKey, toRecord } from './records.ts'

/** Manufacturers and models whose uploads overlap, as the reference lists them; compared exactly. */
const overlapping: Readonly<Record<string, readonly string[]>> = {
  Abbott: ['FreeStyle Libre'],
  LifeScan: ['OneTouch Ultra 2', 'OneTouch UltraMini', 'Verio', 'Verio Flex'],
  Medtronic: (
    '523 523K 551 554 723 723K 751 754 1510 1510K 1511 1512 1580 1581 1582 1710 1710K 1711 1712 1714 1714K 1715 ' +
    '1780 1781 1782'
  ).split(' '),
  'Trividia Health': ['TRUE METRIX', 'TRUE METRIX AIR', 'TRUE METRIX GO'],
}

/**
 * The newest closed data set of a device wins: its records hide those of equal identity in older ones, and show them
 * again when it is deleted (data-sets.md §3.3). Inside a data set only repeated content is one (H7): two alarms of one
 * second are two.
 */
export const deactivateHash: Deduplicator = {
  name: 'org.tidepool.deduplicator.device.deactivate.hash',
  version: '1.1.0',
  legacyName: 'org.tidepool.hash-deactivate-old',
  byDevice: true,
  suits: ({ deviceManufacturers = [], deviceModel }) =>
    deviceModel !== undefined &&
    deviceManufacturers.some(
      (name) => Object.hasOwn(overlapping, name) && overlapping[name]?.includes(deviceModel),
    ),
  plan(data, { userId }) {
    const lacking: Lacking[] = []
    const records = data.map((datum, at) => {
      const fields = identityFields(datum)
      if (fields.includes(null)) lacking.push({ at, field: 'deviceId' })
      return { ...toRecord(datum, contentKey(datum)), hash: identityHash([userId, ...fields.map(String)]) }
    })
    return lacking.length > 0 ? { lacking } : { records: oneOfEachKey(records) }
  },
  removes: 'destroy',
  supersedes: 'equal-hashes',
}
