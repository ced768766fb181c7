import { MG_PER_DL_PER_MMOL_PER_L } from '@tidegauge/model'
import { type Day, daily } from './daily.ts'
import { type Distribution, distribution } from './distribution.ts'
import { type AllEpisodes, episodes } from './episodes.ts'
import { grid } from './grid.ts'
import { type DoseRecord, type Insulin, insulin } from './insulin.ts'
import { mage } from './mage.ts'
import { type GlucoseUnits, type TimeInRanges, timeInRanges } from './ranges.ts'
import { type GlucoseRecord, inSpan, prepare } from './readings.ts'
import { conga, mag, modd } from './variability.ts'
import { wallClock } from './wall-clock.ts'
import { type Wear, wear } from './wear.ts'

/** What the numbers of a span of time are about. */
export interface Window {
  /** RFC 3339. */
  from: string
  /** RFC 3339, exclusive. */
  to: string
  /** IANA name: of the wall clock for days and hours. */
  timeZone: string
}

export interface StatsWindow {
  fromMs: number
  /** Exclusive. */
  toMs: number
  timeZone: string
}

export interface StatsRecords {
  /** Of type `cbg`, in whatever order. */
  cbg: Iterable<GlucoseRecord>
  /** Of type `smbg`. */
  smbg: Iterable<GlucoseRecord>
  /** `basal` that reaches into the window, `bolus`, `insulin`, `wizard`, `food`. */
  doses: Iterable<DoseRecord>
}

/** What a meter tells: it is read now and then, so nothing that is about time. */
export type MeterStats = Pick<Distribution, 'n' | 'mean' | 'median' | 'sd' | 'cv' | 'min' | 'max'> & {
  tir: TimeInRanges | null
  tirRoundedMgdl: TimeInRanges | null
  tirRoundedMmol: TimeInRanges | null
}

/**
 * Every number of a window. Glucose is in `units`, not rounded; percentages are 0 to 100; null is a number that there
 * are too few readings for, and `reasons` says why.
 */
export interface Stats extends Distribution {
  window: Window
  units: GlucoseUnits
  /** Ranges as somebody reads them in mg/dL. */
  tirRoundedMgdl: TimeInRanges | null
  /** And in mmol/L. */
  tirRoundedMmol: TimeInRanges | null
  sensor: Wear
  gridMinutes: number | null
  mage: number | null
  modd: number | null
  conga1: number | null
  conga2: number | null
  conga24: number | null
  mag: number | null
  episodes: AllEpisodes
  daily: Record<string, Day>
  insulin: Insulin | null
  meter: MeterStats | null
  /** Records that the numbers leave out. */
  excluded: { duplicates: number; invalid: number; meterInvalid: number }
  /** Why a number is null, or (`gmi`) should not be shown; by its key. */
  reasons: Record<string, string>
}

/** The definitions are those of metrics.md. @throws {RangeError} There is no such time zone. */
export function stats(
  records: StatsRecords,
  { fromMs, toMs, timeZone }: StatsWindow,
  units: GlucoseUnits,
): Stats {
  const clock = wallClock(timeZone)
  const { readings, excluded } = prepare(inSpan(records.cbg, fromMs, toMs))
  const own = grid(readings, clock)
  const fine = grid(readings, clock, 5)
  const numbers = {
    ...distribution(readings),
    tirRoundedMgdl: timeInRanges(readings, 'mg/dL'),
    tirRoundedMmol: timeInRanges(readings, 'mmol/L'),
    sensor: wear(readings),
    gridMinutes: own?.stepMinutes ?? null,
    mage: fine ? mage(fine.values) : null,
    modd: own ? modd(own) : null,
    conga1: own ? conga(own, 1) : null,
    conga2: own ? conga(own, 2) : null,
    conga24: own ? conga(own, 24) : null,
    mag: own ? mag(own) : null,
    episodes: episodes(readings),
    daily: daily(readings, clock),
  }
  const meter = meterStats(inSpan(records.smbg, fromMs, toMs))
  return {
    window: {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      timeZone,
    },
    units,
    ...inUnits(numbers, units),
    daily: Object.fromEntries(
      Object.entries(numbers.daily).map(([date, day]) => [date, inUnits(day, units)]),
    ),
    insulin: insulin(records.doses, { fromMs, toMs }, clock),
    meter: meter.stats && inUnits(meter.stats, units),
    excluded: { ...excluded, meterInvalid: meter.invalid },
    reasons: reasonsOf(numbers),
  }
}

function meterStats(records: readonly GlucoseRecord[]): { stats: MeterStats | null; invalid: number } {
  // Every reading counts, and counts alike.
  const spread = records.map((record) => ({ ...record, sampleInterval: 1 }))
  const { readings, excluded } = prepare(spread)
  const { invalid } = excluded
  if (readings.timesMs.length === 0) return { stats: null, invalid }
  const { n, mean, median, sd, cv, min, max, tir } = distribution(readings)
  const rounded = {
    tirRoundedMgdl: timeInRanges(readings, 'mg/dL'),
    tirRoundedMmol: timeInRanges(readings, 'mmol/L'),
  }
  return { stats: { n, mean, median, sd, cv, min, max, tir, ...rounded }, invalid }
}

/** Those that are a concentration, or a difference of two. */
const CONCENTRATIONS: ReadonlySet<string> = new Set([
  'mean',
  'median',
  'sd',
  'min',
  'max',
  'p5',
  'q1',
  'q3',
  'p95',
  'mage',
  'modd',
  'conga1',
  'conga2',
  'conga24',
  'mag',
])

function inUnits<T extends object>(numbers: T, units: GlucoseUnits): T {
  if (units === 'mg/dL') return numbers
  const converted = Object.entries(numbers).map(([key, value]) => [
    key,
    CONCENTRATIONS.has(key) && typeof value === 'number' ? value / MG_PER_DL_PER_MMOL_PER_L : value,
  ])
  return Object.fromEntries(converted) as T
}

const NO_READINGS = 'no readings in this window'
const reasonFor: Readonly<Record<string, string>> = {
  sd: 'needs at least two readings',
  cv: 'needs at least two readings',
  jIndex: 'needs at least two readings',
  gridMinutes: 'needs at least two readings',
  mage: 'no rise or fall of at least one standard deviation, or less than 2 h 40 min of readings without a gap',
  modd: 'needs readings at the same time of two following days',
  conga1: 'needs readings one hour apart',
  conga2: 'needs readings two hours apart',
  conga24: 'needs readings at the same time of two following days',
  mag: 'needs readings without a gap',
  lbgi: 'needs a reading above 1 mg/dL',
  hbgi: 'needs a reading above 1 mg/dL',
}

function reasonsOf(numbers: { n: number; sensor: Wear }): Record<string, string> {
  const missing = Object.entries(numbers)
    .filter(([, value]) => value === null)
    .map(([key]) => [key, numbers.n === 0 ? NO_READINGS : (reasonFor[key] ?? NO_READINGS)] as const)
  const { last14dPercent, sufficient14d70 } = numbers.sensor
  const unsure =
    numbers.n > 0 && !sufficient14d70
      ? `should not be shown: there are ${(last14dPercent ?? 0).toFixed(0)} percent of the readings of 14 days, and it needs 70`
      : undefined
  return Object.fromEntries(unsure === undefined ? missing : [...missing, ['gmi', unsure]])
}
