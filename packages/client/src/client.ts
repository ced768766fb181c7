import { type Account, logIn, logOut, refreshSession, signUp, whoAmI } from './account.ts'
import { type AuditEntry, type AuditOptions, auditTrail } from './audit.ts'
import { type RetryOptions, retryPolicy } from './backoff.ts'
import type { Parcel } from './chunks.ts'
import { type Clock, systemClock } from './clock.ts'
import { Connection } from './connection.ts'
import {
  createDataSet,
  type DataSet,
  DataSetOpener,
  deduplicates,
  type ListDataSetsOptions,
  listDataSets,
  type OpenDataSetOptions,
} from './data-sets.ts'
import { type DeleteSelector, deleteData } from './delete-data.ts'
import { TidegaugeError } from './errors.ts'
import {
  type NumbersAnswer,
  type NumbersOptions,
  numbers,
  type ProfileOptions,
  type Series,
  type SeriesOptions,
  series,
} from './numbers.ts'
import { type Quarantine, quarantineOf } from './quarantine.ts'
import { randomHex } from './random-hex.ts'
import { type Datum, type ReadDataOptions, readData } from './read.ts'
import { type Fetch, parseBaseUrl, type Transport } from './request.ts'
import { type RestoreOptions, type RestoreResult, restore } from './restore/restore.ts'
import { type ServerStatus, serverStatus } from './server-status.ts'
import { type Credentials, type Session, SessionKeeper } from './session.ts'
import { type Sharing, sharingOf } from './sharing.ts'
import { Upload, type UploadOptions, type UploadResult } from './upload.ts'

/** How to reach a server. */
export interface ClientOptions {
  /** Where the server is: `http://127.0.0.1:8009`, `https://api.tidepool.org`. A path is kept as a prefix. */
  baseUrl: string
  /** Default: the global `fetch`. */
  fetch?: Fetch | undefined
  /** A session kept from earlier. */
  session?: Session | undefined
  /** Asked when there is no session, and once for a request whose session has expired. */
  credentials?: (() => Promise<Credentials>) | undefined
  /** Told of every change of the session (log-in, refresh, re-login, log-out) before the call goes on. */
  onSession?: ((session: Session | undefined) => void | Promise<void>) | undefined
  /** Time for one request and its whole answer; in `readData`, for each wait for more. Default 60,000. */
  requestTimeoutMs?: number | undefined
  retry?: RetryOptions | undefined
  clock?: Clock | undefined
  /** From 0 up to 1, for jitter. Default `Math.random`. */
  random?: (() => number) | undefined
}

/** Options of every single call. */
export interface CallOptions {
  /** Ends the call at once; it rejects with kind `aborted`. */
  signal?: AbortSignal | undefined
}

/** A client of one server. Calls reject with `TidegaugeError`, or with what the caller's own functions throw. */
export interface Client {
  /** The current session; changes with log-in, refresh, re-login and log-out. */
  readonly session: Session | undefined
  /** Log in with a password: `POST /auth/login` (http.md §1.2). The session is kept in the client. */
  login(credentials: Credentials, options?: CallOptions): Promise<Session>
  /** Make an account and log in to it: `POST /auth/user` (http.md §1.6). Never repeated by itself. */
  signUp(credentials: Credentials, options?: CallOptions): Promise<Session>
  /** Revoke the token: `POST /auth/logout`. The client forgets it even when the server cannot be told. */
  logout(options?: CallOptions): Promise<void>
  /** The session's account: `GET /auth/user`. */
  whoAmI(options?: CallOptions): Promise<Account>
  /** Exchange the token for a newer one: `GET /auth/login` (http.md §1.4). */
  refresh(options?: CallOptions): Promise<Session>
  /** Is a server there? One try, no session needed. */
  serverStatus(options?: CallOptions): Promise<ServerStatus>
  /** Data sets, newest first, fetched page by page while being read: `GET /v1/users/U/data_sets`. */
  listDataSets(options?: ListDataSetsOptions): AsyncIterable<DataSet>
  /**
   * The newest continuous data set of a client name, made when there is none. Calls at the same time share one
   * answer. A creation whose answer was lost is looked for, never blindly repeated.
   */
  openDataSet(options: OpenDataSetOptions): Promise<DataSet>
  /** Make a new continuous data set, whatever exists: `POST /v1/users/U/data_sets`. Never repeated by itself. */
  createDataSet(options: OpenDataSetOptions): Promise<DataSet>
  /**
   * Send records in chunks, one after another: `POST /dataservices/v1/datasets/DS/data`. Holds one chunk at a time.
   * Rejects with an error whose `upload` says what was acknowledged before.
   */
  upload(
    dataSet: DataSet | string,
    records: Iterable<object> | AsyncIterable<object>,
    options?: UploadOptions,
  ): Promise<UploadResult>
  /**
   * Put in again what a server of the protocol gave (`readData`, of this server or another): what it split is put
   * together, data sets are found again or made as they were, and each record goes to its own. Doing it again changes
   * nothing. Reads the records up to three times, in the same order each time; rejects with kind `aborted` when
   * `signal` stops it before the first chunk, and otherwise as `upload` does.
   */
  restore(records: Iterable<object> | AsyncIterable<object>, options?: RestoreOptions): Promise<RestoreResult>
  /** Delete records of a data set by name: `DELETE /v1/data_sets/DS/data`. Names that match nothing are no error. */
  deleteData(
    dataSet: DataSet | string,
    selectors: Iterable<DeleteSelector>,
    options?: CallOptions,
  ): Promise<void>
  /**
   * Read records back, streamed: `GET /data/U`. A cut-off answer rejects with kind `truncated`, it never ends
   * early as if it were complete.
   */
  readData(options?: ReadDataOptions): AsyncIterable<Datum>
  /** Faulty records that the server keeps aside, where that is switched on. */
  readonly quarantine: Quarantine
  /** Who may see and do what on an account. */
  readonly sharing: Sharing
  /** Who read and who wrote, newest first, page by page while being read: `GET /v1/users/U/audit` of a Tidegauge. */
  auditTrail(options?: AuditOptions): AsyncIterable<AuditEntry>
  /** Every number of a window, as the server counts it; of a Tidegauge. */
  stats(options?: NumbersOptions): Promise<NumbersAnswer>
  /** Percentiles by time of day; of a Tidegauge. */
  agp(options?: ProfileOptions): Promise<NumbersAnswer>
  /** A long time in pieces; of a Tidegauge. */
  series(options?: SeriesOptions): Promise<Series>
}

