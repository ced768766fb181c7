import { hash } from 'node:crypto'
// Not from the package's index, which loads every schema: a third of the memory of an upload.
import { canonicalJson } from '@tidegauge/model/canonical-json'
import { isDatumId } from '@tidegauge/model/ids'

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
/** No server takes what is nested deeper. */
const MAX_NESTING = 500

/** Nested deeper than any server takes. */
export class NestedTooDeep extends Error {}

type Fields = Record<string, unknown>

/**
 * A record of a file in the form in which it is sent: without what a server set and without nulls, and with an
 * origin id, by which a second upload of it replaces the first. The id is the record's own `id`; without one, the
 * SHA-256 (hex) of its canonical JSON. What is no record is left alone, for the server to refuse.
 *
 * Takes `record` over: it is changed, not copied. Throws {@link NestedTooDeep}.
 */
export function toSend(record: unknown): unknown {
  if (!isFields(record)) return record
  removeNulls(record, 1)
  for (const key of Object.keys(record)) if (SET_BY_SERVER.has(key) || key.startsWith('_')) delete record[key]
  const { id, origin = {} } = record
  if (!isFields(origin) || origin.id !== undefined) return record
  const isName = typeof id === 'string' && id !== '' && id.length <= MAX_ORIGIN_ID_LENGTH
  const originId = isName ? id : hash('sha256', canonicalJson(record))
  // An id of another form than a server takes is kept here, where any form is right.
  if (typeof id !== 'string' || !isDatumId(id)) delete record.id
  record.origin = { ...ORIGIN, ...origin, id: originId }
  return record
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A null field is an absent one. A null in an array is a place, and stays. */
function removeNulls(value: object, depth: number): void {
  if (depth > MAX_NESTING) throw new NestedTooDeep()
  for (const key of Object.keys(value)) {
    const field = (value as Fields)[key]
    if (field === null && !Array.isArray(value)) delete (value as Fields)[key]
    else if (typeof field === 'object' && field !== null) removeNulls(field, depth + 1)
  }
}
