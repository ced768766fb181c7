import type { DatabaseSync } from 'node:sqlite'
import { closingOfDataSets } from './close-data-sets.ts'
import { dataSetDevices } from './data-set-devices.ts'
import { deletionOfDataSets } from './delete-data-sets.ts'
import { madeIds } from './ids.ts'
import { dataRemovals } from './remove-data.ts'
import { typeNumbers } from './types.ts'
import { accountWrites } from './write-accounts.ts'
import { dataWrites } from './write-data.ts'
import { dataSetWrites } from './write-data-sets.ts'

/** Every verb that writes, on one connection. Each takes one argument and runs inside the caller's transaction. */
export type WriteVerbs = ReturnType<typeof writeVerbs>['verbs']
export type WriteVerb = keyof WriteVerbs
export type ArgumentOf<V extends WriteVerb> = Parameters<WriteVerbs[V]>[0]
export type ResultOf<V extends WriteVerb> = ReturnType<WriteVerbs[V]>

export function writeVerbs(database: DatabaseSync) {
  const types = typeNumbers(database)
  const devices = dataSetDevices(database)
  const ids = madeIds(String(database.prepare('SELECT id_prefix FROM meta').get()?.id_prefix))
  return {
    verbs: {
      ...accountWrites(database),
      ...dataSetWrites(database),
      ...closingOfDataSets({ database, ids }),
      ...deletionOfDataSets({ database, types, devices, ids }),
      ...dataWrites({ database, types, devices, ids }),
      ...dataRemovals({ database, ids }),
    },
    /** Must follow a rollback: what was remembered of the file may be gone. */
    forget() {
      types.forget()
      devices.forget()
    },
  }
}
