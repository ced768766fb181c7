import {
  type Amount,
  type ArrivalHour,
  type GlucoseHour,
  HOUR_MS,
  type RangeName,
  rangeNames,
  type Total,
} from './hours.ts'

/** The periods of a summary: so many days back from the newest hour with data (data-sets.md §11.3). */
export const periodDays = [1, 7, 14, 30] as const
export type PeriodKey = `${(typeof periodDays)[number]}d`

/** Numbers that are 0 are not there. Percentages are fractions. */
export interface RangeJson {
  glucose?: number
  minutes?: number
  records?: number
  percent?: number
  variance?: number
}

export type PeriodNumbers = { total: RangeJson } & Record<RangeName, RangeJson> & {
    min?: number
    max?: number
    hoursWithData?: number
    daysWithData?: number
    averageGlucoseMmol?: number
    glucoseManagementIndicator?: number
    coefficientOfVariation?: number
    standardDeviation?: number
    averageDailyRecords?: number
  }

export interface GlucosePeriod extends PeriodNumbers {
  /** What changed against the period of the same length before; nothing there counts as 0. */
  delta: PeriodNumbers
}

export interface ArrivalPeriod {
  realtime: RangeJson
  deferred: RangeJson
  total: RangeJson
  averageDailyRecords?: number
}

const DAY_MS = 24 * HOUR_MS

/** @param hours In whatever order; at least one. */
export function glucosePeriods(hours: readonly GlucoseHour[]): Record<PeriodKey, GlucosePeriod> {
  return periods(hours, (days, within, before) => {
    const current = finished(within, days)
    return { ...current.json, delta: differences(current, finished(before, days)) }
  })
}

/** @param hours In whatever order; at least one. */
export function arrivalPeriods(hours: readonly ArrivalHour[]): Record<PeriodKey, ArrivalPeriod> {
  return periods(hours, (days, within) => {
    const realtime = sum(within, ({ realtime }) => realtime)
    const deferred = sum(within, ({ deferred }) => deferred)
    const total = realtime + deferred
    const share = (records: number) => withoutZeros({ records, percent: total === 0 ? 0 : records / total })
    return {
      realtime: share(realtime),
      deferred: share(deferred),
      total: withoutZeros({ records: total }),
      ...withoutZeros({ averageDailyRecords: total / days }),
    }
  })
}

function periods<Hour extends { hourMs: number }, P>(
  hours: readonly Hour[],
  make: (days: number, within: Hour[], before: Hour[]) => P,
): Record<PeriodKey, P> {
  const newest = hours.toSorted((a, b) => b.hourMs - a.hourMs)
  const endMs = newest[0]?.hourMs ?? 0
  const since = (days: number, untilMs: number) =>
    newest.filter(({ hourMs }) => hourMs > endMs - days * DAY_MS && hourMs <= untilMs)
  const entries = periodDays.map((days) => [
    `${days}d`,
    make(days, since(days, endMs), since(2 * days, endMs - days * DAY_MS)),
  ])
  return Object.fromEntries(entries)
}

/** Everything of a period before zeros are left out. */
interface Finished {
  json: PeriodNumbers
  ranges: Record<RangeName | 'total', Amount & { percent: number }>
  numbers: Numbers
}

interface Numbers {
  min: number
  max: number
  hoursWithData: number
  daysWithData: number
  averageGlucoseMmol: number
  glucoseManagementIndicator: number
  coefficientOfVariation: number
  standardDeviation: number
  averageDailyRecords: number
}

