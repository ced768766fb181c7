import type { TNumber, TOptional } from 'typebox'
import { defineType, type InputOf } from '../define-type.ts'
import { dependent, type Field, optional } from '../fields/field.ts'
import { list } from '../fields/list.ts'
import { boolean, byUnits, integer, number, type Range } from '../fields/number.ts'
import { integerOneOf, numberOneOf } from '../fields/number-choice.ts'
import { object } from '../fields/object.ts'
import { oneOf, text, textLike } from '../fields/text.ts'
import { sortByBytes, textList } from '../fields/text-list.ts'
import { deviceFields } from '../shapes/device.ts'
import { upToHours } from '../shapes/duration.ts'
import { convert, glucoseUnits, inUnits, settleUnits } from '../shapes/glucose.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

const snooze = object({
  duration: number(byUnits('units', upToHours(10))),
  units: oneOf('hours', 'minutes', 'seconds'),
})

/** An alert at some limit. It has its own unit, which is never converted. */
function alertAt<Limit extends string, Unit extends string>(
  limit: Limit,
  ranges: Readonly<Record<Unit, Range>>,
) {
  const itsLimit = { [limit]: optional(number(byUnits('units', ranges))) } as Record<
    Limit,
    Field<TOptional<TNumber>>
  >
  return object({
    enabled: boolean,
    snooze: optional(snooze),
    units: dependent(
      (it) => (it[limit] === undefined ? 'forbidden' : 'required'),
      oneOf(...(Object.keys(ranges) as Unit[])),
    ),
    ...itsLimit,
  })
}

const urgentLow = alertAt('level', { 'mg/dL': [40, 80], 'mmol/L': [2.2203, 4.4406] })
const low = alertAt('level', { 'mg/dL': [50, 150], 'mmol/L': [2.77537, 8.32612] })
const high = alertAt('level', { 'mg/dL': [100, 400], 'mmol/L': [5.55075, 22.20299] })
/** Rise and fall both have positive rates. */
const rate = alertAt('rate', { 'mmol/L/minute': [0.05551, 0.55507], 'mg/dL/minute': [0, 10] })
const duration = alertAt('duration', upToHours(6))

const alerts = object({
  enabled: boolean,
  urgentLow: optional(urgentLow),
  urgentLowPredicted: optional(urgentLow),
  low: optional(low),
  lowPredicted: optional(low),
  high: optional(high),
  highPredicted: optional(high),
  fall: optional(rate),
  rise: optional(rate),
  noData: optional(duration),
  outOfRange: optional(duration),
})

const days = oneOf('sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday')

const scheduledAlert = object({
  name: optional(text({ max: 100 })),
  days: textList(days, { unique: true, mayBeEmpty: true }),
  start: integer({ min: 0, max: DAY_MS }), // after midnight
  end: integer({ min: 0, max: 2 * DAY_MS }),
  alerts,
})

// ---------------------------------------------------------------------- the older shape: one unit for all, converted

/** Every five minutes from `first` to `last`. */
function everyFiveMinutes(first: number, last: number): number[] {
  return Array.from({ length: (last - first) / 5 + 1 }, (_, n) => (first + n * 5) * MINUTE_MS)
}

/** What devices offered, in minutes: 0, 15, 20, 25 and so on to 4 h, and then four longer ones. */
const levelSnooze = integerOneOf(
  0,
  ...everyFiveMinutes(15, 240),
  ...[255, 270, 285, 300].map((minutes) => minutes * MINUTE_MS),
)

function olderLevelAlert(ranges: Readonly<Record<'mg/dL' | 'mmol/L', Range>>) {
  const inEitherSpelling = { ...ranges, 'mg/dl': ranges['mg/dL'], 'mmol/l': ranges['mmol/L'] }
  return object({ enabled: boolean, level: number(byUnits(inUnits, inEitherSpelling)), snooze: levelSnooze })
}

/** 2 and 3 mg/dL a minute, falling or rising. Here mmol/L are not rounded. */
function olderRateAlert(mgPerDl: readonly number[]) {
  const mmolPerL = mgPerDl.map((rate) => OLDER_MMOL_PER_L[Math.abs(rate) as 2 | 3] * Math.sign(rate))
  return object({
    enabled: boolean,
    rate: numberOneOf(inUnits, {
      'mg/dL': mgPerDl,
      'mg/dl': mgPerDl,
      'mmol/L': mmolPerL,
      'mmol/l': mmolPerL,
    }),
  })
}

const OLDER_MMOL_PER_L = { 2: 0.11101495982091067, 3: 0.16652243973136602 }

/** The settings of a continuous glucose meter. */
export const cgmSettings = defineType({
  name: 'cgmSettings',
  fields: {
    ...deviceFields,
    transmitterId: optional(
      textLike('as transmitter id', /^(?:[0-9a-zA-Z]{5,64})?$/, { emptyIsNot: 'valid' }),
    ),
    units: optional(glucoseUnits),
    defaultAlerts: optional(alerts),
    scheduledAlerts: optional(list(scheduledAlert, { max: 10 })),
    highAlerts: optional(olderLevelAlert({ 'mg/dL': [100, 400], 'mmol/L': [5.55075, 22.20299] })),
    lowAlerts: optional(olderLevelAlert({ 'mg/dL': [59, 150], 'mmol/L': [3.27494, 8.32612] })),
    outOfRangeAlerts: optional(
      // The second is one minute: the reference has it so, perhaps for ten.
      object({ enabled: boolean, snooze: integerOneOf(0, MINUTE_MS, ...everyFiveMinutes(20, 240)) }),
    ),
    rateOfChangeAlerts: optional(
      object({ fallRate: olderRateAlert([-3, -2]), riseRate: olderRateAlert([2, 3]) }),
    ),
  },
  normalize(settings) {
    if (settings.manufacturers) sortByBytes(settings.manufacturers)
    const sent = settleUnits(settings, 'units')
    if (sent !== undefined) {
      convert(settings.highAlerts, 'level')
      convert(settings.lowAlerts, 'level')
      convert(settings.rateOfChangeAlerts?.fallRate, 'rate')
      convert(settings.rateOfChangeAlerts?.riseRate, 'rate')
    }
    renameRateAlerts(settings)
    return sent
  },
})

/** They come in as `rateOfChangeAlerts` and are kept as `rateOfChangeAlert`: readers know them by that name. */
function renameRateAlerts(settings: { rateOfChangeAlerts?: object; rateOfChangeAlert?: object }): void {
  if (settings.rateOfChangeAlerts === undefined) return
  settings.rateOfChangeAlert = settings.rateOfChangeAlerts
  delete settings.rateOfChangeAlerts
}

export type CgmSettings = InputOf<typeof cgmSettings>
