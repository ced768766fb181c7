import { randomUUID } from 'node:crypto'
import type { Problem } from '@tidegauge/model'
import type { Failure, QueryFault } from '../failure.ts'
import { html } from '../pages/html.ts'
import { renderPage } from '../pages/page.ts'
import { permissionWords } from '../store/permissions.ts'

/**
 * The protocol has several error envelopes, by the service that a path once belonged to (http.md §6.1):
 * `platform` E1 with E2 for what its middleware and validators say, `platform-new` E2 throughout,
 * `account` E3, `invitation` E3 with other statuses, `whisperer` E4, `legacy-upload` E5, `sharing` E7,
 * `oauth` E8. `page` is a page for people.
 */
export type Envelope =
  | 'platform'
  | 'platform-new'
  | 'account'
  | 'invitation'
  | 'whisperer'
  | 'legacy-upload'
  | 'sharing'
  | 'oauth'
  | 'page'

export interface Trace {
  request: string
  session?: string
}

export interface WireError {
  status: number
  headers?: Readonly<Record<string, string>>
  /** An object goes out as JSON, a string as plain text. */
  body: unknown
}

/** What an answer says of the request that it is to. */
export interface Asked {
  trace: Trace
  /** Whether it carried a token, valid or not: some families tell the two apart. */
  hasToken: boolean
}

/** A failure as the answer that the path's clients know. */
export function wireError(failure: Failure, envelope: Envelope, asked: Asked): WireError {
  const error = enveloped(failure, envelope, asked)
  if (failure.kind !== 'too-many-attempts') return error
  return { ...error, headers: { ...error.headers, 'retry-after': String(failure.retryAfterSeconds) } }
}

function enveloped(failure: Failure, envelope: Envelope, { trace, hasToken }: Asked): WireError {
  const { status, ...words } = describe(failure)
  switch (envelope) {
    case 'account': {
      // Who has no right is told the same as who has no token (§1.1).
      const code = failure.kind === 'unauthorized' ? 401 : status
      return { status: code, body: { code, reason: words.reason ?? words.detail } }
    }
    case 'invitation': {
      // A token that is no good is worse than none, and than too small a right (§1.1).
      const isBadToken = failure.kind === 'unauthenticated' && hasToken
      const code = isBadToken ? 403 : failure.kind === 'unauthorized' ? 401 : status
      const reason = failure.kind === 'json-malformed' ? words.detail : (words.reason ?? words.detail)
      return {
        status: code,
        body: { code, reason, ...(failure.kind === 'claim-refused' && { error: failure.error }) },
      }
    }
    case 'whisperer':
      return whisperer(failure, status, words)
    case 'legacy-upload':
      if (failure.kind === 'unauthenticated') return { status, body: words.detail }
      return {
        status,
        body: {
          statusCode: status,
          message: words.detail,
          ...(failure.kind === 'uploader-outdated' && { code: words.code }),
          ...(failure.kind === 'legacy-record-invalid' && {
            dataIndex: failure.index,
            ...(failure.field !== undefined && { errorField: failure.field }),
          }),
        },
      }
    case 'sharing':
      if (failure.kind === 'unauthenticated') {
        return { status, body: hasToken ? 'Invalid Token' : 'Session token must be set in the header' }
      }
      if (failure.kind === 'unauthorized') return { status: 401, body: 'Unauthorized' }
      return status === 404
        ? { status, body: { code: 'NotFound', message: words.detail } }
        : { status, body: { code: words.code, message: words.detail } }
    case 'oauth':
      return { status, body: { error: 'invalid_request', error_description: words.detail } }
    case 'page': {
      const page = {
        title: 'That did not work',
        body: html`<p class="error" role="alert">${words.detail}</p>`,
      }
      const { headers, text } = renderPage(page)
      return { status, headers, body: text }
    }
    case 'platform-new':
      return { status, body: newStyle(failure, words) }
    case 'platform':
      return { status, body: words.old ? oldStyle(status, words.old, trace) : newStyle(failure, words) }
  }
}

