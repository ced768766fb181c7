import type { Readings } from './readings.ts'

/** What a piece of a long time line shows. Glucose in mg/dL. */
export interface SeriesPoint {
  /** Where the piece begins, in milliseconds since the epoch. */
  timeMs: number
  n: number
  min: number
  median: number
  max: number
}

/** Readings in pieces of equal length, counted from the epoch; a piece without a reading is not there. */
export function series({ timesMs, mgPerDl }: Readings, bucketMs: number): SeriesPoint[] {
  const points: SeriesPoint[] = []
  for (let from = 0; from < timesMs.length; ) {
    const timeMs = Math.floor((timesMs[from] as number) / bucketMs) * bucketMs
    let to = from
    while (to < timesMs.length && (timesMs[to] as number) < timeMs + bucketMs) to++
    const sorted = mgPerDl.slice(from, to).sort()
    const middle = sorted.length >> 1
    const high = sorted[middle] as number
    const median = sorted.length % 2 === 1 ? high : ((sorted[middle - 1] as number) + high) / 2
    points.push({ timeMs, n: to - from, min: sorted[0] as number, median, max: sorted.at(-1) as number })
    from = to
  }
  return points
}
