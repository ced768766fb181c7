import { quantile } from './quantile.ts'
import type { Readings } from './readings.ts'
import { minuteOfDay, type WallClock } from './wall-clock.ts'

/** One bin of the day: how many readings, and a value by the name of its percentile, `p50`. null where there is none. */
export type AgpBin = { n: number } & { [percentile: `p${number}`]: number | null }

export interface AgpOptions {
  clock: WallClock
  /** A divisor of the day: 60 and 15 are usual. */
  binMinutes: number
  /** Ascending. */
  percentiles: readonly number[]
}

/** Of the printed standard (Johnson et al., J Diabetes Sci Technol 2019, 13:618). */
export const AGP_PERCENTILES = [5, 25, 50, 75, 95] as const

/**
 * Ambulatory glucose profile (Mazze et al., Diabetes Care 1987, 10:111): percentiles of all days by local time of day, in mg/dL. Bins are half
 * open and come from midnight on; at the end of summer time one hour has twice the readings, at its beginning none.
 */
export function agp(
  { timesMs, mgPerDl }: Readings,
  { clock, binMinutes, percentiles }: AgpOptions,
): AgpBin[] {
  const bins: number[][] = Array.from({ length: (24 * 60) / binMinutes }, () => [])
  for (const [place, timeMs] of timesMs.entries()) {
    bins[Math.floor(minuteOfDay(clock, timeMs) / binMinutes)]?.push(mgPerDl[place] as number)
  }
  return bins.map((values) => {
    const sorted = Float64Array.from(values).sort()
    const named = percentiles.map((percent) => [`p${percent}`, quantile(sorted, percent / 100)])
    return { n: values.length, ...Object.fromEntries(named) }
  })
}

/**
 * Each percentile weighted 1-4-1 with its neighbours, over midnight too, as on a printed report (metrics.md §9): with one neighbour empty 1-4, with
 * both as it is; an empty bin stays empty.
 */
export function smoothed(bins: readonly AgpBin[]): AgpBin[] {
  const names = Object.keys(bins[0] ?? {}).filter((name): name is `p${number}` => name !== 'n')
  return bins.map((bin, place) => {
    const around = [bins.at(place - 1), bins[(place + 1) % bins.length]]
    const values = names.map((name) => {
      const own = bin[name] ?? null
      const others = around.flatMap((one) => one?.[name] ?? [])
      const sum = others.reduce((total, value) => total + value, 4 * (own ?? 0))
      return [name, own === null ? null : sum / (4 + others.length)]
    })
    return { n: bin.n, ...Object.fromEntries(values) }
  })
}
