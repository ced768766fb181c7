import { parseTime } from '@tidegauge/model'
import { Refused } from '../failure.ts'
import type { ReadRequest } from '../query/read-data.ts'
import { parseBoolean } from './query-string.ts'

const INT32 = { min: -2_147_483_648, max: 2_147_483_647 }

/**
 * The parameters of `GET /data/{userId}` (http.md §5.1): unknown ones are ignored, unreadable ones refused. Of a
 * repeated one the first counts, of a boolean or a number the last.
 */
export function readParameters(query: URLSearchParams): ReadRequest {
  const list = (...names: string[]) => {
    const text = names.map((name) => query.get(name)).find((value) => value)
    const items = text?.split(',').filter((item) => item !== '')
    return items && items.length > 0 ? items : undefined
  }
  const time = (name: string) => {
    const text = query.get(name)
    if (!text) return undefined
    return parseTime(text) ?? refuse(name)
  }
  const flag = (name: string) => {
    const text = query.getAll(name).at(-1)
    if (text === undefined) return undefined
    return parseBoolean(text) ?? refuse(name)
  }
  const integer = (name: string) => {
    const text = query.getAll(name).at(-1)
    if (text === undefined) return undefined
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
    return value >= INT32.min && value <= INT32.max ? value : refuse(name)
  }
  const request: ReadRequest = {
    latest: flag('latest') ?? false,
    // `dexcom` is the older word for the opposite, and is looked at only without the newer one.
    cloud: query.has('cbgFilter') ? !flag('cbgFilter') : (flag('dexcom') ?? false),
  }
  return {
    ...request,
    ...known({
      types: list('type'),
      subTypes: list('subType', 'subtype'),
      fromMs: time('startDate'),
      toMs: time('endDate'),
      deviceId: query.get('deviceId') || undefined,
      dataSetId: query.get('uploadId') || undefined,
      carelink: flag('carelink'),
      medtronic: flag('medtronic'),
      sampleIntervalMinimumMs: integer('sampleIntervalMinimum'),
      dosingReasons: list('dosingDecision.reason'),
    }),
  }
}

type Known<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without the keys that have no value. */
function known<T extends object>(some: T): Known<T> {
  return Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)) as Known<T>
}

function refuse(parameter: string): never {
  const words = { code: 'value-not-valid', title: 'value is not valid', detail: 'value is not valid' }
  throw new Refused({ kind: 'invalid-query', faults: [{ ...words, parameter }] })
}
