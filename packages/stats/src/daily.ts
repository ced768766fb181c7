import { weightedMean } from './distribution.ts'
import { type GlucoseUnits, type TimeInRanges, timeInRanges } from './ranges.ts'
import { pick, type Readings } from './readings.ts'
import type { WallClock } from './wall-clock.ts'

/** One local day. */
export interface Day {
  n: number
  /** mg/dL. */
  mean: number
  /** Percent in target, 70 to 180 mg/dL, of the values as they are. */
  tir: number
  /** As somebody reads them in mg/dL. */
  tirRoundedMgdl: number
  /** And in mmol/L, 3.9 to 10.0. */
  tirRoundedMmol: number
  /** Percent in the target of a pregnancy, as somebody reads it in mg/dL, 63 to 140. */
  pregnancyRoundedMgdl: number
  /** And in mmol/L, 3.5 to 7.8. */
  pregnancyRoundedMmol: number
}

/** By `YYYY-MM-DD` of the wall clock; days without a reading are not there. */
export function daily(readings: Readings, clock: WallClock): Record<string, Day> {
  const places = new Map<string, number[]>()
  for (const [place, timeMs] of readings.timesMs.entries()) {
    const date = clock.dateOf(timeMs)
    const ofDay = places.get(date)
    if (ofDay) ofDay.push(place)
    else places.set(date, [place])
  }
  return Object.fromEntries([...places].map(([date, ofDay]) => [date, dayOf(pick(readings, ofDay))]))
}

function dayOf(readings: Readings): Day {
  // There is a reading, so there are ranges.
  const ranges = (rounded?: GlucoseUnits) => timeInRanges(readings, rounded) as TimeInRanges
  const [inMgdl, inMmol] = [ranges('mg/dL'), ranges('mmol/L')]
  return {
    n: readings.timesMs.length,
    mean: weightedMean(readings, (value) => value) as number,
    tir: ranges().target,
    tirRoundedMgdl: inMgdl.target,
    tirRoundedMmol: inMmol.target,
    pregnancyRoundedMgdl: inMgdl.pregnancyTarget63to140,
    pregnancyRoundedMmol: inMmol.pregnancyTarget63to140,
  }
}
