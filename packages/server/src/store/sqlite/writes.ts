import type { DatabaseSync } from 'node:sqlite'
import type { WriteCount } from '../port.ts'
import { auditWrites } from './audit.ts'
import { closingOfDataSets } from './close-data-sets.ts'
import { confirmationWrites } from './confirmations.ts'
import { dataSetDevices } from './data-set-devices.ts'
import { dataSourceWrites } from './data-sources.ts'
import { deletionOfDataSets } from './delete-data-sets.ts'
import { deletionOfUsers } from './delete-users.ts'
import { fileWrites } from './files.ts'
import { madeIds } from './ids.ts'
import { medtronicLoopMarks } from './medtronic-loop.ts'
import { metadataWrites } from './metadata.ts'
import { openIdWrites } from './openid.ts'
import { permissionWrites } from './permissions.ts'
import type { PlanMessage } from './plan-message.ts'
import { type ParkedMessage, quarantineWrites } from './quarantine.ts'
import { dataRemovals } from './remove-data.ts'
import { restrictedTokenWrites } from './restricted-tokens.ts'
import { summaryMarks, summaryWrites } from './summaries.ts'
import { typeNumbers } from './types.ts'
import { accountWrites } from './write-accounts.ts'
import { dataWrites } from './write-data.ts'
import { dataSetWrites } from './write-data-sets.ts'

export interface WriteMessage extends PlanMessage {
  medtronicLoopMs?: number | undefined
  parked?: readonly ParkedMessage[]
}

/** Every verb that writes, on one connection. Each takes one argument and runs inside the caller's transaction. */
export type WriteVerbs = ReturnType<typeof writeVerbs>['verbs']
export type WriteVerb = keyof WriteVerbs
export type ArgumentOf<V extends WriteVerb> = Parameters<WriteVerbs[V]>[0]
export type ResultOf<V extends WriteVerb> = ReturnType<WriteVerbs[V]>

export function writeVerbs(database: DatabaseSync) {
  const types = typeNumbers(database)
  const devices = dataSetDevices(database)
  const marks = summaryMarks(database)
  const ids = madeIds(String(database.prepare('SELECT id_prefix FROM meta').get()?.id_prefix))
  const data = dataWrites({ database, types, devices, ids, marks })
  const markMedtronicLoop = medtronicLoopMarks(database)
  const quarantine = quarantineWrites(database)
  const permissions = permissionWrites(database)

  function write(plan: WriteMessage): WriteCount {
    const count = data.write(plan)
    if (plan.medtronicLoopMs !== undefined) markMedtronicLoop(plan.dataSetId, plan.medtronicLoopMs)
    quarantine.removeMadeGood(plan)
    if (plan.parked) quarantine.park(plan, plan.parked)
    return count
  }

  return {
    verbs: {
      ...accountWrites(database, permissions),
      ...permissions,
      ...deletionOfUsers(database, devices),
      ...confirmationWrites(database, permissions),
      ...metadataWrites(database),
      ...restrictedTokenWrites(database),
      ...openIdWrites(database),
      ...fileWrites(database),
      ...auditWrites(database),
      ...summaryWrites(database),
      ...dataSourceWrites(database),
      ...dataSetWrites(database),
      ...closingOfDataSets({ database, ids, marks }),
      ...deletionOfDataSets({ database, types, devices, ids, marks }),
      ...quarantine.verbs,
      write,
      settleParked({ plan, ...record }: { userId: string; id: string; plan: WriteMessage }) {
        return quarantine.verbs.dropParked(record) === 'dropped' ? write(plan) : 'not-found'
      },
      ...dataRemovals({ database, ids, marks }),
    },
    /** Must follow a rollback: what was remembered of the file may be gone. */
    forget() {
      types.forget()
      devices.forget()
    },
  }
}
