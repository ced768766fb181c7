import { Refused } from '../failure.ts'
import type { DataSet, Store } from '../store/port.ts'

/** The data set that a request names, if it takes data: refuses an unknown one (404) and a closed one (409). */
export async function knownDataSet(store: Store, dataSetId: string): Promise<DataSet> {
  if (dataSetId === '') throw new Refused({ kind: 'id-missing', which: 'data-set' })
  const dataSet = await store.dataSet(dataSetId)
  if (!dataSet) throw new Refused({ kind: 'data-set-not-found', dataSetId })
  return dataSet
}

export function requireOpen(dataSet: DataSet): void {
  if (dataSet.state === 'closed') throw new Refused({ kind: 'data-set-closed', dataSetId: dataSet.id })
}
