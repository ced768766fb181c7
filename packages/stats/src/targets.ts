import type { TimeInRanges } from './ranges.ts'

/** For whom the aims are. */
export type TargetGroup = 'standard' | 'highRisk' | 'pregnancyType1' | 'pregnancy'

/** Percent of the time that should be in a range: more or less than that. */
export interface Aim {
  range: keyof TimeInRanges
  is: 'above' | 'below'
  percent: number
}

/**
 * Battelino et al., Diabetes Care 2019, 42:1593. `highRisk`: older people and those at risk. `pregnancy`: gestational
 * and with type 2, for which the consensus has set ranges and no percentages.
 */
export const aims: Readonly<Record<TargetGroup, readonly Aim[]>> = {
  standard: [
    { range: 'target', is: 'above', percent: 70 },
    { range: 'below70', is: 'below', percent: 4 },
    { range: 'veryLow', is: 'below', percent: 1 },
    { range: 'above180', is: 'below', percent: 25 },
    { range: 'veryHigh', is: 'below', percent: 5 },
  ],
  highRisk: [
    { range: 'target', is: 'above', percent: 50 },
    { range: 'below70', is: 'below', percent: 1 },
    { range: 'veryHigh', is: 'below', percent: 10 },
  ],
  pregnancyType1: [
    { range: 'pregnancyTarget63to140', is: 'above', percent: 70 },
    { range: 'pregnancyBelow63', is: 'below', percent: 4 },
    { range: 'veryLow', is: 'below', percent: 1 },
    { range: 'pregnancyAbove140', is: 'below', percent: 25 },
  ],
  pregnancy: [],
}

/** Which aims of a group are met. */
export function againstAims(ranges: TimeInRanges, group: TargetGroup): (Aim & { met: boolean })[] {
  return aims[group].map((aim) => ({
    ...aim,
    met: aim.is === 'above' ? ranges[aim.range] > aim.percent : ranges[aim.range] < aim.percent,
  }))
}
