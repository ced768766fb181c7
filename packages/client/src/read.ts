import type { Connection } from './connection.ts'
import { TidegaugeError } from './errors.ts'
import { isObject } from './faults.ts'
import { JsonArraySplitter } from './json-array.ts'
import type { OpenAnswer, Request } from './request.ts'

/** A record as the server gives it back: glucose in mmol/L, `time` in UTC. */
export interface Datum {
  type: string
  id?: string
  uploadId?: string
  time?: string
  [field: string]: unknown
}

/** Which records to read; every filter that is given must match (http.md §5.1). */
export interface ReadDataOptions {
  /** Any of these types; none named: all, `upload` (the data sets themselves) among them. */
  types?: readonly string[] | undefined
  /** Any of these values of `subType`. */
  subTypes?: readonly string[] | undefined
  /** Earliest `time`, inclusive; a string is RFC 3339 with a zone. */
  from?: Date | string | undefined
  /** Latest `time`, inclusive. */
  to?: Date | string | undefined
  deviceId?: string | undefined
  dataSetId?: string | undefined
  /** Only the newest record of each type. */
  latest?: boolean | undefined
  /** Whether to show records that came by way of CareLink; unset: the server decides. */
  carelink?: boolean | undefined
  /** Whether cloud sources hide other cbg in their time; unset: the server decides. */
  cbgFilter?: boolean | undefined
  /** Whether to show pump records that Loop recorded as well; unset: the server decides. */
  medtronic?: boolean | undefined
  /** Whose; default: the session's own account. */
  userId?: string | undefined
  signal?: AbortSignal | undefined
}

/**
 * The records of `GET /data/{userId}` as they come, one in memory at a time (http.md §5.1).
 *
 * Throws kind `truncated` when the answer ends before its array does, and `unexpected-answer` when it is no array
 * of records; records before that point have been yielded.
 */
export async function* readData(connection: Connection, options: ReadDataOptions): AsyncGenerator<Datum> {
  const { signal } = options
  const request: Request = {
    method: 'GET',
    route: '/data/{userId}',
    params: { userId: await connection.userId(options.userId, signal) },
    query: queryOf(options),
  }
  const answer = await connection.stream(request, { safe: true, signal })
  try {
    const splitter = new JsonArraySplitter()
    for await (const text of textOf(answer)) {
      for (const element of split(splitter, text, answer)) yield datumOf(element, answer)
    }
    if (!splitter.complete) throw answer.failure('truncated', 'The answer ended before its last record.')
  } finally {
    answer.close()
  }
}

function queryOf(options: ReadDataOptions): Record<string, string | undefined> {
  return {
    type: options.types?.join(',') || undefined,
    subType: options.subTypes?.join(',') || undefined,
    startDate: timeOf(options.from),
    endDate: timeOf(options.to),
    deviceId: options.deviceId,
    uploadId: options.dataSetId,
    latest: options.latest ? 'true' : undefined,
    carelink: options.carelink?.toString(),
    cbgFilter: options.cbgFilter?.toString(),
    medtronic: options.medtronic?.toString(),
  }
}

function timeOf(time: Date | string | undefined): string | undefined {
  if (!(time instanceof Date)) return time
  if (Number.isNaN(time.getTime())) throw new TidegaugeError('usage', 'A time to read from or to is no time.')
  return time.toISOString()
}

async function* textOf(answer: OpenAnswer): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch {
      // Cut inside a character, or other bytes than UTF-8; the decoder's own error says no more.
      const [kind, happened] = bytes === undefined ? cutOff : notText
      throw answer.failure(kind, happened)
    }
  }
  for await (const bytes of answer.bytes()) yield decode(bytes)
  yield decode()
}

const cutOff = ['truncated', 'The answer ended inside a character.'] as const
const notText = ['unexpected-answer', 'The answer is not UTF-8.'] as const

function split(splitter: JsonArraySplitter, text: string, answer: OpenAnswer): string[] {
  try {
    return splitter.push(text)
  } catch (error) {
    throw answer.failure('unexpected-answer', 'The answer is not a JSON array.', error)
  }
}

function datumOf(element: string, answer: OpenAnswer): Datum {
  const value = parse(element)
  if (!isDatum(value))
    throw answer.failure('unexpected-answer', 'The answer holds something that is no record.')
  return value
}

function isDatum(value: unknown): value is Datum {
  return isObject(value) && typeof value.type === 'string'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes values.
    return undefined
  }
}
