import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { type Store, StoreNotOpened, type WritePlan } from '../port.ts'
import { auditLookups } from './audit.ts'
import { confirmationLookups } from './confirmations.ts'
import { openForReading } from './connection.ts'
import { dataSourceLookups, toDataSource, toUpdateMessage } from './data-sources.ts'
import { sqliteCode, unavailability } from './faults.ts'
import { fileLookups } from './files.ts'
import { type DirectoryLock, lockDirectory } from './lock.ts'
import { lookups } from './lookups.ts'
import { hasMedtronicLoopData, latestMedtronicLoopMs } from './medtronic-loop.ts'
import { metadataLookups } from './metadata.ts'
import { migrate } from './migrate.ts'
import { openIdLookups } from './openid.ts'
import { permissionLookups } from './permissions.ts'
import { packPlan, planBytes } from './plan-message.ts'
import { createPrivateFile, makePrivateDirectory } from './private-file.ts'
import { parkedBytes, quarantineLookups, toParkedMessage } from './quarantine.ts'
import { read, readLatest, readStored } from './read-data.ts'
import { remembered } from './remembered.ts'
import { restrictedTokenLookups } from './restricted-tokens.ts'
import { toDataSet } from './rows.ts'
import { snapshots } from './snapshots.ts'
import { summaryLookups } from './summaries.ts'
import { startWriter, type WriterThread } from './writer-thread.ts'
import type { WriteMessage } from './writes.ts'

export interface SqliteOptions {
  /** Made if it is not there, for its owner alone. Holds the database `tidegauge.db` and the lock. */
  directory: string
  /** How long to wait for another process to let go of the directory. */
  lockWaitMs?: number
}

export interface SqliteStore extends Store {
  /** Transactions that the writer has committed since it was opened. */
  readonly commits: number
}

const LOCK_WAIT_MS = 3000

/**
 * Opens the store in a directory, which no other process can open meanwhile, and brings its schema up to date.
 *
 * @throws {StoreNotOpened} Another process has the directory open, or the directory cannot be written, the database is damaged, not ours, or of a newer version.
 *   Nothing was changed then.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const { directory, lockWaitMs = LOCK_WAIT_MS } = options
  const file = join(directory, 'tidegauge.db')
  try {
    makePrivateDirectory(directory)
    // SQLite would only say that it "cannot open" what it wants to keep beside the database.
    accessSync(directory, constants.W_OK)
    const lock = await lockDirectory(directory, lockWaitMs)
    try {
      createPrivateFile(file)
      migrate(file)
      const writer = await startWriter(file)
      return storeOf({ file, writer, lock })
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    throw error instanceof StoreNotOpened ? error : notOpened(error, file)
  }
}

const DAMAGED_CODES: readonly unknown[] = [11, 26] // CORRUPT, NOTADB

function notOpened(cause: unknown, file: string): StoreNotOpened {
  if (DAMAGED_CODES.includes(sqliteCode(cause))) {
    return new StoreNotOpened('damaged', `${file} is damaged or not a database; nothing was changed`, {
      cause,
    })
  }
  const reason = unavailability(cause) ?? 'io'
  const why = {
    'read-only': 'this process may not write there',
    full: 'the disk is full',
    io: cause instanceof Error ? cause.message : String(cause),
  }
  return new StoreNotOpened(reason, `${file} cannot be opened: ${why[reason]}`, { cause })
}

/** Both as one key. The user may be whatever a request names. */
const partiesKey = (userId: string, granteeId: string) => JSON.stringify([userId, granteeId])
const parties = (key: string): [userId: string, granteeId: string] => JSON.parse(key)

function toWriteMessage(plan: WritePlan): { message: WriteMessage; bytes: number } {
  const message: WriteMessage = { ...packPlan(plan), medtronicLoopMs: latestMedtronicLoopMs(plan.records) }
  if (plan.parked) message.parked = plan.parked.map(toParkedMessage)
  return { message, bytes: planBytes(plan.records) + parkedBytes(message.parked ?? []) }
}

interface Parts {
  file: string
  writer: WriterThread
  lock: DirectoryLock
}