/** What is said of an error that nobody foresaw: nothing of its inside. */
export function wireBug(envelope: Envelope, trace: Trace): WireError {
  switch (envelope) {
    case 'account':
    case 'invitation':
      return { status: 500, body: { code: 500, reason: 'Internal Server Error' } }
    case 'legacy-upload':
      return { status: 500, body: { statusCode: 500, message: 'Internal Server Error' } }
    case 'oauth':
      return { status: 500, body: { error: 'server_error' } }
    case 'sharing':
    case 'page':
      return { status: 500, body: 'Internal Server Error' }
    case 'whisperer':
      return { status: 500, body: whispererBody(500, 'data_store_error', 'internal server error') }
    case 'platform-new':
      return { status: 500, body: internalError }
    case 'platform':
      return { status: 500, body: oldStyle(500, internalFailure, trace) }
  }
}

export const unknownPath: WireError = { status: 404, body: { Error: 'Resource not found' } }
export const wrongVerb: WireError = { status: 405, body: { Error: 'Method not allowed' } }

interface Words {
  code: string
  title: string
  detail: string
  /** How the platform's first generation of routes says it; absent where it uses the second's words (E2). */
  old?: OldWords
  /** How the account routes say it. */
  reason?: string
}

type OldWords = { code: string; title: string; detail: string }

const internalFailure: OldWords = {
  code: 'internal-server-failure',
  title: 'internal server failure',
  detail: 'Internal server failure',
}
const internalError = {
  code: 'internal-server-error',
  title: 'internal server error',
  detail: 'internal server error',
}

