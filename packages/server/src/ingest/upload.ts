import type { Problem } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { Refused } from '../failure.ts'
import type { DataSet, Store } from '../store/port.ts'
import { judge } from './judge.ts'
import { requireAtMost, writableDataSet } from './open-data-set.ts'
import { emptyReceipt, type Receipt, receiptOf } from './receipt.ts'
import { appliesTo, type Sifted, sift } from './sift.ts'

export interface UploadParts {
  store: Store
  now: () => number
  /** More records than this in one request are refused. */
  maxRecords: number
}

/**
 * `POST /v1/data_sets/{dataSetId}/data`: all of the request is stored, durably, before this resolves, or none of
 * it; where the owner has quarantine on, faulty records are parked in the same step instead. The checks come in the
 * order that clients know (http.md §4.1); the body is read after those that need none.
 */
export async function upload(
  { store, now, maxRecords }: UploadParts,
  who: Identity | undefined,
  dataSetId: string,
  readBody: () => Promise<unknown>,
): Promise<Receipt> {
  const dataSet = await writableDataSet(store, who, dataSetId)
  const body = (await readBody()) ?? []
  requireAtMost(maxRecords, body)
  if (!Array.isArray(body)) throw new Refused({ kind: 'json-malformed' })
  const judged = judge(body, dataSet)
  const { records, superseded, parked }: Sifted =
    'problems' in judged
      ? await siftIfWanted(store, dataSet, body, judged.problems)
      : { ...judged, parked: [] }
  if (records.length + parked.length === 0) return { ...emptyReceipt, unchanged: superseded }
  const count = await store.write({ dataSetId, nowMs: now(), records, ...(parked.length > 0 && { parked }) })
  return receiptOf(count, { superseded, parked: parked.length })
}

/** Refuses the whole body where quarantine does not apply, or cannot take a record. */
async function siftIfWanted(
  store: Store,
  dataSet: DataSet,
  body: readonly unknown[],
  problems: readonly Problem[],
): Promise<Sifted> {
  const settings = await store.quarantineSettings(dataSet.userId)
  const sifted = appliesTo(dataSet, settings) ? sift(body, dataSet) : undefined
  if (!sifted) throw new Refused({ kind: 'invalid', problems })
  return sifted
}
