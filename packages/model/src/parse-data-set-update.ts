import { optional } from './fields/field.ts'
import { integer } from './fields/number.ts'
import { object } from './fields/object.ts'
import { oneOf, text, textOfAtLeast } from './fields/text.ts'
import { time } from './fields/time.ts'
import { parseStrictly } from './parse-strictly.ts'
import { timeZone } from './shapes/names.ts'
import type { Problem } from './wire.ts'

/** The body of `PUT /v1/data_sets/{dataSetId}` by a service (http.md §3.7). Its offsets are narrower than a create's. */
const update = object({
  deviceId: optional(text()),
  deviceModel: optional(textOfAtLeast(2)),
  deviceSerialNumber: optional(textOfAtLeast(2)),
  state: optional(oneOf('closed', 'open')),
  time: optional(time),
  timezone: optional(timeZone),
  timezoneOffset: optional(integer({ min: -720, max: 840 })), // minutes east of UTC
})

/** What a service changes of a continuous data set. `closed` is for good; `open` is what it is already. */
export interface DataSetUpdate {
  deviceId?: string
  deviceModel?: string
  deviceSerialNumber?: string
  state?: 'closed' | 'open'
  time?: string
  timezone?: string
  timezoneOffset?: number
}

/** Reads a change of a continuous data set, or tells all that is wrong with it. @param body What `JSON.parse` gave. */
export function parseDataSetUpdate(
  body: unknown,
): { fields: DataSetUpdate } | { problems: Problem[] } | 'not-an-object' {
  const parsed = parseStrictly(update, body)
  return parsed === 'not-an-object' || 'problems' in parsed ? parsed : { fields: parsed.read }
}
