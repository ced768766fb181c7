import { bounds } from './ranges.ts'
import type { Readings } from './readings.ts'
import type { WallClock } from './wall-clock.ts'

/** One local day. */
export interface Day {
  n: number
  /** mg/dL. */
  mean: number
  /** Percent in target, 70 to 180 mg/dL. */
  tir: number
}

/** By `YYYY-MM-DD` of the wall clock; days without a reading are not there. */
export function daily(
  { timesMs, mgPerDl, intervalsMinutes }: Readings,
  clock: WallClock,
): Record<string, Day> {
  const days = new Map<string, { n: number; weight: number; sum: number; inTarget: number }>()
  const { low, high } = bounds['mg/dL']
  for (const [place, timeMs] of timesMs.entries()) {
    const date = clock.dateOf(timeMs)
    const day = days.get(date) ?? { n: 0, weight: 0, sum: 0, inTarget: 0 }
    const value = mgPerDl[place] as number
    const weight = intervalsMinutes[place] as number
    day.n++
    day.weight += weight
    day.sum += weight * value
    if (value >= low && value <= high) day.inTarget += weight
    days.set(date, day)
  }
  return Object.fromEntries(
    [...days].map(([date, { n, weight, sum, inTarget }]) => [
      date,
      { n, mean: sum / weight, tir: (100 * inTarget) / weight },
    ]),
  )
}
