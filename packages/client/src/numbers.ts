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
  { userId, from, to, timeZone, units, binMinutes, percentiles, signal }: ProfileOptions,
): Promise<NumbersAnswer> {
  const query = {
    from: from?.toISOString(),
    to: to?.toISOString(),
    timeZone,
    units,
    binMinutes: binMinutes?.toString(),
    percentiles: percentiles?.join(','),
  }
  const said = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const answer = await connection.call(
    {
      method: 'GET',
      route: `/v1/users/{userId}/${name}`,
      params: { userId: await connection.userId(userId, signal) },
      query: Object.fromEntries(said),
    },
    { safe: true, signal },
  )
  const body = answer.json()
  if (!isNumbers(body)) throw answer.unexpected('The answer has no numbers.')
  return body
}

function isNumbers(value: unknown): value is NumbersAnswer {
  return isObject(value) && typeof value.n === 'number' && isObject(value.window)
}
