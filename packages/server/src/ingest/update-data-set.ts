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
 * `PUT /v1/data_sets/{dataSetId}`: closes a normal data set, whatever the body says, which is not read (http.md §3.7).
 * Only services change continuous ones: {@link updateContinuousDataSet}.
 */
export async function updateDataSet(
  parts: UpdateDataSetParts,
  who: Identity | undefined,
  dataSetId: string,
  readBody: () => Promise<unknown>,
): Promise<DataSet> {
  const { store } = parts
  const dataSet = await knownDataSet(store, who, dataSetId)
  if (dataSet.dataSetType === 'normal') {
    await requirePermission(store, who, 'close a normal data set', dataSet)
    return closeNormalDataSet(parts, dataSet)
  }
  await requirePermission(store, who, 'change data', dataSet)
  if (dataSet.state === 'closed') throw new Refused({ kind: 'data-set-closed', dataSetId })
  await requirePermission(store, who, 'update a continuous data set', dataSet)
  return updateContinuousDataSet(parts, dataSet, readBody)
}

/** One transaction (D4); closing twice is closing once (D1). */
async function closeNormalDataSet({ store, now }: UpdateDataSetParts, dataSet: DataSet): Promise<DataSet> {
  const { supersedes } = deduplicatorOf(dataSet)
  return store.closeDataSet({ dataSetId: dataSet.id, nowMs: now(), supersedes })
}

/** Changes of a continuous data set what the body names, or closes it for good. */
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
