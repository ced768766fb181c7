import type { DataSet } from '../data-sets.ts'
import { canonical, deleteOrigin } from '../deduplicator-names.ts'
import { isObject } from '../faults.ts'
import { withoutNulls } from './as-sent.ts'

type Fields = Record<string, unknown>

/** What a restored data set was where it came from. Kept in `client.private.original`. */
export interface Original {
  /** The id that it had at first, however often it was restored since. */
  uploadId: string
  /** Where it differs from what the restored one is. */
  dataSetType?: unknown
  deduplicator?: unknown
}

/** Deduplicators of continuous data sets that take a record again without doubling it. */
const kept = new Set([
  deleteOrigin,
  'org.tidepool.deduplicator.dataset.delete.origin.older',
  'org.tidepool.deduplicator.dataset.drop.hash',
])
/** What a client may say of a data set that it creates (http.md §3.3). */
const described = [
  'annotations',
  'clockDriftOffset',
  'computerTime',
  'conversionOffset',
  'deviceId',
  'deviceManufacturers',
  'deviceModel',
  'deviceSerialNumber',
  'deviceTags',
  'deviceTime',
  'payload',
  'time',
  'timeProcessing',
  'timezone',
  'timezoneOffset',
  'version',
]
/** A server takes no more in `client.private`. */
const maxPrivateBytes = 4096

/** The data set that a restored one was at first; undefined for any other data set. */
export function originalOf(set: Fields | DataSet): Original | undefined {
  const client = isObject(set.client) ? set.client : {}
  const kept = isObject(client.private) ? client.private.original : undefined
  return isObject(kept) && typeof kept.uploadId === 'string'
    ? { ...kept, uploadId: kept.uploadId }
    : undefined
}

/**
 * What to create a data set with that is the one an upload record describes. It is continuous: a normal one is closed
 * after one session and takes nothing more, and the rules by which its kind of deduplicator hides data were applied
 * where the record comes from.
 *
 * @param uploadId The id that the data call it by.
 */
export function descriptionOf(record: Fields, uploadId: string): Fields {
  const fields = withoutNulls(record)
  const client = isObject(fields.client) ? fields.client : {}
  const deduplicator = isObject(fields.deduplicator) ? fields.deduplicator : fields._deduplicator
  const name =
    isObject(deduplicator) && typeof deduplicator.name === 'string' ? canonical(deduplicator.name) : undefined
  const keeps = fields.dataSetType === 'continuous' && name !== undefined && kept.has(name)
  const original = originalOf(fields) ?? {
    uploadId,
    ...(fields.dataSetType === 'normal' && { dataSetType: 'normal' }),
    ...(!keeps && isObject(deduplicator) && { deduplicator }),
  }
  return {
    ...Object.fromEntries(described.filter((key) => key in fields).map((key) => [key, fields[key]])),
    client: {
      ...(typeof client.name === 'string' && { name: client.name }),
      ...(typeof client.version === 'string' && { version: client.version }),
      private: privateOf({ ...(isObject(client.private) && client.private), original }),
    },
    dataSetType: 'continuous',
    deduplicator: { name: keeps ? name : deleteOrigin },
  }
}

/** The body without what the server's faults name; undefined when that does not help. */
export function withoutFaulty(body: Fields, pointers: readonly string[]): Fields | undefined {
  const left = structuredClone(body)
  for (const pointer of pointers) {
    const [, key = '', inner = ''] = pointer.split('/')
    if (key === 'dataSetType') continue
    if (key === 'deduplicator') left.deduplicator = { name: deleteOrigin }
    else if (key !== 'client') delete left[key]
    else if (isObject(left.client) && inner !== 'private') delete left.client[inner]
    else if (isObject(left.client)) left.client.private = { original: originalOf(left) }
  }
  return JSON.stringify(left) === JSON.stringify(body) ? undefined : left
}

function privateOf(all: Fields & { original: Original }): Fields {
  // As it is measured there: with these three spelled as escapes.
  const text = JSON.stringify(all).replace(/[<>&]/g, '\\u0000')
  return new TextEncoder().encode(text).length <= maxPrivateBytes ? all : { original: all.original }
}