function storeOf({ file, writer, lock }: Parts): SqliteStore {
  const lookupConnection = openForReading(file)
  const find = lookups(lookupConnection)
  const findGrants = permissionLookups(lookupConnection)
  const findConfirmations = confirmationLookups(lookupConnection)
  const findMetadata = metadataLookups(lookupConnection)
  const findRestricted = restrictedTokenLookups(lookupConnection)
  const findAudit = auditLookups(lookupConnection)
  const findFiles = fileLookups(lookupConnection)
  const findOpenId = openIdLookups(lookupConnection)
  const findSources = dataSourceLookups(lookupConnection)
  const findParked = quarantineLookups(lookupConnection)
  const findSummaries = summaryLookups(lookupConnection)
  const readers = snapshots(file)
  const sessions = remembered(find.session, { limit: 1000 })
  const grants = remembered((key) => findGrants.grant(...parties(key)), { limit: 1000 })
  // A write changes only a deleted data set (it revives it).
  const dataSets = remembered(find.dataSet, { limit: 1000, mayKeep: (one) => one.deletedMs === undefined })
  let closing: Promise<void> | undefined

  const whileOpen = () => {
    if (closing) throw new Error('the store is closed')
  }
  /** Every verb answers with a promise, so that its errors come in one way. */
  const verb =
    <A extends unknown[], R>(carryOut: (...args: A) => R | Promise<R>) =>
    async (...args: A): Promise<R> => {
      whileOpen()
      return carryOut(...args)
    }

  return {
    createUser: verb((user, { onlyIfFirst, session, grant }) =>
      writer.call('createUser', { user, onlyIfFirst, session, grant }),
    ),
    updateUser: verb((plan) => writer.call('updateUser', plan).finally(() => grants.forgetAll())),
    deleteUser: verb((userId) =>
      writer.call('deleteUser', userId).finally(() => {
        sessions.forgetAll()
        grants.forgetAll()
        dataSets.forgetAll()
      }),
    ),
    eraseDeleted: verb((plan) => writer.call('eraseDeleted', plan)),
    userById: verb(find.userById),
    userByUsername: verb(find.userByUsername),
    hasUsers: verb(find.hasUsers),
    users: verb(find.users),
    usersWithRole: verb(find.usersWithRole),

    setPermissions: verb((grant) =>
      writer
        .call('setPermissions', grant)
        .finally(() => grants.forget(partiesKey(grant.userId, grant.granteeId))),
    ),
    permissions: verb((userId, granteeId) => grants.find(partiesKey(userId, granteeId))?.permissions ?? []),
    grantsBy: verb(findGrants.grantsBy),
    grantsTo: verb(findGrants.grantsTo),

    createConfirmation: verb((confirmation, { replaces }) =>
      writer.call('createConfirmation', { confirmation, replaces }),
    ),
    confirmation: verb(findConfirmations.confirmation),
    confirmationsOf: verb(findConfirmations.confirmationsOf),
    confirmationsTo: verb(findConfirmations.confirmationsTo),
    settleConfirmation: verb((plan) =>
      writer.call('settleConfirmation', plan).finally(() => grants.forgetAll()),
    ),
    renewConfirmation: verb((plan) => writer.call('renewConfirmation', plan)),

    metadata: verb(findMetadata.metadata),
    mergeMetadata: verb(async ({ changes, ...plan }) => {
      const answer = await writer.call('mergeMetadata', { ...plan, changesJson: JSON.stringify(changes) })
      return typeof answer === 'string' ? answer : JSON.parse(answer.body)
    }),

    createRestrictedToken: verb((token) => writer.call('createRestrictedToken', token)),
    restrictedTokenByHash: verb(findRestricted.byHash),
    restrictedToken: verb(findRestricted.byName),
    restrictedTokensOf: verb(findRestricted.ofUser),
    updateRestrictedToken: verb((token) => writer.call('updateRestrictedToken', token)),
    deleteRestrictedToken: verb((name) => writer.call('deleteRestrictedToken', name)),
    deleteRestrictedTokensOf: verb((userId) => writer.call('deleteRestrictedTokensOf', userId)),

    putOpenId: verb((entry) => writer.call('putOpenId', entry)),
    openId: verb(findOpenId.entry),
    openIdOf: verb(findOpenId.ofUser),
    openIdSessionByUid: verb(findOpenId.sessionByUid),
    consumeOpenId: verb((kind, idHash, nowMs) => writer.call('consumeOpenId', { kind, idHash, nowMs })),
    deleteOpenId: verb((kind, idHash) => writer.call('deleteOpenId', { kind, idHash })),
    deleteOpenIdGrant: verb((grantHash) => writer.call('deleteOpenIdGrant', grantHash)),
    secret: verb(findOpenId.secret),
    setSecret: verb((name, value) => writer.call('setSecret', { name, value })),

    addFile: verb((file) => writer.call('addFile', file)),
    file: verb(findFiles.file),
    files: verb(findFiles.files),
    deleteFile: verb((id) => writer.call('deleteFile', id)),
    deleteFilesOf: verb((query) => writer.call('deleteFilesOf', query)),

    noteAccess: verb((plan) => writer.call('noteAccess', plan, 300 * plan.entries.length)),
    auditTrail: verb(findAudit.auditTrail),
    trimAudit: verb((beforeMs) => writer.call('trimAudit', beforeMs)),

    usersToSummarise: verb(findSummaries.usersToSummarise),
    outdatedUsers: verb(findSummaries.outdatedUsers),
    summaryMarks: verb(findSummaries.summaryMarks),
    summary: verb(findSummaries.summary),
    summaryHours: verb(findSummaries.summaryHours),
    saveSummaries: verb((plan) =>
      writer.call('saveSummaries', plan, 500 * plan.kinds.reduce((sum, { hours }) => sum + hours.length, 1)),
    ),

    quarantineSettings: verb(findParked.quarantineSettings),
    setQuarantineSettings: verb((settings) => writer.call('setQuarantineSettings', settings)),
    listParked: verb(findParked.listParked),
    parked: verb(findParked.parked),
    settleParked: verb(({ plan, ...record }) => {
      const { message, bytes } = toWriteMessage(plan)
      return writer.call('settleParked', { ...record, plan: message }, bytes)
    }),
    dropParked: verb((record) => writer.call('dropParked', record)),

    createSession: verb((session) => writer.call('createSession', session)),
    session: verb(sessions.find),
    sessionsOf: verb(find.sessionsOf),
    // Forgotten after a failure too: a commit that could not be answered may have been carried out.
    setSessionExpiry: verb((tokenHash, expiresMs, onlyIfExpiresMs) =>
      writer
        .call('setSessionExpiry', { tokenHash, expiresMs, onlyIfExpiresMs })
        .finally(() => sessions.forget(tokenHash)),
    ),
    deleteSession: verb((tokenHash) =>
      // Others of its lineage go with it.
      writer.call('deleteSession', tokenHash).finally(() => sessions.forgetAll()),
    ),
    deleteSessionsOf: verb((plan) =>
      writer.call('deleteSessionsOf', plan).finally(() => sessions.forgetAll()),
    ),
    deleteExpiredSessions: verb((nowMs) =>
      writer.call('deleteExpiredSessions', nowMs).finally(() => sessions.forgetAll()),
    ),

    createDataSet: verb(async (dataSet, options) => {
      const { fields, ...rest } = dataSet
      const row = await writer.call('createDataSet', {
        dataSet: { ...rest, fieldsJson: JSON.stringify(fields) },
        reuseCreatedSinceMs: options?.reuseCreatedSinceMs,
      })
      return row ? toDataSet(row) : dataSet
    }),
    dataSet: verb(dataSets.find),
    listDataSets: verb(find.listDataSets),
    // These may change other data sets too.
    closeDataSet: verb((plan) =>
      writer
        .call('closeDataSet', plan)
        .then(toDataSet)
        .finally(() => dataSets.forgetAll()),
    ),
    updateDataSet: verb(({ fields, ...plan }) =>
      writer
        .call('updateDataSet', { ...plan, fieldsJson: JSON.stringify(fields) })
        .then(toDataSet)
        .finally(() => dataSets.forget(plan.dataSetId)),
    ),
    deleteDataSet: verb((plan) =>
      writer.call('deleteDataSet', plan).finally(() => dataSets.forget(plan.dataSetId)),
    ),
    deleteUserData: verb((plan) => writer.call('deleteUserData', plan).finally(() => dataSets.forgetAll())),

    createDataSource: verb(({ metadata, error, ...source }) =>
      writer.call('createDataSource', {
        ...source,
        metadataJson: metadata === undefined ? null : JSON.stringify(metadata),
        errorJson: error === undefined ? null : JSON.stringify(error),
      }),
    ),
    dataSource: verb(findSources.dataSource),
    dataSourceOfSession: verb(findSources.dataSourceOfSession),
    listDataSources: verb(findSources.listDataSources),
    updateDataSource: verb(async (update) => {
      const result = await writer.call('updateDataSource', toUpdateMessage(update))
      return typeof result === 'string' ? result : toDataSource(result)
    }),
    deleteDataSource: verb((source) => writer.call('deleteDataSource', source)),
    deleteDataSources: verb((userId) => writer.call('deleteDataSources', userId)),

    write: verb((plan) => {
      const { message, bytes } = toWriteMessage(plan)
      return writer.call('write', message, bytes)
    }),
    remove: verb((plan) => writer.call('remove', plan, 200 * plan.values.length)),
    destroyWithdrawn: verb((plan) => writer.call('destroyWithdrawn', plan)),
    read(query) {
      whileOpen()
      return read(readers, query)
    },
    readStored(query) {
      whileOpen()
      return readStored(readers, query)
    },
    readLatest: verb((query) => readLatest(readers, query)),
    hasMedtronicLoopData: verb((userId, fromMs) => hasMedtronicLoopData(readers, userId, fromMs)),
    changeSequence: verb(find.changeSequence),

    get commits() {
      return writer.commits
    },
    close() {
      closing ??= closeAll()
      return closing
    },
  }

  async function closeAll(): Promise<void> {
    // The readers first: the write-ahead log can be moved into the file only when nobody reads it.
    readers.close()
    lookupConnection.close()
    try {
      await writer.close()
    } finally {
      lock.release()
    }
  }
}