function describe(failure: Failure): Words & { status: number } {
  switch (failure.kind) {
    case 'unauthenticated':
      return {
        status: 401,
        ...sameDetail('unauthenticated', 'authentication token is invalid'),
        reason: 'Not authorized for requested operation',
      }
    case 'unauthorized':
      return {
        status: 403,
        ...sameDetail('unauthorized', 'authentication token is not authorized for requested action'),
        old: sentence('unauthorized', 'auth token is not authorized for requested action'),
        reason: 'Not authorized for requested operation',
      }
    case 'data-set-not-found':
      return {
        status: 404,
        code: 'resource-not-found',
        title: 'resource not found',
        detail: `resource with id ${JSON.stringify(failure.dataSetId)} not found`,
        old: {
          code: 'data-set-id-not-found',
          title: 'data set with specified id not found',
          detail: `Data set with id ${failure.dataSetId} not found`,
        },
      }
    case 'data-set-closed':
      return {
        status: 409,
        ...sameDetail('data-set-closed', 'data set with specified id is closed for new data'),
        old: {
          code: 'data-set-closed',
          title: 'data set with specified id is closed for new data',
          detail: `Data set with id ${failure.dataSetId} is closed for new data`,
        },
      }
    case 'id-missing': {
      const [parameter, code, name] =
        failure.which === 'user'
          ? ['userId', 'user-id-missing', 'user id']
          : ['dataSetId', 'data-set-id-missing', 'data set id']
      return {
        status: 400,
        code: 'parameter-missing',
        title: 'parameter is missing',
        detail: `parameter "${parameter}" is missing`,
        old: sentence(code, `${name} is missing`),
      }
    }
    case 'user-id-malformed':
      return {
        status: 400,
        code: 'parameter-invalid',
        title: 'parameter is invalid',
        detail: 'parameter "userId" is invalid',
      }
    case 'resource-not-found': {
      const revision = failure.revision === undefined ? '' : `revision ${failure.revision} of `
      return {
        status: 404,
        code: 'resource-not-found',
        title: 'resource not found',
        detail: `${revision}resource with id ${JSON.stringify(failure.id)} not found`,
      }
    }
    case 'json-malformed':
      return {
        status: 400,
        ...sameDetail('json-malformed', 'json is malformed'),
        old: { code: 'json-malformed', title: 'json is malformed', detail: 'JSON is malformed' },
        reason: 'Invalid user details were given',
      }
    case 'invalid':
    case 'invalid-query':
      // Rendered from their faults; these words serve the envelopes that carry one sentence.
      return { status: 400, ...sameDetail('bad-request', 'the request is not valid') }
    case 'query-malformed':
      return { status: 400, ...sameDetail('bad-request', 'unable to parse request query') }
    case 'encoding-not-supported':
      return {
        status: 400,
        code: 'media-type-not-supported',
        title: 'media type is not supported',
        detail: 'content encoding is none of gzip, deflate, identity',
      }
    case 'too-large':
      return {
        status: 413,
        code: 'resource-too-large',
        title: 'resource is too large',
        detail: `the request has more than ${failure.limit} ${failure.what}; send it in smaller parts`,
      }
    case 'too-slow':
      return {
        status: 408,
        code: 'bad-request',
        title: 'the request took too long',
        detail: `the request body did not arrive within ${failure.limitMs / 1000} seconds`,
      }
    case 'credentials-missing':
      return { status: 400, ...sameDetail('bad-request', 'Missing id and/or password') }
    case 'credentials-wrong':
      return { status: 401, ...sameDetail('unauthenticated', 'No user matched the given details') }
    case 'user-not-verified':
      return { status: 403, ...sameDetail('unauthorized', "The user hasn't verified this account yet") }
    case 'too-many-attempts': {
      const detail = `Too many wrong attempts; try again in ${failure.retryAfterSeconds} s`
      return { status: 429, code: 'too-many-requests', title: 'too many requests', detail }
    }
    case 'password-wrong':
      return { status: 403, ...sameDetail('unauthorized', 'Missing id and/or password') }
    case 'token-missing':
      return { status: 401, ...sameDetail('unauthenticated', 'No x-tidepool-session-token was found') }
    case 'server-secret-wrong':
      return { status: 401, ...sameDetail('unauthenticated', 'Wrong password') }
    case 'account-query-invalid':
      return { status: 400, ...sameDetail('bad-request', failure.reason) }
    case 'user-not-found':
      return {
        status: 404,
        ...sameDetail('resource-not-found', 'User not found'),
        old: {
          code: 'user-id-not-found',
          title: 'user with specified id not found',
          detail: 'User with the specified id not found',
        },
      }
    case 'grant-not-found':
      return { status: 404, ...sameDetail('resource-not-found', '') }
    case 'metadata-not-found':
      return { status: 404, ...sameDetail('resource-not-found', 'nothing is stored there') }
    case 'permission-unknown': {
      const words = permissionWords.join(', ')
      const detail = `${JSON.stringify(failure.word.slice(0, 40))} is no permission; there are ${words}`
      return { status: 400, ...sameDetail('bad-request', detail) }
    }
    case 'key-missing':
      return { status: 400, ...sameDetail('bad-request', 'Required details are missing') }
    case 'confirmation-not-found':
      return { status: 404, ...sameDetail('resource-not-found', 'No matching confirmation was found') }
    case 'confirmation-forbidden':
      return { status: 403, ...sameDetail('unauthorized', 'The confirmation cannot be used for this') }
    case 'invitation-invalid':
      return { status: 400, ...sameDetail('bad-request', `The invitation is not valid: ${failure.reason}`) }
    case 'already-invited':
      return { status: 409, ...sameDetail('bad-request', 'There is already an existing invite') }
    case 'already-member':
      return { status: 409, ...sameDetail('bad-request', 'The user is already an existing member') }
    case 'claim-refused':
      return { status: 409, ...sameDetail('bad-request', failure.reason) }
    case 'passwords-differ':
      return { status: 400, ...sameDetail('bad-request', 'The two passwords differ') }
    case 'legacy-record-invalid': {
      const field = failure.field === undefined ? '' : `${failure.field}: `
      return {
        status: 400,
        ...sameDetail('bad-request', `record ${failure.index}: ${field}${failure.reason}`),
      }
    }
    case 'uploader-outdated':
      return { status: 400, ...sameDetail('outdatedVersion', 'The specified uploader is too old; update it') }
    case 'header-missing': {
      const detail = `header ${JSON.stringify(failure.header)} is missing`
      return { status: 400, code: 'header-missing', title: 'header is missing', detail }
    }
    case 'header-invalid': {
      const detail = `header ${JSON.stringify(failure.header)} is invalid`
      return { status: 400, code: 'header-invalid', title: 'header is invalid', detail }
    }
    case 'digests-not-equal': {
      const detail = `digest "${failure.sent}" does not equal calculated digest "${failure.computed}"`
      return { status: 400, code: 'digests-not-equal', title: 'digests not equal', detail }
    }
    case 'user-exists':
      return { status: 409, ...sameDetail('bad-request', 'User already exists') }
    case 'user-details-invalid':
      return { status: 400, ...sameDetail('bad-request', 'Invalid user details were given') }
    case 'form-from-elsewhere':
      return { status: 403, ...sameDetail('unauthorized', 'This form was not sent by a page of this server') }
    case 'sign-up-closed':
      return {
        status: 403,
        ...sameDetail('unauthorized', 'Sign-up is closed on this server; ask its operator for an account'),
      }
    case 'sign-up-from-elsewhere':
      return {
        status: 403,
        ...sameDetail(
          'unauthorized',
          'The first account cannot be made by a page from elsewhere; use tidegauge user add',
        ),
      }
    case 'store-unavailable': {
      const why = { full: 'the disk is full', 'read-only': 'the disk is read-only', io: 'the disk failed' }
      const detail = `Nothing was stored: ${why[failure.reason]}`
      return { status: 500, ...internalError, detail, old: { ...internalFailure, detail } }
    }
  }
}

