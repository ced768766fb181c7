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
