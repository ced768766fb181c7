import type { AuditStore } from './audit.ts'
import type { ConfirmationStore } from './confirmations.ts'
import type { DataSourceStore } from './data-sources.ts'
import type { FileStore } from './files.ts'
import type { MetadataStore } from './metadata.ts'
import type { OpenIdStore } from './openid.ts'
import type { Grant, PermissionStore } from './permissions.ts'
import type { NewParkedRecord, QuarantineStore } from './quarantine.ts'
import type { RestrictedTokenStore } from './restricted-tokens.ts'
import type { SummaryStore } from './summaries.ts'

export * from './audit.ts'
export * from './confirmations.ts'
export * from './data-sources.ts'
export * from './files.ts'
export * from './metadata.ts'
export * from './openid.ts'
export * from './permissions.ts'
export * from './quarantine.ts'
export * from './restricted-tokens.ts'
export * from './summaries.ts'

/**
 * The storage port: the domain's verbs, each atomic in every engine. No SQL, driver type or transaction handle
 * crosses this line; `conformance.ts` is the suite that every engine passes.
 *
 * Times are milliseconds since the epoch. Ids are the ones on the wire; an engine may keep smaller ones inside.
 * A verb that writes resolves after its change is durable (guarantee 2 of ARCHITECTURE.md).
 */