/**
 * A client for the server at `baseUrl`.
 *
 * Throws kind `usage` when that is no http(s) address, the session's token cannot be one, or the time limit is none.
 */
export function createClient(options: ClientOptions): Client {
  const transport: Transport = {
    baseUrl: parseBaseUrl(options.baseUrl),
    // Looked up at each call, and called as the global that browsers want it to be.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    requestTimeoutMs: timeLimitMs(options.requestTimeoutMs ?? 60_000),
    clock: options.clock ?? systemClock,
    traceSession: randomHex(16),
  }
  const retry = retryPolicy(options.retry, options.random)
  const sessions = new SessionKeeper({
    session: options.session,
    credentials: options.credentials,
    logIn: (credentials) => connection.repeat(() => logIn(transport, credentials), { safe: true }),
    onSession: options.onSession,
  })
  const connection = new Connection(transport, sessions, retry)
  const opener = new DataSetOpener(connection)

  const keep = async (session: Session): Promise<Session> => {
    await sessions.keep(session)
    return session
  }

  return {
    get session() {
      return sessions.session
    },
    login: async (credentials, { signal } = {}) =>
      // A second log-in does no harm: it makes one more session.
      keep(await connection.repeat(() => logIn(transport, credentials, signal), { safe: true, signal })),
    signUp: async (credentials, { signal } = {}) => keep(await signUp(transport, credentials, signal)),
    logout: async ({ signal } = {}) => {
      const token = sessions.session?.token
      if (token === undefined) return
      try {
        await connection.repeat(() => logOut(transport, token, signal), { safe: true, signal })
      } finally {
        await sessions.keep(undefined)
      }
    },
    whoAmI: ({ signal } = {}) => whoAmI(connection, signal),
    refresh: async ({ signal } = {}) => keep(await refreshSession(connection, signal)),
    serverStatus: ({ signal } = {}) => serverStatus(transport, signal),
    listDataSets: (which = {}) => listDataSets(connection, which),
    openDataSet: (wanted) => opener.open(wanted),
    createDataSet: (wanted) => createDataSet(connection, wanted),
    upload: async (dataSet, records, how = {}) => {
      const total = how.total ?? (Array.isArray(records) ? records.length : undefined)
      const repeatable = how.repeatable ?? (typeof dataSet === 'string' || deduplicates(dataSet))
      return await new Upload(connection, { ...how, total, repeatable }).run(parcels(idOf(dataSet), records))
    },
    restore: (records, how = {}) => restore(connection, opener, records, how),
    deleteData: (dataSet, selectors, { signal } = {}) =>
      deleteData(connection, idOf(dataSet), selectors, signal),
    readData: (which = {}) => readData(connection, which),
    quarantine: quarantineOf(connection),
    sharing: sharingOf(connection),
    auditTrail: (which = {}) => auditTrail(connection, which),
    stats: (which = {}) => numbers(connection, 'stats', which),
    agp: (which = {}) => numbers(connection, 'agp', which),
    series: (which = {}) => series(connection, which),
  }
}

/** Timers count no further than 2^31 - 1 ms and fire at once beyond. */
function timeLimitMs(limitMs: number): number {
  if (limitMs > 0) return Math.min(limitMs, 2 ** 31 - 1)
  throw new TidegaugeError('usage', 'requestTimeoutMs must be more than 0.')
}

function idOf(dataSet: DataSet | string): string {
  return typeof dataSet === 'string' ? dataSet : dataSet.id
}

async function* parcels(
  dataSetId: string,
  records: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<Parcel> {
  for await (const record of records) yield { dataSetId, record }
}
