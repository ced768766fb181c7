import { formatTime } from '@tidegauge/model'
import type { DataSet } from '../store/port.ts'

/** A data set as it goes on the wire (http.md §3.2): unset keys are left out, `id` and `uploadId` are the same. */
export function dataSetJson(dataSet: DataSet): Record<string, unknown> {
  const { id, createdUserId, deletedMs, deduplicator, dataSetType, createdMs, modifiedMs, fields } = dataSet
  return {
    ...fields,
    ...(createdUserId !== undefined && { byUser: createdUserId, createdUserId }),
    createdTime: formatTime(createdMs),
    dataSetType,
    deduplicator,
    ...(deletedMs !== undefined && { deletedTime: formatTime(deletedMs) }),
    id,
    modifiedTime: formatTime(modifiedMs),
    type: 'upload',
    uploadId: id,
  }
}
