import type { Problem } from '@tidegauge/model'

/**
 * Everything that a request may be refused for. `http/wire-error.ts` gives each its status and envelope; an
 * error that is none of these is a bug and becomes a 500.
 */
export type Failure =
  | { kind: 'unauthenticated' }
  | { kind: 'unauthorized' }
  | { kind: 'data-set-not-found'; dataSetId: string }
  | { kind: 'data-set-closed'; dataSetId: string }
  /** A path segment that must not be empty is. */
  | { kind: 'id-missing'; which: 'user' | 'data-set' }
  /** A path segment that is no user id. */
  | { kind: 'user-id-malformed' }
  | { kind: 'resource-not-found'; id: string; revision?: number }
  | { kind: 'json-malformed' }
  | { kind: 'invalid'; problems: readonly Problem[] }
  | { kind: 'invalid-query'; faults: readonly QueryFault[] }
  /** The query string itself cannot be read. */
  | { kind: 'query-malformed' }
  | { kind: 'encoding-not-supported' }
  | { kind: 'too-large'; what: 'body bytes' | 'records' | 'values'; limit: number }
  | { kind: 'too-slow'; limitMs: number }
  | { kind: 'credentials-missing' }
  | { kind: 'credentials-wrong' }
  /** Of an address that nobody has confirmed yet. */
  | { kind: 'user-not-verified' }
  /** Too many wrong ones came before it; this one was not looked at. */
  | { kind: 'too-many-attempts'; retryAfterSeconds: number }
  /** The password that confirms is wrong or not there. */
  | { kind: 'password-wrong' }
  | { kind: 'token-missing' }
  | { kind: 'server-secret-wrong' }
  /** A look-up of accounts that cannot be carried out, with the reason in words. */
  | { kind: 'account-query-invalid'; reason: string }
  | { kind: 'user-not-found' }
  | { kind: 'grant-not-found' }
  | { kind: 'metadata-not-found' }
  | { kind: 'permission-unknown'; word: string }
  | { kind: 'key-missing' }
  | { kind: 'confirmation-not-found' }
  /** Of somebody else, or not pending any more. */
  | { kind: 'confirmation-forbidden' }
  | { kind: 'invitation-invalid'; reason: string }
  | { kind: 'already-invited' }
  | { kind: 'already-member' }
  /** An account that was made for somebody cannot be taken over so; `error` is the protocol's number for it. */
  | { kind: 'claim-refused'; error: number; reason: string }
  | { kind: 'passwords-differ' }
  /** `index` is the record's place in the body. */
  | { kind: 'legacy-record-invalid'; index: number; field?: string; reason: string }
  | { kind: 'uploader-outdated' }
  | { kind: 'header-missing'; header: string }
  | { kind: 'header-invalid'; header: string }
  | { kind: 'digests-not-equal'; sent: string; computed: string }
  | { kind: 'user-exists' }
  | { kind: 'user-details-invalid' }
  /** A form of ours that a page of another site sent. */
  | { kind: 'form-from-elsewhere' }
  | { kind: 'sign-up-closed' }
  | { kind: 'sign-up-from-elsewhere' }
  | { kind: 'store-unavailable'; reason: 'full' | 'read-only' | 'io' }

/** A fault of one query parameter, as {@link Problem} is one of a body. */
export type QueryFault = { code: string; title: string; detail: string; parameter: string }

/** The one error class for an expected refusal; anything else that is thrown is a bug. */
export class Refused extends Error {
  readonly failure: Failure
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.kind, options)
    this.name = 'Refused'
    this.failure = failure
  }
}

/** The fault of a field that is not there. */
export function missing(pointer: string, meta?: Problem['meta']): Problem {
  const words = { code: 'value-not-exists', title: 'value does not exist', detail: 'value does not exist' }
  return { ...words, pointer, ...(meta && { meta }) }
}
