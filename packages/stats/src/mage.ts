/**
 * Mean amplitude of glycaemic excursions (Service et al., Diabetes 1970, 19:644), by the algorithm of Fernandes et al.
 * (J Diabetes Sci Technol 2022, 16:576) in the steps of metrics.md §6. There is no single MAGE: this is the one with
 * crossing moving averages of 5 and 32 points.
 */

const SHORT = 5
const LONG = 32
const LONGEST_HOLE = 180 / 5

/** @param values mg/dL every 5 minutes, NaN where there is none. @returns mg/dL; null if nothing rises or falls far enough. */
export function mage(values: Float64Array): number | null {
  let sum = 0
  let weights = 0
  for (const segment of segments(values)) {
    // By how long the segment lasts, not by its points: so the published numbers come out.
    const steps = segment.length - 1
    for (const mean of excursionMeans(segment)) {
      sum += mean * steps
      weights += steps
    }
  }
  return weights === 0 ? null : sum / weights
}

/** What lies between holes of more than three hours. */
function segments(values: Float64Array): Float64Array[] {
  const found: Float64Array[] = []
  let from: number | undefined
  let last = 0
  for (const [point, value] of values.entries()) {
    if (Number.isNaN(value)) continue
    if (from !== undefined && point - last - 1 > LONGEST_HOLE) {
      found.push(values.subarray(from, last + 1))
      from = point
    }
    from ??= point
    last = point
  }
  if (from !== undefined) found.push(values.subarray(from, last + 1))
  return found
}

interface TurningPoint {
  kind: 'max' | 'min'
  value: number
}

/** The mean of the rising heights and that of the falling ones, as far as there are any. */
function excursionMeans(segment: Float64Array): number[] {
  if (segment.length < LONG) return []
  const sd = sampleSd(segment)
  if (sd === null || sd < 1) return []
  const turns = turningPoints(segment)
  const rising = heights(turns, sd)
  const falling = heights(
    turns.map(({ kind, value }) => ({ kind: kind === 'max' ? 'min' : 'max', value: -value })),
    sd,
    'to-the-bottom',
  )
  return [rising, falling].flatMap((all) =>
    all.length === 0 ? [] : [all.reduce((sum, one) => sum + one, 0) / all.length],
  )
}

function turningPoints(segment: Float64Array): TurningPoint[] {
  const short = movingMean(segment, SHORT)
  const long = movingMean(segment, LONG)
  const d = short.map((value, point) => value - (long[point] as number))
  const crossings = crossingsOf(segment, d)
  const turns: TurningPoint[] = []
  let from = crossings[0]?.point ?? 0
  for (let n = 0; n + 1 < crossings.length; n++) {
    const { kind } = crossings[n] as Crossing
    const to = (crossings[n + 1] as Crossing).point
    let best = -1
    for (let point = from; point <= to; point++) {
      const value = segment[point] as number
      if (Number.isNaN(value)) continue
      const leads =
        best < 0 || (kind === 'max' ? value > (segment[best] as number) : value < (segment[best] as number))
      if (leads) best = point
    }
    if (best < 0) continue
    turns.push({ kind, value: segment[best] as number })
    from = best
  }
  return turns
}

interface Crossing {
  point: number
  kind: 'max' | 'min'
}

function crossingsOf(segment: Float64Array, d: Float64Array): Crossing[] {
  const isThere = (point: number) => !Number.isNaN(segment[point])
  const first = d[0] as number
  const crossings: Crossing[] = [{ point: 0, kind: first > 0 ? 'max' : 'min' }]
  let latest = first
  for (let point = 1; point < segment.length; point++) {
    if (!isThere(point)) continue
    const now = d[point] as number
    if (!isThere(point - 1) || (now * (d[point - 1] as number) >= 0 && now * latest >= 0)) continue
    crossings.push({ point, kind: now < 0 ? 'min' : 'max' })
    latest = now
  }
  crossings.push({ point: segment.length - 1, kind: 'max' })
  return crossings
}

/** Trailing means over the values that are there; the first positions have the first full one. */
function movingMean(segment: Float64Array, width: number): Float64Array {
  const means = new Float64Array(segment.length).fill(Number.NaN)
  const meanTo = (end: number) => {
    let sum = 0
    let n = 0
    for (let point = end - width + 1; point <= end; point++) {
      const value = segment[point] as number
      if (Number.isNaN(value)) continue
      sum += value
      n++
    }
    return n === 0 ? Number.NaN : sum / n
  }
  for (let point = width - 1; point < segment.length; point++) means[point] = meanTo(point)
  means.fill(means[width - 1] as number, 0, width - 1)
  return means
}

/**
 * Rises of at least one SD, each up to its highest point before a fall of more than one SD. Falls are the rises of the
 * mirrored curve, except that the search goes on at their end.
 */
function heights(
  turns: readonly TurningPoint[],
  sd: number,
  resetTo: 'where-seen' | 'to-the-bottom' = 'where-seen',
) {
  const found: number[] = []
  let reset = 0
  for (let j = 0; j < turns.length; ) {
    const top = turns[j] as TurningPoint
    let lowest = Number.POSITIVE_INFINITY
    for (let i = reset; i < j; i++) lowest = Math.min(lowest, (turns[i] as TurningPoint).value)
    const rise = top.value - lowest
    if (!(rise >= sd)) {
      j++
      continue
    }
    let best = j
    let height = rise
    let k = j + 1
    for (; k < turns.length; k++) {
      const { value } = turns[k] as TurningPoint
      const bestValue = (turns[best] as TurningPoint).value
      if (bestValue - value > sd) break
      if (value > bestValue) {
        best = k
        height = value - lowest
      }
    }
    found.push(height)
    if (k >= turns.length) break
    reset = resetTo === 'where-seen' ? k : best
    j = reset + 1
  }
  return found
}

function sampleSd(values: Float64Array): number | null {
  const there = values.filter((value) => !Number.isNaN(value))
  if (there.length < 2) return null
  const mean = there.reduce((sum, one) => sum + one, 0) / there.length
  return Math.sqrt(there.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (there.length - 1))
}
