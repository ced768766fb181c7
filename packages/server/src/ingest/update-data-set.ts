import { parseDataSetUpdate } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { requirePermission } from '../auth/permissions.ts'
import { deduplicatorOf } from '../dedup/registry.ts'
import { Refused } from '../failure.ts'
import type { DataSet, Store } from '../store/port.ts'
import { knownDataSet } from './open-data-set.ts'

export interface UpdateDataSetParts {
  store: Store
  now: () => number
}

/**
 * `PUT /v1/data_sets/{dataSetId}` by a person: closes a normal data set, whatever the body says, which is not read
 * (http.md §3.7). Only services change continuous ones: {@link updateContinuousDataSet}.
 */
export async function updateDataSet(
  parts: UpdateDataSetParts,
  who: Identity | undefined,
  dataSetId: string,
): Promise<DataSet> {
  const dataSet = await knownDataSet(parts.store, who, dataSetId)
  requirePermission(who, 'upload', dataSet.userId)
  if (dataSet.dataSetType === 'normal') return closeNormalDataSet(parts, dataSet)
  const failure = dataSet.state === 'closed' ? 'data-set-closed' : 'unauthorized'
  throw new Refused({ kind: failure, dataSetId })
}

/** One transaction (D4); closing twice is closing once (D1). */
export async function closeNormalDataSet(
  { store, now }: UpdateDataSetParts,
  dataSet: DataSet,
): Promise<DataSet> {
  const { supersedes } = deduplicatorOf(dataSet)
  return store.closeDataSet({ dataSetId: dataSet.id, nowMs: now(), supersedes })
}

/** The same by a service, of a continuous data set: changes what the body names, or closes it for good. */
export async function updateContinuousDataSet(
  { store, now }: UpdateDataSetParts,
  { id: dataSetId, state }: DataSet,
  readBody: () => Promise<unknown>,
): Promise<DataSet> {
  if (state === 'closed') throw new Refused({ kind: 'data-set-closed', dataSetId })
  const parsed = parseDataSetUpdate(await readBody())
  if (parsed === 'not-an-object') throw new Refused({ kind: 'json-malformed' })
  if ('problems' in parsed) throw new Refused({ kind: 'invalid', problems: parsed.problems })
  const { state: newState, ...fields } = parsed.fields
  return store.updateDataSet({ dataSetId, nowMs: now(), close: newState === 'closed', fields })
}
