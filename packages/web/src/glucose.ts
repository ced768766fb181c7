import { MG_PER_DL_PER_MMOL_PER_L } from '@tidegauge/model'
import { asShown, bounds, type GlucoseUnits, type TargetGroup, type TimeInRanges } from '@tidegauge/stats'

/** The five ranges, from the top down as they are drawn. Sign and place say what the colour says. */
export const ranges = ['veryHigh', 'high', 'target', 'low', 'veryLow'] as const
export type RangeName = (typeof ranges)[number]

export const rangeWords: Readonly<Record<RangeName, { name: string; sign: string }>> = {
  veryHigh: { name: 'Very high', sign: '▲▲' },
  high: { name: 'High', sign: '▲' },
  target: { name: 'In target', sign: '●' },
  low: { name: 'Low', sign: '▼' },
  veryLow: { name: 'Very low', sign: '▼▼' },
}

/** Where the ranges part in these units. In pregnancy what is above the target is high, and nothing is very high. */
export function limitsOf(
  units: GlucoseUnits,
  aims: TargetGroup,
): { veryLow: number; low: number; high: number; veryHigh: number } {
  const { veryLow, low, high, veryHigh, pregnancyLow, tightHigh } = bounds[units]
  return isOfPregnancy(aims)
    ? { veryLow, low: pregnancyLow, high: tightHigh, veryHigh: Number.POSITIVE_INFINITY }
    : { veryLow, low, high, veryHigh }
}

/** In words. */
export function rangeSpans(units: GlucoseUnits, aims: TargetGroup): Record<RangeName, string> {
  const { veryLow, low, high, veryHigh } = limitsOf(units, aims)
  const [digits, step] = units === 'mg/dL' ? [0, 1] : [1, 0.1]
  const text = (value: number) => value.toFixed(digits)
  const isOpen = veryHigh === Number.POSITIVE_INFINITY
  return {
    veryHigh: `above ${text(veryHigh)}`,
    high: isOpen ? `above ${text(high)}` : `${text(high + step)}–${text(veryHigh)}`,
    target: `${text(low)}–${text(high)}`,
    low: `${text(veryLow)}–${text(low - step)}`,
    veryLow: `below ${text(veryLow)}`,
  }
}

/** Percent of the time in each range that there is, from the top down. */
export function percentsOf(tir: TimeInRanges, aims: TargetGroup): { range: RangeName; percent: number }[] {
  const { veryLow, pregnancyBelow63, pregnancyTarget63to140, pregnancyAbove140 } = tir
  if (!isOfPregnancy(aims)) return ranges.map((range) => ({ range, percent: tir[range] }))
  return [
    { range: 'high', percent: pregnancyAbove140 },
    { range: 'target', percent: pregnancyTarget63to140 },
    { range: 'low', percent: pregnancyBelow63 - veryLow },
    { range: 'veryLow', percent: veryLow },
  ]
}

/** What three words say of the same: below, in and above the target. */
export function threeOf(
  tir: TimeInRanges,
  aims: TargetGroup,
): { below: number; target: number; above: number } {
  return isOfPregnancy(aims)
    ? { below: tir.pregnancyBelow63, target: tir.pregnancyTarget63to140, above: tir.pregnancyAbove140 }
    : { below: tir.below70, target: tir.target, above: tir.above180 }
}

/** Theirs is another target. */
export function isOfPregnancy(aims: TargetGroup): boolean {
  return aims === 'pregnancyType1' || aims === 'pregnancy'
}

export function inUnits(mgPerDl: number, units: GlucoseUnits): number {
  return units === 'mg/dL' ? mgPerDl : mgPerDl / MG_PER_DL_PER_MMOL_PER_L
}

/** As people read it. */
export function glucoseText(mgPerDl: number, units: GlucoseUnits): string {
  return asShown(mgPerDl, units).toFixed(units === 'mg/dL' ? 0 : 1)
}

