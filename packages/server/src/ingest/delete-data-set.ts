import type { Identity } from '../auth/identity.ts'
import { requirePermission } from '../auth/permissions.ts'
import type { Store } from '../store/port.ts'
import { knownDataSet } from './open-data-set.ts'

export interface DeleteDataSetParts {
  store: Store
  now: () => number
}

/**
 * `DELETE /v1/data_sets/{dataSetId}`, open or closed: its data are gone for good, and it stays as a mark that it was
 * there (data-sets.md §6.2). For the owner and custodians, and for who made it and may still upload.
 */
export async function deleteDataSet(
  { store, now }: DeleteDataSetParts,
  who: Identity | undefined,
  dataSetId: string,
): Promise<void> {
  const dataSet = await knownDataSet(store, who, dataSetId)
  const madeByCaller = who !== undefined && dataSet.createdUserId === who.userId
  requirePermission(
    who,
    madeByCaller ? ['root', 'custodian', 'upload'] : ['root', 'custodian'],
    dataSet.userId,
  )
  await store.deleteDataSet({ dataSetId, nowMs: now() })
}
