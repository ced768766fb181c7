import { identityFields } from '@tidegauge/model'
import type { Deduplicator } from './deduplicator.ts'
import { identityHash } from './identity-hash.ts'
import { oneOfEachKey, toRecord } from './records.ts'

/**
 * Records of one identity are one: the last of a request, the first of several (data-sets.md §3.3). Rows that are not
 * visible yet count as well (H8). The device is no part of the identity.
 */
export const dropHash: Deduplicator = {
  name: 'org.tidepool.deduplicator.dataset.drop.hash',
  version: '1.0.0',
  plan: (data, { id, userId }) => ({
    records: oneOfEachKey(
      data.map((datum) => {
        const [, ...fields] = identityFields(datum)
        const hash = identityHash([userId, id, ...fields.map(String)])
        return { ...toRecord(datum, { kind: 'h', hash }), replaces: 'if-archived' }
      }),
    ),
  }),
  removes: 'destroy',
  supersedes: 'nothing',
}
