import { formatTime } from '@tidegauge/model'
import type { ParkedRecord, QuarantineSettings } from '../store/port.ts'

/** A parked record as it stands in a list: what is wrong with it, without the record itself. */
export function parkedJson({ id, dataSetId, index, originId, problems, receivedMs }: ParkedRecord) {
  return {
    id,
    dataSetId,
    index,
    ...(originId !== undefined && { originId }),
    receivedTime: formatTime(receivedMs),
    problems,
  }
}

/** A parked record with the record as it was sent. */
export function wholeParkedJson(parked: ParkedRecord) {
  return { ...parkedJson(parked), record: JSON.parse(parked.json) as unknown }
}

export function quarantineSettingsJson({ enabled, clientNames }: QuarantineSettings) {
  return { enabled, clientNames }
}
