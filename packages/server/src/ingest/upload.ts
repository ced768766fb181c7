import { type ParsedDatum, type Problem, parseData } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import type { Lacking } from '../dedup/deduplicator.ts'
import { deduplicatorOf } from '../dedup/registry.ts'
import { missing, Refused } from '../failure.ts'
import type { Store } from '../store/port.ts'
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
  const parsed = parseData(body)
  if (parsed === 'not-an-array') throw new Refused({ kind: 'json-malformed' })
  if ('problems' in parsed) throw new Refused({ kind: 'invalid', problems: parsed.problems })

  const plan = deduplicatorOf(dataSet).plan(parsed.data, dataSet)
  if ('lacking' in plan)
    throw new Refused({ kind: 'invalid', problems: problems(plan.lacking, parsed.data, body) })
  const { records } = plan
  if (records.length > 0) await store.write({ dataSetId, nowMs: now(), records })
}

/**
 * What data lack, by their place in the body as it was sent: nulls in it are no data, but count. Data that were split out
 * of others come after these and have no place of their own.
 */
function problems(lacking: readonly Lacking[], data: readonly ParsedDatum[], body: unknown): Problem[] {
  const sent = (Array.isArray(body) ? body : []).flatMap((one, index) => (one === null ? [] : [index]))
  return lacking.map(({ at, field }) => {
    const pointer = sent[at] === undefined ? '' : `/${sent[at]}/${field}`
    return missing(pointer, kindOf(data[at]))
  })
}

function kindOf(datum: ParsedDatum | undefined): Problem['meta'] {
  if (!datum) return undefined
  const { type, subType, deliveryType } = datum.body
  return {
    type,
    ...(subType !== undefined && { subType }),
    ...(typeof deliveryType === 'string' && { deliveryType }),
  }
}