export interface Store
  extends PermissionStore,
    ConfirmationStore,
    MetadataStore,
    RestrictedTokenStore,
    OpenIdStore,
    FileStore,
    AuditStore,
    DataSourceStore,
    QuarantineStore,
    SummaryStore {
  // ------------------------------------------------------------------------------------------------ accounts
  /**
   * Adds an account. `taken`: another one has this username (compared as given; the domain folds case).
   * `not-first`: `onlyIfFirst` was asked for and an account exists already; looked at in the same transaction.
   * `session`, of this user, is added in it too, and so is `grant`, by this user to an account that exists.
   */
  createUser(
    user: User,
    options: { onlyIfFirst: boolean; session?: PersonSession; grant?: Grant },
  ): Promise<'created' | 'taken' | 'not-first'>
  /** Changes an account, all of it or nothing; `taken`: another one has the new username. */
  updateUser(plan: UserUpdate): Promise<'updated' | 'taken' | 'unknown-user'>
  /**
   * Removes an account and everything that hangs on it. When this resolves it is gone for everybody, its sessions,
   * grants (both ways), data sets and data too, and nobody else's rows name it; the bytes of its data are destroyed by
   * {@link eraseDeleted}.
   */
  deleteUser(userId: string): Promise<'deleted' | 'unknown-user'>
  /** Destroys what deleted accounts have left, `limit` rows at most, and overwrites it; answers how many there were. */
  eraseDeleted(plan: { limit: number }): Promise<number>
  userById(userId: string): Promise<User | undefined>
  userByUsername(username: string): Promise<User | undefined>
  hasUsers(): Promise<boolean>
  /** All accounts, in the order in which they were made. */
  users(): Promise<User[]>
  /** The accounts with this role, by id; of those made in a span of time (both ends inclusive), if one is given. */
  usersWithRole(query: { role: string; fromMs?: number; toMs?: number }): Promise<User[]>

  // ------------------------------------------------------------------------------------------------ sessions
  createSession(session: Session): Promise<void>
  /** The session with this token hash, expired or not. */
  session(tokenHash: string): Promise<Session | undefined>
  /**
   * Sets a new end of life. Does nothing when the session is gone, or when its life no longer ends at
   * `onlyIfExpiresMs`, where that is given: somebody else has changed it meanwhile.
   */
  setSessionExpiry(tokenHash: string, expiresMs: number, onlyIfExpiresMs?: number): Promise<void>
  /** All of a person's sessions, expired or not. */
  sessionsOf(userId: string): Promise<PersonSession[]>
  /** Ends a session and all of the same {@link SessionTimes.lineage}. */
  deleteSession(tokenHash: string): Promise<void>
  /** Ends every session of a person, every restricted token and all that apps hold; but the one with this hash and those of its lineage, if one is given. */
  deleteSessionsOf(plan: { userId: string; exceptTokenHash?: string }): Promise<void>
  /** Removes every session, restricted token, OpenID entry and confirmation whose life ended before `nowMs`. */
  deleteExpiredSessions(nowMs: number): Promise<void>

  // ----------------------------------------------------------------------------------------------- data sets
  /**
   * Adds a data set and answers it. If `reuseCreatedSinceMs` is given and the same user has a live, open data
   * set created at or after it and not modified since, with an equal `fingerprint` and no data, that one is
   * answered instead and nothing is written (rule D14). A data set that is added takes a change number.
   */
  createDataSet(dataSet: DataSet, options?: { reuseCreatedSinceMs: number }): Promise<DataSet>
  /** By id, deleted and inactive ones too. */
  dataSet(dataSetId: string): Promise<DataSet | undefined>
  /** Data sets of one user, newest `createdMs` first (equal times by id, descending). */
  listDataSets(query: DataSetQuery): Promise<DataSet[]>
  /**
   * Closes an open normal data set (data-sets.md §5) and answers it. In one step: what `supersedes` names is hidden
   * or destroyed, the data set becomes active, and with it all of its live rows visible. Each of those rows, each row
   * and data set that is superseded, and the data set take a change number. One that is closed already is answered as
   * it is (D1); a deleted one refuses (D3), as does a continuous one (`data-set-closed` if it is closed, else a bug).
   */
  closeDataSet(plan: ClosePlan): Promise<DataSet>
  /**
   * Changes an open continuous data set, or closes it for good, and answers it. Its data stay as they are, and so does
   * its being deleted. Takes a change number. Refuses one that is not there or closed.
   */
  updateDataSet(plan: UpdatePlan): Promise<DataSet>
  /**
   * Destroys all data of a data set, open or closed, with what is parked of it, and marks it deleted; one that is deleted keeps its mark. What
   * its close had hidden is handed back: each such row takes over the state of this data set's own rows of the same
   * hash. It is visible again, if one of those is; else hidden by whoever hid the last of them. Refuses a data set that
   * is not there.
   */
  deleteDataSet(plan: { dataSetId: string; nowMs: number }): Promise<void>
  /**
   * Destroys all data, parked records, data sets and data sources of one user; the account and its settings stay, and
   * its change sequence goes on.
   */
  deleteUserData(plan: { userId: string }): Promise<void>

  // ---------------------------------------------------------------------------------------------------- data
  /**
   * Carries out one write, all of it or none. Re-tests under the lock that the data set exists and is open
   * ({@link StoreRefusal}). A record whose `dedupKey` is in the data set already replaces that row, if its
   * {@link PlannedRecord.replaces} lets it: the row is live again, `createdMs` restarts, and its id stays unless the
   * record brings one (D17). A row that would not change by this (same body, same id, same sent units, live) is left
   * alone: no new `createdMs`, no change number. Data sent to a deleted open continuous data set revive it (D2), which
   * takes a change number too; a deleted open normal one counts as not found (D3).
   *
   * What `parked` holds is parked, unless it is already; that alone revives nothing. What was parked before in the same
   * data set, with the origin id of one of the records, is removed.
   */
  write(plan: WritePlan): Promise<WriteCount>
  /** Withdraws or destroys what the selectors name in one data set; same re-test as {@link write}. */
  remove(plan: RemovePlan): Promise<RemoveCount>
  /**
   * Destroys rows that {@link remove} archived before a time, of all users, `limit` at most; answers how many. What
   * the close of a data set has hidden stays.
   */
  destroyWithdrawn(plan: { archivedBeforeMs: number; limit: number }): Promise<number>
  /**
   * Live rows of active data sets of one user, by time and then change number, in batches. One snapshot: a
   * concurrent write is seen whole or not at all. The caller may stop early (`return()` frees what is held).
   */
  read(query: DataQuery): AsyncIterable<DatumRow[]>
  /** As {@link read}, with what of a row does not go on the wire. */
  readStored(query: DataQuery): AsyncIterable<StoredRow[]>
  /** The newest live row of each type asked for, in the order of `types`; filters as in {@link read}. */
  readLatest(query: DataQuery & { types: readonly string[] }): Promise<DatumRow[]>
  /**
   * Whether a live row of an active data set, at or after a time, says of its origin's device that Medtronic made it:
   * Loop with such a pump has written it (data-sets.md §8).
   */
  hasMedtronicLoopData(userId: string, fromMs: number): Promise<boolean>
  /** The last change number given out for this user; 0 when nothing was ever written. */
  changeSequence(userId: string): Promise<number>

  /** Finishes what is queued, syncs, frees the files. */
  close(): Promise<void>
}

