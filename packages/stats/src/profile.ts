import { MG_PER_DL_PER_MMOL_PER_L } from '@tidegauge/model'
import { AGP_PERCENTILES, type AgpBin, agp, smoothed } from './agp.ts'
import type { GlucoseUnits } from './ranges.ts'
import { type GlucoseRecord, inSpan, pick, prepare, type Readings } from './readings.ts'
import type { StatsWindow, Window } from './stats.ts'
import { type WallClock, wallClock, weekdayOf } from './wall-clock.ts'
import { type Wear, wear } from './wear.ts'

/** An ambulatory glucose profile with what it is made of. Glucose in `units`, not rounded. */
export interface Profile {
  window: Window
  units: GlucoseUnits
  n: number
  binMinutes: number
  percentiles: number[]
  /** From midnight on; `minute` is that of the day with which a bin begins. */
  bins: ({ minute: number } & AgpBin)[]
  /** Each percentile weighted with its neighbours, as it is printed. */
  smoothed: ({ minute: number } & AgpBin)[]
  /** Local days with a reading. */
  days: number
  /** Of the whole window, whatever the weekdays. */
  sensor: Wear
  /** The same. */
  excluded: { duplicates: number; invalid: number }
  /** Why it should not be relied on; absent if it may. */
  reason?: string
}

export interface ProfileOptions extends StatsWindow {
  units: GlucoseUnits
  /** 60 if not given. */
  binMinutes?: number | undefined
  /** 0 to 100, ascending; 5, 25, 50, 75 and 95 if not given. */
  percentiles?: readonly number[] | undefined
  /** Only these days of the local week, 1 is Monday; all if not given. */
  weekdays?: readonly number[] | undefined
}

/** @throws {RangeError} There is no such time zone. */
export function profile(cbg: Iterable<GlucoseRecord>, options: ProfileOptions): Profile {
  const { fromMs, toMs, timeZone, units, binMinutes = 60, percentiles = AGP_PERCENTILES, weekdays } = options
  const clock = wallClock(timeZone)
  const { readings: all, excluded } = prepare(inSpan(cbg, fromMs, toMs))
  const readings = weekdays ? onWeekdays(all, clock, weekdays) : all
  const bins = agp(readings, { clock, binMinutes, percentiles })
  const labelled = (unlabelled: readonly AgpBin[]) =>
    unlabelled.map((bin, place) => ({ minute: place * binMinutes, ...inUnits(bin, units) }))
  const worn = wear(all)
  return {
    window: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), timeZone },
    units,
    n: readings.timesMs.length,
    binMinutes,
    percentiles: [...percentiles],
    bins: labelled(bins),
    smoothed: labelled(smoothed(bins)),
    days: new Set(Array.from(readings.timesMs, (timeMs) => clock.dateOf(timeMs))).size,
    sensor: worn,
    excluded,
    ...(!worn.sufficient14d70 && { reason: 'fewer than 70 percent of the readings of 14 days' }),
  }
}

function onWeekdays(readings: Readings, clock: WallClock, weekdays: readonly number[]): Readings {
  const isWanted = (timeMs: number) => weekdays.includes(weekdayOf(clock, timeMs))
  const places = [...readings.timesMs.keys()].filter((place) => isWanted(readings.timesMs[place] as number))
  return pick(readings, places)
}

function inUnits({ n, ...percentiles }: AgpBin, units: GlucoseUnits): AgpBin {
  if (units === 'mg/dL') return { n, ...percentiles }
  const converted = Object.entries(percentiles).map(([name, value]) => [
    name,
    value === null ? null : value / MG_PER_DL_PER_MMOL_PER_L,
  ])
  return { n, ...Object.fromEntries(converted) }
}
