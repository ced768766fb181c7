import { firstTables } from './0001-first-tables.ts'
import { lifeOfDataSets } from './0002-life-of-data-sets.ts'
import { accessTables } from './0003-access.ts'
import { quarantineTables } from './0004-quarantine.ts'
import { sharingTables } from './0005-sharing.ts'
import { openIdTables } from './0006-openid.ts'
import { confirmationTables } from './0007-confirmations.ts'
import { fileTables } from './0008-files.ts'
import { auditTables } from './0009-audit.ts'
import { summaryTables } from './0010-summaries.ts'
import { signInColumns } from './0011-sign-ins.ts'

/** In order; the schema version of a file is how many of them it has had. A released one is never edited. */
export const migrations: readonly string[] = [
  firstTables,
  lifeOfDataSets,
  accessTables,
  quarantineTables,
  sharingTables,
  openIdTables,
  confirmationTables,
  fileTables,
  auditTables,
  summaryTables,
  signInColumns,
]
