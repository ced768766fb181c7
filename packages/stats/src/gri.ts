import type { TimeInRanges } from './ranges.ts'

export type GriZone = 'A' | 'B' | 'C' | 'D' | 'E'

/** Glycaemia risk index (Klonoff et al., J Diabetes Sci Technol 2022, doi 10.1177/19322968221085273). */
export interface Gri {
  /** 0 to 100. */
  gri: number | null
  griHypoComponent: number | null
  griHyperComponent: number | null
  griZone: GriZone | null
}

/** Of percentages of the time; null without any. */
export function gri(ranges: Pick<TimeInRanges, 'veryLow' | 'low' | 'high' | 'veryHigh'> | null): Gri {
  if (!ranges) return { gri: null, griHypoComponent: null, griHyperComponent: null, griZone: null }
  const { veryLow, low, high, veryHigh } = ranges
  const index = Math.min(100, 3 * veryLow + 2.4 * low + 1.6 * veryHigh + 0.8 * high)
  return {
    gri: index,
    griHypoComponent: veryLow + 0.8 * low,
    griHyperComponent: veryHigh + 0.5 * high,
    griZone: zoneOf(index),
  }
}

/** Of the index as it is, not as shown; the upper end of a zone belongs to it. */
function zoneOf(index: number): GriZone {
  if (index <= 20) return 'A'
  if (index <= 40) return 'B'
  if (index <= 60) return 'C'
  return index <= 80 ? 'D' : 'E'
}
