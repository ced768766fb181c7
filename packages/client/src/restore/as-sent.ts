import { isDatumId } from '@tidegauge/model/ids'
import { isObject } from '../faults.ts'

type Fields = Record<string, unknown>

/** What is said of a record that brings no `origin.id`. */
export interface OriginOptions {
  /** Reverse domain name of the program that sends it. */
  name: string
  /** An id made of what a record says, for one that has none. Without it, such a record is sent without an origin. */
  contentId?: ((record: Fields) => string) | undefined
}

/** Nested deeper than any server takes. */
export class NestedTooDeep extends Error {
  override readonly name = 'NestedTooDeep'
}

/** Set by a server and so no part of what a record says (data-types.md §8); keys that begin with `_` as well. */
const setByServer = new Set([
  'archivedDatasetId',
  'archivedTime',
  'createdTime',
  'createdUserId',
  'deduplicator',
  'deletedTime',
  'deletedUserId',
  'guid',
  'modifiedTime',
  'modifiedUserId',
  'provenance',
  'uploadId',
])
const maxOriginIdLength = 100
/** No server takes what is nested deeper. */
const maxNesting = 500

/**
 * A record as a server gave it, in the form in which it is sent: without what the server set and without nulls, and
 * with an origin id, by which a second upload of it replaces the first: the record's own `id`, else one made of what
 * it says. The record itself stays as it is. Throws {@link NestedTooDeep}.
 */
export function asSent(record: Fields, { name, contentId }: OriginOptions): Fields {
  const sent: Fields = {}
  for (const key of Object.keys(record)) {
    const field = record[key]
    if (field === null || setByServer.has(key) || key.startsWith('_')) continue
    sent[key] = typeof field === 'object' ? cleaned(key, field, 1) : field
  }
  const { id, origin = {} } = sent
  if (!isObject(origin) || origin.id !== undefined) return sent
  const isName = typeof id === 'string' && id !== '' && id.length <= maxOriginIdLength
  const originId = isName ? id : contentId?.(sent)
  if (originId === undefined) return sent
  // An id of another form than a server takes is kept here, where any form is right.
  if (typeof id !== 'string' || !isDatumId(id)) delete sent.id
  sent.origin = { name, type: 'application', ...origin, id: originId }
  return sent
}

/** In these a null says something, and comes back from a server as it was. */
const freeForm = new Set(['annotations', 'metadata', 'payload', 'reason'])

function cleaned<T extends object>(key: string, field: T, depth: number): T {
  const without = withoutNulls(field, depth + 1)
  return freeForm.has(key) ? field : without
}

/** A null field is an absent one, but in what is free-form. A null in an array is a place, and stays. */
export function withoutNulls<T extends object>(value: T, depth = 1): T {
  if (depth > maxNesting) throw new NestedTooDeep()
  let changed = false
  const clean = (key: string, field: unknown) => {
    if (typeof field !== 'object' || field === null) return field
    const clean = cleaned(key, field, depth)
    changed ||= clean !== field
    return clean
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => clean('', item))
    return changed ? (items as T) : value
  }
  const kept: [string, unknown][] = []
  for (const [key, field] of Object.entries(value)) {
    if (field === null) changed = true
    else kept.push([key, clean(key, field)])
  }
  return changed ? (Object.fromEntries(kept) as T) : value
}
