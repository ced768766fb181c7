import { parseData } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { deduplicatorOf } from '../dedup/registry.ts'
import { Refused } from '../failure.ts'
import type { Store } from '../store/port.ts'
import { derivedId } from './derived-id.ts'
import { writableDataSet } from './open-data-set.ts'

export interface UploadParts {
  store: Store
  now: () => number
  /** More records than this in one request are refused. */
  maxRecords: number
}

/**
 * `POST /v1/data_sets/{dataSetId}/data`: all of the request is stored, durably, before this resolves, or none of
 * it. The checks come in the order that clients know (http.md §4.1); the body is read after those that need none.
 */
export async function upload(
  { store, now, maxRecords }: UploadParts,
  who: Identity | undefined,
  dataSetId: string,
  readBody: () => Promise<unknown>,
): Promise<void> {
  const dataSet = await writableDataSet(store, who, dataSetId)
  const body = await readBody()
  if (Array.isArray(body) && body.length > maxRecords) {
    throw new Refused({ kind: 'too-large', what: 'records', limit: maxRecords })
  }
  const parsed = parseData(body, { idFor: derivedId(dataSetId) })
  if (parsed === 'not-an-array') throw new Refused({ kind: 'json-malformed' })
  if ('problems' in parsed) throw new Refused({ kind: 'invalid', problems: parsed.problems })

  const records = deduplicatorOf(dataSet).plan(parsed.data)
  if (records.length > 0) await store.write({ dataSetId, nowMs: now(), records })
}
