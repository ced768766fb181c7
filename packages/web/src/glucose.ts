import { MG_PER_DL_PER_MMOL_PER_L } from '@tidegauge/model'
import { asShown, bounds, type GlucoseUnits } from '@tidegauge/stats'

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

export const rangeSpans: Readonly<Record<GlucoseUnits, Readonly<Record<RangeName, string>>>> = {
  'mg/dL': { veryHigh: 'above 250', high: '181–250', target: '70–180', low: '54–69', veryLow: 'below 54' },
  'mmol/L': {
    veryHigh: 'above 13.9',
    high: '10.1–13.9',
    target: '3.9–10.0',
    low: '3.0–3.8',
    veryLow: 'below 3.0',
  },
}

export function inUnits(mgPerDl: number, units: GlucoseUnits): number {
  return units === 'mg/dL' ? mgPerDl : mgPerDl / MG_PER_DL_PER_MMOL_PER_L
}

/** As people read it. */
export function glucoseText(mgPerDl: number, units: GlucoseUnits): string {
  return asShown(mgPerDl, units).toFixed(units === 'mg/dL' ? 0 : 1)
}

/** The same of a number that is in these units already. */
export function shown(value: number | null | undefined, units: GlucoseUnits): string {
  return value === null || value === undefined ? '–' : value.toFixed(units === 'mg/dL' ? 0 : 1)
}

/** By what people read. */
export function rangeOf(mgPerDl: number, units: GlucoseUnits): RangeName {
  const value = asShown(mgPerDl, units)
  const { veryLow, low, high, veryHigh } = bounds[units]
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

/** `YYYY-MM-DD` of the wall clock. */
export function dateOf(time: number | Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return parts.format(time)
}

/** The instant at which a day begins in the zone. Some days do not begin at midnight. */
export function startOfDay(date: string, zone: string): Date {
  const guess = Date.parse(`${date}T00:00:00Z`)
  // Offsets reach from -12 to +14 hours: the first instant whose wall clock has this date, to the quarter of an hour.
  for (let ms = guess - 14 * 3_600_000; ms <= guess + 12 * 3_600_000; ms += 900_000) {
    if (dateOf(ms, zone) === date) return new Date(ms)
  }
  return new Date(guess)
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
