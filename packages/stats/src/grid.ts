import type { Readings } from './readings.ts'
import { DAY_MS, type WallClock } from './wall-clock.ts'

/** Readings put on a regular grid of the wall clock (metrics.md §6, as iglu 4.3 does). */
export interface Grid {
  stepMinutes: number
  /** mg/dL at midnight + k steps, k from 1: the last of a day is 24:00. From the first reading's day on; NaN: none. */
  values: Float64Array
}

const MINUTE_MS = 60_000
const LONGEST_GAP_MS = 45 * MINUTE_MS

/** undefined with fewer than two readings. */
export function grid(readings: Readings, clock: WallClock, stepMinutes = stepOf(readings)): Grid | undefined {
  if (stepMinutes === undefined || readings.timesMs.length < 2) return undefined
  const { wallMs, mgPerDl } = onTheWall(readings, clock)
  const firstMs = wallMs[0] as number
  const lastMs = wallMs.at(-1) as number
  const midnightMs = Math.floor(firstMs / DAY_MS) * DAY_MS
  const days = Math.floor(lastMs / DAY_MS) - Math.floor(firstMs / DAY_MS) + 1
  const stepMs = stepMinutes * MINUTE_MS
  const values = new Float64Array((days * DAY_MS) / stepMs).fill(Number.NaN)
  let right = 0
  for (let point = 0; point < values.length; point++) {
    const atMs = midnightMs + (point + 1) * stepMs
    if (atMs < firstMs || atMs > lastMs) continue
    while ((wallMs[right] as number) < atMs) right++
    const rightMs = wallMs[right] as number
    const above = mgPerDl[right] as number
    if (rightMs === atMs) values[point] = above
    else {
      const leftMs = wallMs[right - 1] as number
      const below = mgPerDl[right - 1] as number
      if (rightMs - leftMs > LONGEST_GAP_MS) continue
      values[point] = below + ((atMs - leftMs) / (rightMs - leftMs)) * (above - below)
    }
  }
  return { stepMinutes, values }
}

/** By the wall clock; of one instant on it the last reading counts, as in the hour that comes twice. */
function onTheWall(
  { timesMs, mgPerDl }: Readings,
  clock: WallClock,
): { wallMs: number[]; mgPerDl: number[] } {
  const points = Array.from(timesMs, (timeMs, place) => ({
    wallMs: timeMs + clock.offsetMs(timeMs),
    value: mgPerDl[place] as number,
  })).sort((a, b) => a.wallMs - b.wallMs)
  const last = points.filter(({ wallMs }, place) => wallMs !== points[place + 1]?.wallMs)
  return { wallMs: last.map(({ wallMs }) => wallMs), mgPerDl: last.map(({ value }) => value) }
}

/** The median gap in whole minutes, brought to a divisor of the hour: the point one hour before is one of the grid. */
function stepOf({ timesMs }: Readings): number | undefined {
  const gaps = Float64Array.from(
    timesMs.subarray(1),
    (timeMs, place) => timeMs - (timesMs[place] as number),
  ).sort()
  if (gaps.length === 0) return undefined
  const middle = gaps.length >> 1
  const medianMs =
    gaps.length % 2 === 1
      ? (gaps[middle] as number)
      : ((gaps[middle - 1] as number) + (gaps[middle] as number)) / 2
  const minutes = Math.max(1, Math.round(medianMs / MINUTE_MS))
  if (60 % minutes === 0) return minutes
  return minutes > 20 ? 20 : Math.max(5, 5 * Math.round(minutes / 5))
}
