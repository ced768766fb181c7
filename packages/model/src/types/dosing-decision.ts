import { defineType, type InputOf } from '../define-type.ts'
import { dependent, type Members, optional } from '../fields/field.ts'
import { metadata } from '../fields/free-form.ts'
import { list } from '../fields/list.ts'
import { integer, number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { schedule } from '../fields/schedule.ts'
import { oneOf, text } from '../fields/text.ts'
import { anyTime } from '../fields/time.ts'
import { convert, glucoseIn, glucoseUnits, inUnitsBg, settleUnits } from '../shapes/glucose.ts'
import { convertTarget, glucoseTargetFields } from '../shapes/glucose-target.ts'
import { nutrition } from '../shapes/nutrition.ts'

const DAY_MS = 86_400_000
const WEEK_MINUTES = 7 * 24 * 60
/** One reading a minute. */
const READINGS_OF_A_DAY = 24 * 60

const units = number({ min: 0, max: 100 })

const food = object({ time: optional(anyTime), nutrition })

const reading = object({ time: anyTime, value: glucoseIn(inUnitsBg) })
/** What glucose is thought to become has no limits, and may come without its time. */
const forecast = object({ time: optional(anyTime), value: number() })

const unlessAmount = ({ amount }: Members) => (amount === undefined ? 'optional' : 'forbidden')

/** Either an amount, or what it is made up of. */
const bolus = object(
  {
    amount: optional(units),
    duration: dependent(
      ({ amount, extended }) => (amount === undefined && extended !== undefined ? 'required' : 'forbidden'),
      integer({ min: 0, max: DAY_MS }),
    ),
    extended: dependent(unlessAmount, units),
    normal: dependent(unlessAmount, units),
  },
  { anyOf: ['amount', 'extended', 'normal'] },
)

const issues = list(object({ id: text({ max: 100 }), metadata: optional(metadata) }), { max: 100 })

/** What a closed loop or a calculator knew, and what it decided by it. */
export const dosingDecision = defineType({
  name: 'dosingDecision',
  fields: {
    reason: text({ max: 100 }),
    originalFood: optional(food),
    food: optional(food),
    smbg: optional(reading),
    carbsOnBoard: optional(object({ time: optional(anyTime), amount: number({ min: 0, max: 1000 }) })),
    insulinOnBoard: optional(object({ time: optional(anyTime), amount: number({ min: -1000, max: 1000 }) })),
    bgTargetSchedule: optional(schedule(glucoseTargetFields(inUnitsBg))),
    bgHistorical: optional(list(reading, { max: READINGS_OF_A_DAY })),
    bgForecast: optional(list(forecast, { max: READINGS_OF_A_DAY })),
    recommendedBasal: optional(object({ rate: units, duration: optional(integer({ min: 0, max: DAY_MS })) })),
    recommendedBolus: optional(bolus),
    requestedBolus: optional(bolus),
    warnings: optional(issues),
    errors: optional(issues),
    scheduleTimeZoneOffset: optional(integer({ min: -WEEK_MINUTES, max: WEEK_MINUTES })),
    units: object({ bg: glucoseUnits, carb: oneOf('exchanges', 'grams'), insulin: oneOf('Units') }),
  },
  normalize({ units, smbg, bgTargetSchedule = [], bgHistorical = [], bgForecast = [] }) {
    const sent = settleUnits(units, 'bg')
    if (sent !== undefined) {
      for (const one of [smbg, ...bgHistorical, ...bgForecast]) convert(one, 'value')
      bgTargetSchedule.forEach(convertTarget)
    }
    return sent
  },
})

export type DosingDecision = InputOf<typeof dosingDecision>