/** @param hours Newest first. */
function finished(hours: readonly GlucoseHour[], days: number): Finished {
  const total = hours.reduce<Total>((merged, { total }) => merge(merged, total), {
    minutes: 0,
    records: 0,
    glucose: 0,
    variance: 0,
  })
  const { minutes, records, glucose, variance } = total
  const isTimed = minutes > 0
  const weight = isTimed ? minutes : records
  const percentOf = (range: Amount) => (weight === 0 ? 0 : (isTimed ? range.minutes : range.records) / weight)
  const ranges = Object.fromEntries(
    rangeNames.map((name) => {
      const range = {
        minutes: sum(hours, ({ ranges }) => ranges[name]?.minutes ?? 0),
        records: sum(hours, ({ ranges }) => ranges[name]?.records ?? 0),
      }
      return [name, { ...range, percent: percentOf(range) }]
    }),
  ) as Record<RangeName, Amount & { percent: number }>
  const totalPercent = isTimed ? minutes / (days * 24 * 60) : 0
  const average = weight === 0 ? 0 : glucose / weight
  const sd = weight === 0 ? 0 : Math.sqrt(variance / weight)
  const numbers: Numbers = {
    min: hours.length === 0 ? 0 : Math.min(...hours.map(({ min }) => min)),
    max: hours.length === 0 ? 0 : Math.max(...hours.map(({ max }) => max)),
    hoursWithData: hours.length,
    daysWithData: daysOf(hours),
    averageGlucoseMmol: average,
    glucoseManagementIndicator: isTimed ? managementIndicator(average) : 0,
    coefficientOfVariation: average === 0 ? 0 : sd / average,
    standardDeviation: sd,
    averageDailyRecords: records / days,
  }
  const rangesJson = Object.fromEntries(
    rangeNames.map((name) => [name, withoutZeros(ranges[name])]),
  ) as Record<RangeName, RangeJson>
  return {
    json: {
      total: withoutZeros({ glucose, minutes, records, percent: totalPercent, variance }),
      ...rangesJson,
      ...withoutZeros(numbers),
    },
    ranges: { ...ranges, total: { minutes, records, percent: totalPercent } },
    numbers,
  }
}

function differences(current: Finished, before: Finished): PeriodNumbers {
  const range = (name: RangeName | 'total') => {
    const [now, then] = [current.ranges[name], before.ranges[name]]
    return withoutZeros({
      minutes: now.minutes - then.minutes,
      records: now.records - then.records,
      percent: now.percent - then.percent,
    })
  }
  const names = Object.keys(current.numbers) as (keyof Numbers)[]
  const numbers = Object.fromEntries(
    names.map((name) => [name, current.numbers[name] - before.numbers[name]]),
  )
  const ranges = Object.fromEntries(rangeNames.map((name) => [name, range(name)])) as Record<
    RangeName,
    RangeJson
  >
  return { total: range('total'), ...ranges, ...withoutZeros(numbers as unknown as Numbers) }
}

/** Of two parts the sum of squared deviations (Chan et al. 1983). One that is empty adds nothing (rule D16). */
function merge(a: Total, b: Total): Total {
  const [na, nb] = a.minutes > 0 || b.minutes > 0 ? [a.minutes, b.minutes] : [a.records, b.records]
  const between = na > 0 && nb > 0 ? ((b.glucose / nb - a.glucose / na) ** 2 * na * nb) / (na + nb) : 0
  return {
    minutes: a.minutes + b.minutes,
    records: a.records + b.records,
    glucose: a.glucose + b.glucose,
    variance: a.variance + b.variance + between,
  }
}

/** From the newest on, a day begins with each hour that is at least 24 hours before the beginning of the one counted last. */
function daysOf(hours: readonly GlucoseHour[]): number {
  let days = 0
  let beginMs = Number.POSITIVE_INFINITY
  for (const { hourMs } of hours) {
    if (beginMs - hourMs < DAY_MS) continue
    days++
    beginMs = hourMs
  }
  return days
}

/** In percent, as the reference counts it: by way of mmol/mol, one decimal, half away from zero. */
function managementIndicator(meanMmolPerL: number): number {
  const mmolMol = 12.71 + 4.70587 * meanMmolPerL
  return Math.round((0.09148 * mmolMol + 2.152) * 10) / 10
}

function withoutZeros<T extends object>(numbers: T): Partial<T> {
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0)) as Partial<T>
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0)
}
