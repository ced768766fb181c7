import { createHash } from 'node:crypto'
import { canonicalJson, type ParsedDatum } from '@tidegauge/model'
import type { DedupKey } from '../store/port.ts'

/** By its origin id; a record without one by its content, so that a repeated request adds nothing (D11). */
export function originKey(datum: ParsedDatum): DedupKey {
  const originId = datum.body.origin?.id
  return originId === undefined ? contentKey(datum) : { kind: 'o', originId }
}

/**
 * By what the client sent: 100 mg/dL is not the same content as its mmol/L, nor are two times that differ by less than a
 * millisecond. An id is no content: the server makes one for a record without, and then it may be sent back.
 */
export function contentKey({ body, sentUnits, finerThanMs }: ParsedDatum): DedupKey {
  const content = canonicalJson({ body, sentUnits, finerThanMs })
  return { kind: 'c', contentSha256: createHash('sha256').update(content).digest('hex') }
}