/** The database cannot take the write now (disk full, read-only, I/O error). Nothing of the request was stored. */
export class StoreUnavailable extends Error {
  readonly reason: 'full' | 'read-only' | 'io'
  constructor(reason: 'full' | 'read-only' | 'io', options?: ErrorOptions) {
    super(`the store cannot be written: ${reason}`, options)
    this.name = 'StoreUnavailable'
    this.reason = reason
  }
}

/** Why a store could not be opened. The message is a sentence for the operator and names the file. */
export class StoreNotOpened extends Error {
  readonly reason: 'in-use' | 'newer-version' | 'damaged' | 'foreign' | 'read-only' | 'full' | 'io'
  constructor(reason: StoreNotOpened['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreNotOpened'
    this.reason = reason
  }
}

/** The data set was not there, or was closed, when the write had its turn. */
export class StoreRefusal extends Error {
  readonly reason: 'data-set-not-found' | 'data-set-closed'
  readonly dataSetId: string
  constructor(reason: 'data-set-not-found' | 'data-set-closed', dataSetId: string) {
    super(reason)
    this.name = 'StoreRefusal'
    this.reason = reason
    this.dataSetId = dataSetId
  }
}

export interface User {
  /** 10 lower-case hex digits or a UUID. */
  id: string
  /** The address as signed in with, folded to lower case by the domain. */
  username: string
  emails: string[]
  roles: string[]
  /** Encoded hash with its parameters; the store does not look inside. */
  passwordHash: string
  emailVerified: boolean
  /** RFC 3339, or undefined if never accepted. */
  termsAccepted?: string
  createdMs: number
}

export interface UserUpdate {
  userId: string
  /** What is not named stays. */
  changes: Partial<
    Pick<User, 'username' | 'emails' | 'roles' | 'passwordHash' | 'emailVerified' | 'termsAccepted'>
  >
  /** Takes the word `custodian` out of every grant of this account: its owner has taken it over. */
  endCustody?: boolean
}

/** Somebody's who has signed in: a person's, or a service's (another program that may do everything). */
export type Session = PersonSession | ServiceSession

export interface PersonSession extends SessionTimes {
  userId: string
  /** What the program said of itself that somebody signed in with. */
  app?: string
}

export interface ServiceSession extends SessionTimes {
  /** The name that the service gave. */
  service: string
}

export interface SessionTimes {
  /** A hash of the token; the token itself is never stored. */
  tokenHash: string
  /** Shared by all sessions that came of one sign-in, by refreshing it. */
  lineage?: string
  /** When the sign-in was. */
  createdMs: number
  expiresMs: number
}

export interface DataSet {
  id: string
  userId: string
  dataSetType: 'continuous' | 'normal'
  state: 'open' | 'closed'
  /** Readers see its data: continuous sets at once, normal ones when closed. */
  active: boolean
  /** Canonical name and version. */
  deduplicator: { name: string; version: string }
  clientName?: string
  deviceId?: string
  /** What two creates must have in common to be the same one (D14). */
  fingerprint: string
  createdMs: number
  modifiedMs: number
  deletedMs?: number
  /** User id of the creator; absent for a service. */
  createdUserId?: string
  /** Every other field of the data set as it goes on the wire (`client`, `deviceTags`, `time`, `timezone`…). */
  fields: Readonly<Record<string, unknown>>
}

export interface DataSetQuery {
  userId: string
  clientName?: string
  deviceId?: string
  /** One of the data set's `deviceManufacturers`. */
  deviceManufacturer?: string
  /** Deleted data sets as well as live ones. */
  includeDeleted: boolean
  /** The open normal data sets, which readers do not see, instead of the active ones (D12). */
  pending?: boolean
  offset: number
  limit: number
}

export interface ClosePlan {
  dataSetId: string
  nowMs: number
  /**
   * What gives way, of this user and the data set's `deviceId`, in other data sets. `equal-hashes`: visible rows with a
   * {@link PlannedRecord.hash} that a row of this data set has (one that a key is made of does not count: it is of its
   * own data set) are hidden until this data set is deleted. `whole-device`: all rows are
   * destroyed, and the data sets of that `deviceId` are marked deleted.
   */
  supersedes: Supersedes
}

export type Supersedes = 'nothing' | 'equal-hashes' | 'whole-device'

export interface UpdatePlan {
  dataSetId: string
  nowMs: number
  close: boolean
  /** Set beside those that are there; `deviceId` is both a field and what the data set is found by. */
  fields: Readonly<Record<string, unknown>>
}

/**
 * What the row is recognised by inside its data set: `o` an origin id, `c` the SHA-256 (hex) of its content, `h` its
 * identity hash.
 */
export type DedupKey =
  | { kind: 'o'; originId: string }
  | { kind: 'c'; contentSha256: string }
  | { kind: 'h'; hash: string }

export interface PlannedRecord {
  /** null: never recognised again (deduplicator `none`). */
  dedupKey: DedupKey | null
  /** The id that the client sent; else the store makes one (32 characters `[0-9a-z]`). */
  id?: string
  type: string
  subType?: string
  timeMs: number
  deviceId?: string
  /** For delete by origin where `dedupKey` is not made of it. */
  originId?: string
  /** For delete by hash, and what a later close supersedes, where `dedupKey` is not made of it. */
  hash?: string
  /** When its origin made this version, in a form in which the later one is the greater text. */
  originTime?: string
  /**
   * What becomes of a row that has the key. `always` (if absent): it is replaced. `if-archived`: a live row stays.
   * `if-older`: it stays unless this record has an `originTime`, and the row none or an earlier one; an archived row
   * counts like a live one (H15).
   */
  replaces?: 'always' | 'if-archived' | 'if-older'
  /** The client's glucose unit, where it was converted: rule D15 needs it. */
  sentUnits?: 'mg/dL'
  /** JSON text of the normalized record without `id` and `uploadId`. */
  body: string
}

export interface WritePlan {
  dataSetId: string
  nowMs: number
  /** No two records share a `dedupKey` (the deduplicator has seen to it). */
  records: readonly PlannedRecord[]
  /** Faulty ones, kept aside. */
  parked?: readonly NewParkedRecord[]
  /** A record is left out if a live row of the same user, in whatever data set, has its `hash`. */
  skipsEqualHashes?: true
}

export interface WriteCount {
  added: number
  replaced: number
  /** Rows that stay as they are: the record says the same, or must not replace them. */
  unchanged: number
  /** The hashes of what was left out, where that was asked for. */
  skippedHashes?: string[]
  /** The user's last change number after this write. One number per changed row, contiguous within a commit. */
  changeSequence: number
}

export interface RemovePlan {
  dataSetId: string
  nowMs: number
  /** All ids of one kind. `hash` selects by deduplicator hash. */
  by: 'id' | 'origin' | 'hash'
  values: readonly string[]
  /** `archive`: live rows are hidden and kept. `destroy`: rows are removed, whatever their state. */
  how: 'archive' | 'destroy'
}

export interface RemoveCount {
  removed: number
  changeSequence: number
}

export interface DataQuery {
  userId: string
  /** undefined: all types. */
  types?: readonly string[]
  subTypes?: readonly string[]
  /** Both ends inclusive. */
  fromMs?: number
  toMs?: number
  deviceId?: string
  dataSetId?: string
  /** Leaves out what has this `source`. */
  withoutSource?: string
  /** Leaves out a cbg whose `sampleInterval` is there and less than this, in milliseconds. */
  sampleIntervalMinimumMs?: number
  /** Leaves out a dosingDecision whose `reason` is none of these. */
  dosingReasons?: readonly string[]
  /** Leaves out what one of these hides. */
  hidden?: readonly HiddenRows[]
}

/** Rows of some types in a span of time (both ends inclusive), of these data sets or of all but these. */
export interface HiddenRows {
  types: readonly string[]
  fromMs: number
  toMs?: number
  of: 'these' | 'all-but-these'
  dataSetIds: readonly string[]
}

/** A row with its bookkeeping, for whoever counts. */
export interface StoredRow {
  timeMs: number
  type: string
  /** When this version was stored. */
  createdMs: number
  /** {@link PlannedRecord.sentUnits}. */
  sentUnits?: 'mg/dL'
  dataSetType: DataSet['dataSetType']
  /** {@link PlannedRecord.body}. */
  body: string
}

export interface DatumRow {
  timeMs: number
  type: string
  /** The record as it goes on the wire, JSON text with `id` and `uploadId`. */
  json: string
}
