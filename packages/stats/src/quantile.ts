/**
 * The value below which a share `p` (0 to 1) of the values lies: type 7 of Hyndman and Fan (The American Statistician
 * 1996, 50:361), linear between order statistics at (n - 1) p. `sorted` is ascending; null if there are none.
 */
export function quantile(sorted: Float64Array, p: number): number | null {
  if (sorted.length === 0) return null
  const at = (sorted.length - 1) * p
  const below = Math.floor(at)
  const low = sorted[below] as number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number
  return low + (at - below) * (high - low)
}
