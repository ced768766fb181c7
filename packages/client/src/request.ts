import type { Clock } from './clock.ts'
import { type ErrorKind, TidegaugeError } from './errors.ts'
import { Exchange } from './exchange.ts'
import { failure, isWebPage, type RawAnswer } from './failure.ts'

/** The part of `fetch` that the SDK needs. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** How requests reach the server. */
export interface Transport {
  /** Without a trailing slash. */
  baseUrl: string
  fetch: Fetch
  requestTimeoutMs: number
  clock: Clock
  /** One id for all requests of a client: `X-Tidepool-Trace-Session`. */
  traceSession: string
}

/** One request, before it is known with which token it goes. */
export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path with names in braces: `/data/{userId}`. */
  route: string
  /** What stands for the names. */
  params?: Record<string, string>
  /** Parameters without a value are left out. */
  query?: Record<string, string | undefined>
  headers?: Record<string, string>
  /** JSON, in UTF-8. */
  body?: Uint8Array<ArrayBuffer>
  /** What a status means on this route, where that differs from its usual meaning. */
  kinds?: Partial<Record<number, ErrorKind>>
}

/** A 2xx answer that has come whole. */
export interface Answer extends RawAnswer {
  /** The body as JSON; throws kind `unexpected-answer` when it is none. */
  json(): unknown
  /** The error that this answer is to a caller that expected another. */
  unexpected(happened: string): TidegaugeError
}

/** A 2xx answer whose body is still coming. Must be closed. */
export interface OpenAnswer {
  status: number
  /** The body as it comes; throws `timeout` when nothing comes for the time limit, `truncated` when it is cut off. */
  bytes(): AsyncGenerator<Uint8Array>
  /** An error about this request. */
  failure(kind: ErrorKind, happened: string, cause?: unknown): TidegaugeError
  /** Give up what has not come yet, and the timer. */
  close(): void
}

/**
 * Send one request once and take its whole answer, both within the time limit. Throws a `TidegaugeError` for
 * anything but a 2xx answer.
 */
export async function send(
  transport: Transport,
  request: Request,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const exchange = new Exchange(transport, request, signal)
  try {
    const answer = await exchange.whole(token)
    if (answer.status < 200 || answer.status > 299) throw exchange.refusal(answer)
    const unexpected = (happened: string) => failure('unexpected-answer', exchange.name, happened)
    return { ...answer, json: () => parseJson(answer.text, unexpected), unexpected }
  } finally {
    exchange.close()
  }
}

/** Send one request once and take its answer as it is, whatever its status. */
export async function sendRaw(
  transport: Transport,
  request: Request,
  signal: AbortSignal | undefined,
): Promise<RawAnswer> {
  const exchange = new Exchange(transport, request, signal)
  try {
    return await exchange.whole(undefined)
  } finally {
    exchange.close()
  }
}

/** Send one request once and take its body as it comes. The time limit holds for each wait, not for the whole. */
export async function sendForStream(
  transport: Transport,
  request: Request,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenAnswer> {
  const exchange = new Exchange(transport, request, signal)
  try {
    const response = await exchange.begin(token)
    if (!response.ok) throw exchange.refusal(await exchange.read(response))
    exchange.stopTimer()
    return {
      status: response.status,
      bytes: () => exchange.bytes(response, { timeEachWait: true }),
      failure: (kind, happened, cause) => failure(kind, exchange.name, happened, cause),
      close: () => exchange.close(),
    }
  } catch (error) {
    exchange.close()
    throw error
  }
}

/** A JSON value as a request's body. */
export function jsonBody(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value))
}

/**
 * The base URL in the form that `Transport` wants.
 *
 * Throws kind `usage` when it is no http(s) address, or one that holds a password, a query or a fragment.
 */
export function parseBaseUrl(baseUrl: string): string {
  const url = URL.parse(baseUrl)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TidegaugeError('usage', 'The base URL must be an address that begins with http:// or https://.')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TidegaugeError('usage', 'The base URL must hold no user name, password, "?" or "#".')
  }
  return url.href.replace(/\/+$/, '')
}

function parseJson(text: string, unexpected: (happened: string) => TidegaugeError): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold values or a token.
    throw unexpected(isWebPage(text) ? 'The answer is a web page.' : 'The answer is not JSON.')
  }
}
