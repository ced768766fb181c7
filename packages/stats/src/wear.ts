import type { Readings } from './readings.ts'
import { DAY_MS } from './wall-clock.ts'

/** How much of the time a sensor was worn (metrics.md §8). Percent, never more than 100. */
export interface Wear {
  coveredMinutes: number
  /** From the first to the last reading. */
  firstToLastPercent: number | null
  /** The same with the time between them in whole minutes, as Tidepool counts. */
  tidepoolSensorUsageAGP: number | null
  /** In the 14 times 24 hours that end with the last reading. */
  last14dMinutes: number
  last14dPercent: number | null
  /** Enough for the GMI and the profile to be trusted: at least 70 percent of 14 days (2019 consensus). */
  sufficient14d70: boolean
}

const FOURTEEN_DAYS_MINUTES = 14 * 24 * 60
export const SUFFICIENT_PERCENT = 70

export function wear({ timesMs, intervalsMinutes }: Readings): Wear {
  const firstMs = timesMs[0]
  const lastMs = timesMs.at(-1)
  if (firstMs === undefined || lastMs === undefined) {
    return {
      coveredMinutes: 0,
      firstToLastPercent: null,
      tidepoolSensorUsageAGP: null,
      last14dMinutes: 0,
      last14dPercent: null,
      sufficient14d70: false,
    }
  }
  let coveredMinutes = 0
  let last14dMinutes = 0
  for (const [place, minutes] of intervalsMinutes.entries()) {
    coveredMinutes += minutes
    if ((timesMs[place] as number) > lastMs - 14 * DAY_MS) last14dMinutes += minutes
  }
  const lastInterval = intervalsMinutes.at(-1) as number
  const elapsed = (lastMs - firstMs) / 60_000
  const percent = (part: number, whole: number) => Math.min(100, (100 * part) / whole)
  const last14dPercent = percent(last14dMinutes, FOURTEEN_DAYS_MINUTES)
  return {
    coveredMinutes,
    firstToLastPercent: percent(coveredMinutes, elapsed + lastInterval),
    tidepoolSensorUsageAGP: percent(coveredMinutes, Math.ceil(elapsed) + lastInterval),
    last14dMinutes,
    last14dPercent,
    sufficient14d70: last14dPercent >= SUFFICIENT_PERCENT,
  }
}