/** A reading as people read it: what its sensor cannot measure is a word, and no number. */
export function readingText(
  { mgPerDl, beyond }: { mgPerDl: number; beyond: 'LOW' | 'HIGH' | undefined },
  units: GlucoseUnits,
): string {
  return beyond ?? glucoseText(mgPerDl, units)
}

/** The same of a number that is in these units already. */
export function shown(value: number | null | undefined, units: GlucoseUnits): string {
  return value === null || value === undefined ? '–' : value.toFixed(units === 'mg/dL' ? 0 : 1)
}

/** By what people read. */
export function rangeOf(mgPerDl: number, units: GlucoseUnits, aims: TargetGroup): RangeName {
  const value = asShown(mgPerDl, units)
  const { veryLow, low, high, veryHigh } = limitsOf(units, aims)
  if (value < veryLow) return 'veryLow'
  if (value < low) return 'low'
  if (value <= high) return 'target'
  return value <= veryHigh ? 'high' : 'veryHigh'
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** A time as it stands on a wall in the zone. */
export function timeText(time: number | Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([zone, options])
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })
  formats.set(key, format)
  return format.format(time)
}

export const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' }
export const day: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' }
export const dayAndYear: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' }

const DAY_MS = 86_400_000

/** What the clock on the wall of the zone shows, as milliseconds since 1970 as if it were UTC; whole seconds. */
function wallMs(time: number | Date, zone: string): number {
  const parts = timeParts(time, zone)
  const of = (name: string) => Number(parts.find(({ type }) => type === name)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
}

function timeParts(time: number | Date, zone: string): Intl.DateTimeFormatPart[] {
  const key = `parts ${zone}`
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat('en', {
      ...{ timeZone: zone, hourCycle: 'h23' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  formats.set(key, format)
  return format.formatToParts(time)
}

/** `YYYY-MM-DD` of the wall clock. */
export function dateOf(time: number | Date, zone: string): string {
  return new Date(wallMs(time, zone)).toISOString().slice(0, 10)
}

/** The instant at which the clock of the zone shows a minute of a day; where it leaves that out, one close by. */
export function instantOf(date: string, minute: number, zone: string): Date {
  const wanted = Date.parse(`${date}T00:00:00Z`) + minute * 60_000
  // Each time by what the clock is off there; a second look is enough but for a change in between.
  let ms = wanted
  for (let turn = 0; turn < 3; turn++) ms -= wallMs(ms, zone) - wanted
  return new Date(ms)
}

/** The instant at which a day begins in the zone. Some days do not begin at midnight. */
export function startOfDay(date: string, zone: string): Date {
  const midnight = instantOf(date, 0, zone).getTime()
  // Of a midnight that is left out, or comes twice: the first instant whose wall clock has this date.
  for (let ms = midnight - 2 * 3_600_000; ms <= midnight + 2 * 3_600_000; ms += 900_000) {
    if (dateOf(ms, zone) === date) return new Date(ms)
  }
  return new Date(midnight)
}

/** How long a day is: 24 hours, but for those on which the clock changes. */
export function hoursOfDay(date: string, zone: string): number {
  const [from, to] = [startOfDay(date, zone), startOfDay(addDays(date, 1), zone)]
  return (to.getTime() - from.getTime()) / 3_600_000
}

/** When the clock of the zone changes in a time, and by how many minutes. */
export function clockChanges(
  fromMs: number,
  toMs: number,
  zone: string,
): { atMs: number; minutes: number }[] {
  const off = (ms: number) => Math.round((wallMs(ms, zone) - ms) / 60_000)
  const found: { atMs: number; minutes: number }[] = []
  for (let ms = fromMs; ms < toMs; ms += 7 * DAY_MS) {
    let [before, after] = [ms, Math.min(ms + 7 * DAY_MS, toMs)]
    const minutes = off(after) - off(before)
    if (minutes === 0) continue
    const old = off(before)
    while (after - before > 1000) {
      const middle = (before + after) / 2
      if (off(middle) === old) before = middle
      else after = middle
    }
    found.push({ atMs: Math.round(after / 60_000) * 60_000, minutes })
  }
  return found
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}
