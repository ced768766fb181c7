import type { Static } from 'typebox'
import * as fault from './faults/fault.ts'
import { placeOfBody } from './faults/place.ts'
import { dependent, optional } from './fields/field.ts'
import { list } from './fields/list.ts'
import { object } from './fields/object.ts'
import { text } from './fields/text.ts'
import { anyTime } from './fields/time.ts'
import { datumId } from './shapes/names.ts'
import type { Problem } from './wire.ts'

/** What one delete takes out of a data set: everything with one of these ids, all of one kind. */
export interface Selection {
  by: 'id' | 'origin' | 'hash'
  values: string[]
}

const unless = (isTaken: boolean) => (isTaken ? 'forbidden' : 'optional')

/** One selector. The times are checked and otherwise without effect. */
const selector = object({
  id: optional(datumId),
  time: dependent(({ id }) => unless(id === undefined), anyTime),
  origin: dependent(
    ({ id }) => unless(id !== undefined),
    object({ id: text({ max: 100 }), time: optional(anyTime) }),
  ),
  deduplicator: dependent(
    ({ id, origin }) => unless(id !== undefined || origin !== undefined),
    object({ hash: text({ max: 1000 }) }),
  ),
})
const selectors = list(selector)

type Selector = Static<typeof selector.schema>

/**
 * Reads the body of `DELETE /v1/data_sets/{dataSetId}/data` (http.md §4.2): a non-empty array of `{id[, time]}`,
 * `{origin: {id[, time]}}` or `{deduplicator: {hash}}`, all of one kind.
 *
 * @param body What `JSON.parse` gave. What is no array is `not-an-array`.
 */
export function parseSelectors(
  body: unknown,
): { selection: Selection } | { problems: Problem[] } | 'not-an-array' {
  if (!Array.isArray(body)) return 'not-an-array'
  const problems: Problem[] = []
  const at = placeOfBody(problems)
  const read = selectors.read(body, at) as (Selector | undefined)[]
  if (problems.length > 0) return { problems }
  selectors.check(read, at, {}, {})
  const parts: { by: Selection['by']; value: string }[] = []
  for (const [index, one] of read.entries()) {
    const part = one && selected(one)
    if (part) parts.push(part)
    else if (one) at.in(index).report(fault.noneOfOne(['id', 'deduplicator', 'origin']))
  }
  if (problems.length > 0) return { problems }
  const by = parts[0]?.by ?? 'id'
  for (const [index, part] of parts.entries()) if (part.by !== by) at.in(index).report(otherKind)
  if (problems.length > 0) return { problems }
  return { selection: { by, values: parts.map(({ value }) => value) } }
}

function selected({
  id,
  origin,
  deduplicator,
}: Selector): { by: Selection['by']; value: string } | undefined {
  if (id !== undefined) return { by: 'id', value: id }
  if (origin !== undefined) return { by: 'origin', value: origin.id }
  return deduplicator && { by: 'hash', value: deduplicator.hash }
}

const otherKind = {
  code: 'value-not-valid',
  title: 'value is not valid',
  detail: 'all selectors of one request must be of the same kind: id, origin or deduplicator',
}
