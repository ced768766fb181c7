import { createHash } from 'node:crypto'
import { canonicalJson, type ParsedDatum } from '@tidegauge/model'
import type { DedupKey } from '../store/port.ts'
import type { Deduplicator } from './deduplicator.ts'
import { lastOfEachKey, toRecord } from './records.ts'

/**
 * A record replaces the one of its data set with the same `origin.id` (data-sets.md §3.3). One without an
 * `origin.id` is recognised by its whole content, so that a repeated request adds nothing (D11).
 */
export const deleteOrigin: Deduplicator = {
  name: 'org.tidepool.deduplicator.dataset.delete.origin',
  version: '1.0.0',
  legacyName: 'org.tidepool.continuous.origin',
  plan: (data) => lastOfEachKey(data.map((datum) => toRecord(datum, keyOf(datum)))),
  removes: 'archive',
}

function keyOf(datum: ParsedDatum): DedupKey {
  const originId = datum.body.origin?.id
  return originId === undefined ? { kind: 'c', contentSha256: contentSha256(datum) } : { kind: 'o', originId }
}

/** Of what the client sent: its id counts, and 100 mg/dL is not the same content as its mmol/L. */
function contentSha256({ body, id, sentUnits }: ParsedDatum): string {
  return createHash('sha256').update(canonicalJson({ body, id, sentUnits })).digest('hex')
}
