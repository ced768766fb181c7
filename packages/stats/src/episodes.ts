import type { Readings } from './readings.ts'

/** Times beyond a threshold (metrics.md §7). */
export interface Episodes {
  count: number
  totalMinutes: number
}

export interface AllEpisodes {
  below70: Episodes
  below54: Episodes
  above180: Episodes
  above250: Episodes
  /** Of more than two hours: extended hypoglycaemia. */
  below70for120: { count: number }
}

/** It takes so long beyond the threshold to begin an episode, and so long back to end one. */
const LONG_MINUTES = 15
const GAP_MS = 45 * 60_000
const EXTENDED_MINUTES = 120

/** Of readings as they are, nothing put between them (Danne et al., Diabetes Care 2017, 40:1631). */
export function episodes(readings: Readings): AllEpisodes {
  const of = (isBeyond: (mgPerDl: number) => boolean) => lengths(readings, isBeyond)
  const total = (minutes: readonly number[]): Episodes => ({
    count: minutes.length,
    totalMinutes: minutes.reduce((sum, one) => sum + one, 0),
  })
  const below70 = of((value) => value < 70)
  return {
    below70: total(below70),
    below54: total(of((value) => value < 54)),
    above180: total(of((value) => value > 180)),
    above250: total(of((value) => value > 250)),
    below70for120: { count: below70.filter((minutes) => minutes > EXTENDED_MINUTES).length },
  }
}

/** The length of each episode in minutes. */
function lengths(
  { timesMs, mgPerDl, intervalsMinutes }: Readings,
  isBeyond: (mgPerDl: number) => boolean,
): number[] {
  const minutesOf = (from: number, to: number) =>
    Math.round(((timesMs[to] as number) - (timesMs[from] as number)) / 60_000) +
    (intervalsMinutes[to] as number)
  const found: number[] = []
  /** From where the open episode goes, and where it was last beyond. */
  let open: { from: number; to: number } | undefined
  const close = () => {
    if (open) found.push(minutesOf(open.from, open.to))
    open = undefined
  }
  for (let from = 0; from < timesMs.length; ) {
    const beyond = isBeyond(mgPerDl[from] as number)
    let to = from
    const goesOn = (next: number) =>
      next < timesMs.length &&
      (timesMs[next] as number) - (timesMs[next - 1] as number) <= GAP_MS &&
      isBeyond(mgPerDl[next] as number) === beyond
    while (goesOn(to + 1)) to++
    const isAfterGap = from > 0 && (timesMs[from] as number) - (timesMs[from - 1] as number) > GAP_MS
    if (isAfterGap) close()
    const isLong = minutesOf(from, to) >= LONG_MINUTES
    if (beyond && open) open.to = to
    else if (beyond && isLong) open = { from, to }
    else if (!beyond && isLong) close()
    from = to + 1
  }
  close()
  return found
}
