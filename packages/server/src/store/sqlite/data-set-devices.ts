import type { DatabaseSync } from 'node:sqlite'
import type { SqlText } from './text.ts'

/** Which devices each data set has rows of, so that a device's rows are found without an index that every row is in. */
export interface DataSetDevices {
  /** @param dataSet The data set's number in this file. */
  note(dataSet: number, deviceId: SqlText): void
  /** Must follow a rollback, and the removal of data sets. */
  forget(): void
}

const REMEMBERED_DATA_SETS = 1000
const REMEMBERED_DEVICES = 1000

export function dataSetDevices(database: DatabaseSync): DataSetDevices {
  const known = new Map<number, Set<string>>()
  const insert = database.prepare(
    'INSERT INTO data_set_devices (data_set, device_id) VALUES (?, ?) ON CONFLICT DO NOTHING',
  )
  return {
    note(dataSet, deviceId) {
      // Text that UTF-8 cannot hold is rare enough to ask the table every time.
      const devices = typeof deviceId === 'string' ? devicesOf(dataSet) : undefined
      if (devices?.has(deviceId as string)) return
      insert.run(dataSet, deviceId)
      if (devices?.size === REMEMBERED_DEVICES) devices.clear()
      devices?.add(deviceId as string)
    },
    forget: () => known.clear(),
  }

  function devicesOf(dataSet: number): Set<string> {
    let devices = known.get(dataSet)
    if (!devices) {
      if (known.size >= REMEMBERED_DATA_SETS) known.clear()
      devices = new Set()
      known.set(dataSet, devices)
    }
    return devices
  }
}
