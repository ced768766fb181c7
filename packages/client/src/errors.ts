import type { Problem } from '@tidegauge/model'
import type { UploadResult } from './upload.ts'

/**
 * What went wrong, in one word that a program can branch on.
 *
 * | kind | meaning |
 * |---|---|
 * | `network` | no answer: connection refused or cut, name not found, a browser's CORS refusal |
 * | `timeout` | no complete answer within the time limit |
 * | `aborted` | the caller's signal ended the call |
 * | `login-refused` | user name or password is wrong |
 * | `not-verified` | the account's e-mail address is not verified yet |
 * | `account-exists` | sign-up with a user name that is taken |
 * | `sign-up-closed` | the server takes no new accounts |
 * | `session-expired` | 401, and no re-login was possible or it did not help |
 * | `not-allowed` | 403 |
 * | `not-found` | 404 outside a data set |
 * | `data-set-not-found` | 404 of a data set |
 * | `data-set-closed` | 409 of a data set: it takes no more data |
 * | `invalid` | 400; `problems` says what and where |
 * | `too-large` | 413 |
 * | `rate-limited` | 429 |
 * | `server-failed` | 5xx |
 * | `redirected` | 3xx; tokens are never sent to another address |
 * | `truncated` | the answer ended before it was complete |
 * | `unexpected-answer` | an answer that is not this protocol's: a proxy's page, other JSON |
 * | `source-failed` | the caller's own records could not be read (see `cause`) |
 * | `usage` | the call itself is wrong; nothing was sent |
 */
export type ErrorKind =
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'login-refused'
  | 'not-verified'
  | 'account-exists'
  | 'already-shared'
  | 'sign-up-closed'
  | 'session-expired'
  | 'not-allowed'
  | 'not-found'
  | 'data-set-not-found'
  | 'data-set-closed'
  | 'invalid'
  | 'too-large'
  | 'rate-limited'
  | 'server-failed'
  | 'redirected'
  | 'truncated'
  | 'unexpected-answer'
  | 'source-failed'
  | 'usage'

/** The ids under which the server's log knows a request (http.md §6.3). */
export interface Trace {
  /** This request alone. */
  request?: string
  /** All requests of one client. */
  session?: string
}

/** What a `TidegaugeError` carries beside its sentence. */
export interface ErrorDetails {
  status?: number | undefined
  code?: string | undefined
  problems?: readonly Problem[] | undefined
  trace?: Trace | undefined
  retryAfterMs?: number | undefined
  upload?: UploadResult | undefined
  cause?: unknown
}

/**
 * The one error class of this package. `message` is a sentence that says what to do next and never holds a
 * token, an e-mail address or a value of somebody's data; `problems` may name values, as the server did.
 */
export class TidegaugeError extends Error {
  override readonly name = 'TidegaugeError'
  readonly kind: ErrorKind
  /** HTTP status, where an answer came. */
  readonly status: number | undefined
  /** The server's own code: `data-set-closed`, `data_cant_view`… */
  readonly code: string | undefined
  /** Every fault that the server named; empty when it named none. Pointers are those of the answer. */
  readonly problems: readonly Problem[]
  /** For a report to whoever runs the server. */
  readonly trace: Trace
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  /** In errors of `upload`: what was acknowledged before; `upload.settled` is the `skip` to resume with. */
  readonly upload: UploadResult | undefined

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = kind
    this.status = details.status
    this.code = details.code
    this.problems = details.problems ?? []
    this.trace = details.trace ?? {}
    this.retryAfterMs = details.retryAfterMs
    this.upload = details.upload
  }

  /** The same failure with what had been acknowledged when it happened. */
  withUpload(upload: UploadResult): TidegaugeError {
    const { status, code, problems, trace, retryAfterMs, cause } = this
    return new TidegaugeError(this.kind, this.message, {
      status,
      code,
      problems,
      trace,
      retryAfterMs,
      cause,
      upload,
    })
  }
}

/** Whether `value` is an error of this package, and of one of `kinds` when any are named. */
export function isTidegaugeError(value: unknown, ...kinds: ErrorKind[]): value is TidegaugeError {
  return value instanceof TidegaugeError && (kinds.length === 0 || kinds.includes(value.kind))
}