function sameDetail(code: string, words: string): { code: string; title: string; detail: string } {
  return { code, title: words, detail: words }
}

function sentence(code: string, words: string): OldWords {
  return { code, title: words, detail: words[0]?.toUpperCase() + words.slice(1) }
}

function oldStyle(status: number, words: OldWords, trace: Trace) {
  const { code, title, detail } = words
  return { errors: [{ code, title, detail, status: String(status) }], meta: { trace } }
}

function newStyle(failure: Failure, { code, title, detail }: Words) {
  switch (failure.kind) {
    case 'invalid':
      return oneOrMany(failure.problems.map(problem))
    case 'invalid-query':
      return oneOrMany(failure.faults.map(queryFault))
    case 'query-malformed':
      return { detail }
    case 'too-large':
      return { code, title, detail, status: 413 } // the stock uploader looks for the number in the body
    default:
      return { code, title, detail }
  }
}

function problem({ code, title, detail, pointer, meta }: Problem) {
  return { code, title, detail, ...(pointer !== '' && { source: { pointer } }), ...(meta && { meta }) }
}

function queryFault({ code, title, detail, parameter }: QueryFault) {
  return { code, title, detail, source: { parameter } }
}

/** One error is the bare object, several are a list (http.md §6.1 E2). */
function oneOrMany(errors: object[]) {
  return errors.length === 1 ? errors[0] : { errors }
}

function whisperer(failure: Failure, status: number, words: Words): WireError {
  switch (failure.kind) {
    case 'unauthenticated':
    case 'unauthorized':
      return {
        status: 403,
        body: whispererBody(403, 'data_cant_view', 'user is not authorized to view data'),
      }
    case 'invalid-query':
    case 'query-malformed':
    case 'user-id-malformed':
      return {
        status: 400,
        body: whispererBody(400, 'invalid_parameters', 'one or more parameters are invalid'),
      }
    default:
      return { status, body: whispererBody(status, 'data_store_error', words.detail) }
  }
}

function whispererBody(status: number, code: string, message: string) {
  return { status, id: randomUUID(), code, message }
}
