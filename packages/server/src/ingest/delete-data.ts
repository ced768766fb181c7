import { parseSelectors } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { deduplicatorOf } from '../dedup/registry.ts'
import { Refused } from '../failure.ts'
import type { Store } from '../store/port.ts'
import { requireAtMost, writableDataSet } from './open-data-set.ts'

export interface DeleteDataParts {
  store: Store
  now: () => number
  /** More selectors than this in one request are refused. */
  maxRecords: number
  /** How long rows are kept that a client takes out of a data set; 0 destroys them at once (data-sets.md §6.4). */
  keepWithdrawnMs: number
}

/** `DELETE /v1/data_sets/{dataSetId}/data`: takes what the selectors name out of this one data set (http.md §4.2). */
export async function deleteData(
  { store, now, keepWithdrawnMs, maxRecords }: DeleteDataParts,
  who: Identity | undefined,
  dataSetId: string,
  readBody: () => Promise<unknown>,
): Promise<void> {
  const dataSet = await writableDataSet(store, who, dataSetId)
  const body = await readBody()
  requireAtMost(maxRecords, body)
  const parsed = parseSelectors(body)
  if (parsed === 'not-an-array') throw new Refused({ kind: 'json-malformed' })
  if ('problems' in parsed) throw new Refused({ kind: 'invalid', problems: parsed.problems })
  // D13: what nobody has seen yet is not kept.
  const keeps = dataSet.active && keepWithdrawnMs > 0
  const how = keeps ? deduplicatorOf(dataSet).removes : 'destroy'
  await store.remove({ dataSetId, nowMs: now(), how, ...parsed.selection })
}
