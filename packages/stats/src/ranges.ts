import { MG_PER_DL_PER_MMOL_PER_L } from '@tidegauge/model'
import type { Readings } from './readings.ts'

export type GlucoseUnits = 'mg/dL' | 'mmol/L'

/** Percent of the time in each range; the first five are of one hundred (metrics.md §2). */
export interface TimeInRanges {
  veryLow: number
  low: number
  target: number
  high: number
  veryHigh: number
  below70: number
  above180: number
  tight70to140: number
  pregnancyBelow63: number
  pregnancyTarget63to140: number
  pregnancyAbove140: number
}

/** Where the ranges part. Below `low` is not yet in target, and `high` still is. */
interface Bounds {
  veryLow: number
  low: number
  high: number
  veryHigh: number
  tightHigh: number
  pregnancyLow: number
}

/**
 * Battelino et al., Diabetes Care 2019, 42:1593; the tight range: Lancet Diabetes Endocrinol 2023, 11:42. One column is
 * no conversion of the other, so a value is put into its range in the units in which somebody reads it.
 */
export const bounds: Readonly<Record<GlucoseUnits, Bounds>> = {
  'mg/dL': { veryLow: 54, low: 70, high: 180, veryHigh: 250, tightHigh: 140, pregnancyLow: 63 },
  'mmol/L': { veryLow: 3, low: 3.9, high: 10, veryHigh: 13.9, tightHigh: 7.8, pregnancyLow: 3.5 },
}

/** Decimals that people read. */
const decimals: Readonly<Record<GlucoseUnits, number>> = { 'mg/dL': 0, 'mmol/L': 1 }

/**
 * Time in ranges, each reading by its interval.
 *
 * @param rounded In these units, as shown (0 decimals of mg/dL, 1 of mmol/L, half to even). Else in mg/dL as they are.
 * @returns null without a reading.
 */
export function timeInRanges(readings: Readings, rounded?: GlucoseUnits): TimeInRanges | null {
  const { mgPerDl, intervalsMinutes } = readings
  const units = rounded ?? 'mg/dL'
  const { veryLow, low, high, veryHigh, tightHigh, pregnancyLow } = bounds[units]
  const minutes = {
    veryLow: 0,
    low: 0,
    target: 0,
    high: 0,
    veryHigh: 0,
    tight: 0,
    pregnancyBelow: 0,
    pregnancyTarget: 0,
  }
  let total = 0
  for (const [place, exact] of mgPerDl.entries()) {
    const weight = intervalsMinutes[place] as number
    const value = rounded ? asShown(exact, rounded) : exact
    total += weight
    if (value < veryLow) minutes.veryLow += weight
    else if (value < low) minutes.low += weight
    else if (value <= high) minutes.target += weight
    else if (value <= veryHigh) minutes.high += weight
    else minutes.veryHigh += weight
    if (value >= low && value <= tightHigh) minutes.tight += weight
    if (value < pregnancyLow) minutes.pregnancyBelow += weight
    else if (value <= tightHigh) minutes.pregnancyTarget += weight
  }
  if (total === 0) return null
  const percent = (part: number) => (100 * part) / total
  return {
    veryLow: percent(minutes.veryLow),
    low: percent(minutes.low),
    target: percent(minutes.target),
    high: percent(minutes.high),
    veryHigh: percent(minutes.veryHigh),
    below70: percent(minutes.veryLow + minutes.low),
    above180: percent(minutes.high + minutes.veryHigh),
    tight70to140: percent(minutes.tight),
    pregnancyBelow63: percent(minutes.pregnancyBelow),
    pregnancyTarget63to140: percent(minutes.pregnancyTarget),
    pregnancyAbove140: percent(total - minutes.pregnancyBelow - minutes.pregnancyTarget),
  }
}

/** The number that people read in these units. */
export function asShown(mgPerDl: number, units: GlucoseUnits): number {
  const scale = 10 ** decimals[units]
  return roundHalfEven((units === 'mg/dL' ? mgPerDl : mgPerDl / MG_PER_DL_PER_MMOL_PER_L) * scale) / scale
}

/** A conversion makes ties inexact; that near is one. */
const TIE = 1e-9

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (Math.abs(rest - 0.5) < TIE) return floor % 2 === 0 ? floor : floor + 1
  return rest < 0.5 ? floor : floor + 1
}
