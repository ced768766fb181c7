import { type ErrorKind, TidegaugeError, type Trace } from './errors.ts'
import { readFaults } from './faults.ts'

/** An HTTP answer that has come whole. */
export interface RawAnswer {
  status: number
  headers: Headers
  text: string
}

/** Which request an error is about, without the ids in its path. */
export interface RequestName {
  method: string
  /** `/v1/users/{userId}/data_sets` */
  route: string
  /** Scheme, host and port of the server. */
  origin: string
  trace: Trace
}

const advice: Record<ErrorKind, string> = {
  network: 'Check the address and the network, and that the server is running; then try again.',
  timeout: 'Try again; on a slow line allow more time (requestTimeoutMs) or send smaller chunks.',
  aborted: 'The caller ended it.',
  'login-refused': 'User name or password is wrong: check both and log in again.',
  'not-verified':
    'The e-mail address of the account is not verified: follow the link sent to it, then log in.',
  'account-exists': 'There is an account of this name already: log in instead.',
  'already-shared': 'They were invited or let in before.',
  'sign-up-closed': 'The server takes no new accounts: ask whoever runs it for one.',
  'session-expired': 'The session has ended: log in again.',
  'not-allowed': 'This account may not do that: check whose data they are, what is shared, and log in again.',
  'not-found': 'The server does not know this address: check the base URL and the user id.',
  'data-set-not-found': 'There is no such data set: open one and use its id.',
  'data-set-closed': 'The data set takes no more data: create a new one.',
  invalid: 'See the problems for what is wrong and where.',
  'too-large': 'Send less at once.',
  'rate-limited': 'Wait before trying again.',
  'server-failed': 'Try again later; if it stays, give the trace id to whoever runs the server.',
  redirected: 'Use the address that it points to as the base URL.',
  truncated: 'The answer was cut off: try again.',
  'unexpected-answer':
    'Check that the base URL is that of the server itself and not of a proxy or a web page.',
  'source-failed': 'Mend the input and resume from the first record that is not settled.',
  usage: 'Mend the call.',
}

/** An error about one request: what happened, what to do, which request. */
export function failure(
  kind: ErrorKind,
  request: RequestName,
  happened: string,
  cause?: unknown,
): TidegaugeError {
  const message = `${happened} ${advice[kind]} (${request.method} ${request.route})`
  return new TidegaugeError(kind, message, { trace: request.trace, cause })
}

/**
 * The error that an answer other than 2xx is.
 *
 * @param kinds What a status means on this route, where that differs from its usual meaning.
 * @param now   Milliseconds since 1970, for a `Retry-After` that names a date.
 */
export function failureOfAnswer(
  answer: RawAnswer,
  request: RequestName,
  kinds: Partial<Record<number, ErrorKind>>,
  now: number,
): TidegaugeError {
  const { status, headers, text } = answer
  const page = isWebPage(text)
  const faults = readFaults(text)
  const kind = kindOf(status, page, kinds)
  const codes = [...new Set(faults.problems.map((problem) => problem.code))].filter(isPlainCode).slice(0, 3)
  const named = codes.length === 0 ? '' : `: ${codes.join(', ')}`
  const happened = page
    ? `${request.origin} answered ${status} with a web page.`
    : kind === 'redirected'
      ? `${request.origin} redirects${originOf(headers.get('location'), request.origin)}.`
      : `The server answered ${status}${named}.`
  return new TidegaugeError(kind, `${happened} ${advice[kind]} (${request.method} ${request.route})`, {
    status,
    code: faults.code,
    problems: faults.problems,
    trace: { ...request.trace, ...faults.trace },
    retryAfterMs: retryAfterMs(headers.get('retry-after'), now),
  })
}

function kindOf(status: number, page: boolean, kinds: Partial<Record<number, ErrorKind>>): ErrorKind {
  if (status === 0 || (status >= 300 && status < 400)) return 'redirected'
  if (status >= 500) return 'server-failed'
  if (status === 408) return 'timeout'
  if (status === 413) return 'too-large'
  if (status === 429) return 'rate-limited'
  // Other refusals that are web pages are a proxy's: its 401 is not about our session.
  if (page) return 'unexpected-answer'
  const known = kinds[status]
  if (known !== undefined) return known
  if (status === 401) return 'session-expired'
  if (status === 403) return 'not-allowed'
  return status === 404 || status === 405 ? 'not-found' : 'invalid'
}

/** Whether a body is HTML or XML, as proxies, captive portals and wrong addresses answer. */
export function isWebPage(text: string): boolean {
  return /^\s*</.test(text)
}

/** A wait in milliseconds from seconds or an HTTP date; `undefined` when it says neither. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

// A code goes into the message only when it cannot be somebody's value.
function isPlainCode(code: string): boolean {
  return /^[a-z]+([-_][a-z0-9]+)*$/i.test(code) && code.length <= 64
}

function originOf(location: string | null, base: string): string {
  const url = location === null ? null : URL.parse(location, base)
  return url === null ? '' : ` to ${url.origin}`
}
