import { hash } from 'node:crypto'
import { canonicalJson } from '@tidegauge/model'

/** Said of a record that brings no origin of its own. */
const ORIGIN = { name: 'org.tidegauge.cli', type: 'application' }

/** Set by a server and so no part of what a record says (data-types.md §8); keys that begin with `_` as well. */
const SET_BY_SERVER = new Set([
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
const MAX_ORIGIN_ID_LENGTH = 100
const DATUM_ID = /^[0-9a-z]{32}$/
/** No server takes what is nested deeper. */
const MAX_NESTING = 500

/** Nested deeper than any server takes. */
export class NestedTooDeep extends Error {}

type Fields = Record<string, unknown>

/**
 * A record of a file as it is sent: without what a server set and without nulls, and with an origin id, by which
 * a second upload of it replaces the first. The id is the record's own `id`; without one, the SHA-256 (hex) of its
 * canonical JSON. What is no record is left alone, for the server to refuse.
 */
export function toSend(record: unknown): unknown {
  if (!isFields(record)) return record
  const fields = withoutNulls(record, 1) as Fields
  for (const key of Object.keys(fields)) if (SET_BY_SERVER.has(key) || key.startsWith('_')) delete fields[key]
  const { origin = {}, ...rest } = fields
  if (!isFields(origin) || origin.id !== undefined) return fields
  const { id } = rest
  const isName = typeof id === 'string' && id !== '' && id.length <= MAX_ORIGIN_ID_LENGTH
  // An id of another form is kept as the origin's, where any form is right.
  if (!DATUM_ID.test(String(id))) delete rest.id
  const originId = isName ? id : hash('sha256', canonicalJson(fields))
  return { ...rest, origin: { ...ORIGIN, ...origin, id: originId } }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A null field is an absent one. A null in an array is a place, and stays. */
function withoutNulls(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_NESTING) throw new NestedTooDeep()
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1))
  const kept: [string, unknown][] = []
  for (const [key, field] of Object.entries(value)) {
    if (field !== null) kept.push([key, withoutNulls(field, depth + 1)])
  }
  // fromEntries defines members, so that a key such as __proto__ is one like any other.
  return Object.fromEntries(kept)
}
