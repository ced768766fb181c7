import type { CallOptions } from './client.ts'
import type { Connection } from './connection.ts'
import { isObject } from './faults.ts'

/** A window of somebody's data; what is not said depends on what they have. */
export interface NumbersOptions extends CallOptions {
  userId?: string | undefined
  from?: Date | undefined
  /** Exclusive. */
  to?: Date | undefined
  /** IANA name. */
  timeZone?: string | undefined
  units?: 'mg/dL' | 'mmol/L' | undefined
}

export interface ProfileOptions extends NumbersOptions {
  /** A divisor of the day, 5 to 120. */
  binMinutes?: number | undefined
  /** 0 to 100, ascending. */
  percentiles?: readonly number[] | undefined
  /** Only these days of the local week, ascending, 1 is Monday. */
  weekdays?: readonly number[] | undefined
}

export interface SeriesOptions extends NumbersOptions {
  /** How long a piece is, 1 to 1440; so that there are a thousand pieces at most, if not given. */
  bucketMinutes?: number | undefined
}

/** A long time in pieces: the least, the middle and the greatest value of each. */
export interface Series {
  window: { from: string; to: string }
  units: 'mg/dL' | 'mmol/L'
  bucketMinutes: number
  points: { time: string; n: number; min: number; median: number; max: number }[]
}

/** What both answers have; the rest is as docs/protocol/numbers.md says, and typed in `@tidegauge/stats`. */
export interface NumbersAnswer {
  window: { from: string; to: string; timeZone: string }
  units: 'mg/dL' | 'mmol/L'
  /** How many readings the numbers are of. */
  n: number
  [key: string]: unknown
}

/** `GET /v1/users/U/stats` or `/agp` of a Tidegauge; other servers know nothing of it. */
export async function numbers(
  connection: Connection,
  name: 'stats' | 'agp',
  options: ProfileOptions,
): Promise<NumbersAnswer> {
  const { binMinutes, percentiles, weekdays } = options
  const more = {
    binMinutes: binMinutes?.toString(),
    percentiles: percentiles?.join(','),
    weekdays: weekdays?.join(','),
  }
  const answer = await ask(connection, name, options, more)
  const body = answer.json()
  if (!isNumbers(body)) throw answer.unexpected('The answer has no numbers.')
  return body
}

/** `GET /v1/users/U/series` of a Tidegauge. */
export async function series(connection: Connection, options: SeriesOptions): Promise<Series> {
  const answer = await ask(connection, 'series', options, {
    bucketMinutes: options.bucketMinutes?.toString(),
  })
  const body = answer.json()
  if (!isObject(body) || !Array.isArray(body.points)) throw answer.unexpected('The answer has no points.')
  return body as unknown as Series
}

async function ask(
  connection: Connection,
  name: string,
  { userId, from, to, timeZone, units, signal }: NumbersOptions,
  more: Record<string, string | undefined>,
) {
  const query = {
    from: from?.toISOString(),
    to: to?.toISOString(),
    timeZone,
    units,
    ...more,
  }
  const said = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return connection.call(
    {
      method: 'GET',
      route: `/v1/users/{userId}/${name}`,
      params: { userId: await connection.userId(userId, signal) },
      query: Object.fromEntries(said),
    },
    { safe: true, signal },
  )
}

function isNumbers(value: unknown): value is NumbersAnswer {
  return isObject(value) && typeof value.n === 'number' && isObject(value.window)
}
