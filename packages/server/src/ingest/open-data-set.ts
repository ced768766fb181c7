import type { Identity } from '../auth/identity.ts'
import { requireIdentity, requirePermission } from '../auth/permissions.ts'
import { Refused } from '../failure.ts'
import type { DataSet, Store } from '../store/port.ts'

/** The data set that a request names, for somebody signed in; an unknown one is refused. */
export async function knownDataSet(
  store: Store,
  who: Identity | undefined,
  dataSetId: string,
): Promise<DataSet> {
  requireIdentity(who)
  if (dataSetId === '') throw new Refused({ kind: 'id-missing', which: 'data-set' })
  const dataSet = await store.dataSet(dataSetId)
  if (!dataSet) throw new Refused({ kind: 'data-set-not-found', dataSetId })
  return dataSet
}

/** The data set whose data a request wants to change: known, the caller's to upload to, and open, in this order. */
export async function writableDataSet(
  store: Store,
  who: Identity | undefined,
  dataSetId: string,
): Promise<DataSet> {
  const dataSet = await knownDataSet(store, who, dataSetId)
  requirePermission(who, 'upload', dataSet.userId)
  if (dataSet.state === 'closed') throw new Refused({ kind: 'data-set-closed', dataSetId })
  // D3: unlike a continuous one, a normal data set does not live again.
  const gone = dataSet.dataSetType === 'normal' && dataSet.deletedMs !== undefined
  if (gone) throw new Refused({ kind: 'data-set-not-found', dataSetId })
  return dataSet
}

/** A request has no more elements than this, however small they are. */
export function requireAtMost(limit: number, body: unknown): void {
  if (Array.isArray(body) && body.length > limit) {
    throw new Refused({ kind: 'too-large', what: 'records', limit })
  }
}
