/**
 * The definitions of metrics.md once more, each as slow and as near to its sentence as can be, and on other ways than
 * the code that is tested: minutes painted one by one, pairs counted, values looked up by clock time.
 */

export interface Point {
  timeMs: number
  mgPerDl: number
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Rank-based: how much of the way from one order statistic to the next, as R prints type 7. */
export function quantile(values: readonly number[], p: number): number {
  const x = [...values].sort((a, b) => a - b)
  const h = 1 + (x.length - 1) * p
  const j = Math.floor(h)
  const gamma = h - j
  return (1 - gamma) * (x[j - 1] as number) + gamma * (x[Math.min(j, x.length - 1)] as number)
}

/** From the squared differences of all pairs. */
export function sd(values: readonly number[]): number {
  let sum = 0
  for (const [i, a] of values.entries()) for (const b of values.slice(i + 1)) sum += (a - b) ** 2
  return Math.sqrt(sum / (values.length * (values.length - 1)))
}

/** Percent of the values between two ends, given as tests. */
export function percent(values: readonly number[], isIn: (value: number) => boolean): number {
  return (values.filter(isIn).length * 100) / values.length
}

/** Each candidate is held against everything that was kept before it. */
export function withoutDuplicates(points: readonly Point[], intervalMinutes: number): Point[] {
  const kept: Point[] = []
  for (const point of points) {
    const isCovered = kept.some(({ timeMs }) => point.timeMs - timeMs < intervalMinutes * MINUTE_MS - 10_000)
    if (!isCovered) kept.push(point)
  }
  return kept
}

/** The value at a wall-clock minute, looked for among all pairs of neighbours. Times are of the wall clock. */
function valueAt(points: readonly Point[], atMs: number): number | undefined {
  const before = points.findLast(({ timeMs }) => timeMs <= atMs)
  const after = points.find(({ timeMs }) => timeMs >= atMs)
  if (!before || !after) return undefined
  if (before.timeMs === atMs) return before.mgPerDl
  const gap = after.timeMs - before.timeMs
  if (gap > 45 * MINUTE_MS) return undefined
  const share = (atMs - before.timeMs) / gap
  return before.mgPerDl * (1 - share) + after.mgPerDl * share
}

/** g(t) and g(t - hours), for each t of the grid. */
function pairs(points: readonly Point[], stepMinutes: number, hours: number): [number, number][] {
  const first = points[0]?.timeMs ?? 0
  const last = points.at(-1)?.timeMs ?? 0
  const midnight = first - (((first % DAY_MS) + DAY_MS) % DAY_MS)
  const found: [number, number][] = []
  for (let k = 1; midnight + k * stepMinutes * MINUTE_MS <= last; k++) {
    const atMs = midnight + k * stepMinutes * MINUTE_MS
    const now = valueAt(points, atMs)
    const then = valueAt(points, atMs - hours * 60 * MINUTE_MS)
    if (now !== undefined && then !== undefined) found.push([now, then])
  }
  return found
}

export function modd(points: readonly Point[], stepMinutes: number): number | null {
  const days = pairs(points, stepMinutes, 24)
  return days.length === 0 ? null : days.reduce((sum, [a, b]) => sum + Math.abs(a - b), 0) / days.length
}

export function conga(points: readonly Point[], stepMinutes: number, hours: number): number | null {
  const changes = pairs(points, stepMinutes, hours).map(([a, b]) => a - b)
  return changes.length < 2 ? null : sd(changes)
}

export function mag(points: readonly Point[], stepMinutes: number): number | null {
  const steps = pairs(points, stepMinutes, stepMinutes / 60)
  if (steps.length === 0) return null
  return steps.reduce((sum, [a, b]) => sum + Math.abs(a - b), 0) / (steps.length * (stepMinutes / 60))
}

/**
 * Episodes by painting: every minute that a reading stands for is beyond or back; fifteen in a row count. Only for
 * readings on whole multiples of their interval.
 */
export function episodes(
  points: readonly Point[],
  intervalMinutes: number,
  isBeyond: (mgPerDl: number) => boolean,
) {
  if (points.length === 0) return []
  const start = points[0]?.timeMs ?? 0
  const paint = new Map<number, boolean>()
  for (const { timeMs, mgPerDl } of points) {
    const minute = (timeMs - start) / MINUTE_MS
    for (let m = minute; m < minute + intervalMinutes; m++) paint.set(m, isBeyond(mgPerDl))
  }
  const last = Math.max(...paint.keys())
  const found: number[] = []
  let run = { is: undefined as boolean | undefined, length: 0 }
  let open: { from: number; to: number } | undefined
  let pending: { from: number } | undefined
  let hole = 0
  const close = () => {
    if (open) found.push(open.to - open.from)
    open = undefined
    pending = undefined
  }
  for (let minute = 0; minute <= last; minute++) {
    const is = paint.get(minute)
    if (is === undefined) {
      hole++
      // From the beginning of the reading before to the next one it is the hole and the interval.
      if (hole + intervalMinutes > 45) {
        close()
        run = { is: undefined, length: 0 }
      }
      // What stood before a hole stands until the reading after it.
      else if (run.is !== undefined) run.length++
      continue
    }
    if (is !== run.is) {
      run = { is, length: 0 }
      pending = is ? { from: minute } : undefined
    }
    hole = 0
    run.length++
    if (is && open) open.to = minute + 1
    else if (is && run.length >= 15 && pending) open = { from: pending.from, to: minute + 1 }
    else if (!is && run.length >= 15) close()
  }
  close()
  return found
}
