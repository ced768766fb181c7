import { optional } from './fields/field.ts'
import { metadata } from './fields/free-form.ts'
import { list } from './fields/list.ts'
import { integer } from './fields/number.ts'
import { exactly, text } from './fields/text.ts'
import { textList } from './fields/text-list.ts'
import { time } from './fields/time.ts'
import { association } from './shapes/association.ts'
import { location } from './shapes/location.ts'
import { datumId, localTime, timeZone } from './shapes/names.ts'
import { origin } from './shapes/origin.ts'

const DAY_MS = 86_400_000
const WEEK_MINUTES = 7 * 24 * 60

/** Notes that people and programs hang on a datum: `[{"code": "bg/out-of-range", "value": "low"}]`. Any JSON. */
export const annotations = list(metadata, { max: 100 })

/** How far a clock was off, in milliseconds. */
export const clockDriftOffset = integer({ min: -DAY_MS, max: DAY_MS })
/** Milliseconds between device time and time that no zone explains. */
export const conversionOffset = integer()
/** Minutes east of UTC. */
export const timezoneOffset = integer({ min: -WEEK_MINUTES, max: WEEK_MINUTES })

/** What every datum may carry, whatever its type (data-types.json `common`), in the order of their faults. */
export const baseFields = {
  annotations: optional(annotations),
  associations: optional(list(association, { max: 100 })),
  clockDriftOffset: optional(clockDriftOffset),
  conversionOffset: optional(conversionOffset),
  deviceId: optional(text()),
  deviceTime: optional(localTime),
  id: optional(datumId),
  location: optional(location),
  notes: optional(textList(text({ max: 1000 }), { max: 100, mayBeEmpty: true })),
  origin: optional(origin),
  payload: optional(metadata),
  source: optional(exactly('carelink')),
  tags: optional(textList(text({ max: 100 }), { max: 100, unique: true })),
  time,
  timezone: optional(timeZone),
  timezoneOffset: optional(timezoneOffset),
}
