import { MG_PER_DL_PER_MMOL_PER_L } from '@tidegauge/model'
import { type Gri, gri } from './gri.ts'
import { quantile } from './quantile.ts'
import { type TimeInRanges, timeInRanges } from './ranges.ts'
import type { Readings } from './readings.ts'

/** What can be said of readings whatever the order in which they came. Glucose in mg/dL; null: too few readings. */
export interface Distribution extends Gri {
  n: number
  mean: number | null
  median: number | null
  /** Of a sample: divisor n - 1. */
  sd: number | null
  /** Percent. */
  cv: number | null
  min: number | null
  max: number | null
  p5: number | null
  q1: number | null
  q3: number | null
  p95: number | null
  /** Percent, of the mean. */
  gmi: number | null
  /** mmol/mol. */
  gmiMmolMol: number | null
  ea1c: number | null
  jIndex: number | null
  lbgi: number | null
  hbgi: number | null
  tir: TimeInRanges | null
}

/** metrics.md §2 to §5. Readings count by their interval; quantiles count each alike. */
export function distribution(readings: Readings): Distribution {
  const { mgPerDl } = readings
  const n = mgPerDl.length
  const sorted = mgPerDl.toSorted()
  const mean = weightedMean(readings, (value) => value)
  const sd = sampleSd(readings, mean)
  const tir = timeInRanges(readings)
  const at = (p: number) => quantile(sorted, p)
  return {
    n,
    mean,
    median: at(0.5),
    sd,
    cv: sd === null || mean === null ? null : (100 * sd) / mean,
    min: sorted[0] ?? null,
    max: sorted.at(-1) ?? null,
    p5: at(0.05),
    q1: at(0.25),
    q3: at(0.75),
    p95: at(0.95),
    gmi: mean === null ? null : gmiPercent(mean),
    gmiMmolMol: mean === null ? null : gmiMmolMol(mean),
    ea1c: mean === null ? null : estimatedA1c(mean),
    ...gri(tir),
    jIndex: mean === null || sd === null ? null : jIndex(mean, sd),
    ...riskIndices(readings),
    tir,
  }
}

/** Glucose management indicator in percent of a mean in mg/dL (Bergenstal et al., Diabetes Care 2018, 41:2275). */
export function gmiPercent(meanMgPerDl: number): number {
  return 3.31 + 0.02392 * meanMgPerDl
}

/** The same in mmol/mol, as the IFCC counts (metrics.md §4). */
export function gmiMmolMol(meanMgPerDl: number): number {
  return 12.71 + 4.70587 * (meanMgPerDl / MG_PER_DL_PER_MMOL_PER_L)
}

/** HbA1c in percent as a mean in mg/dL lets expect it (Nathan et al., Diabetes Care 2008, 31:1473). Not the GMI. */
export function estimatedA1c(meanMgPerDl: number): number {
  return (meanMgPerDl + 46.7) / 28.7
}

/** Of mean and SD in mg/dL (Wojcicki, Horm Metab Res 1995, 27:41). */
export function jIndex(meanMgPerDl: number, sdMgPerDl: number): number {
  return 0.001 * (meanMgPerDl + sdMgPerDl) ** 2
}

/**
 * Low and high blood glucose index (Kovatchev et al., Diabetes Care 1997, 20:1655 and 2006, 29:2433). Values of 1 mg/dL
 * and less have no place on their scale and are left out.
 */
export function riskIndices(readings: Readings): { lbgi: number | null; hbgi: number | null } {
  const f = (mgPerDl: number) => 1.509 * (Math.log(mgPerDl) ** 1.084 - 5.381)
  const mean = (risk: (f: number) => number) =>
    weightedMean(readings, (value) => (value > 1 ? 10 * risk(f(value)) ** 2 : null))
  return { lbgi: mean((value) => Math.min(0, value)), hbgi: mean((value) => Math.max(0, value)) }
}

/** Of what each reading gives, by its interval; what gives null does not count. */
export function weightedMean(
  { mgPerDl, intervalsMinutes }: Readings,
  of: (mgPerDl: number) => number | null,
): number | null {
  let sum = 0
  let weights = 0
  for (const [place, value] of mgPerDl.entries()) {
    const part = of(value)
    if (part === null) continue
    const weight = intervalsMinutes[place] as number
    sum += weight * part
    weights += weight
  }
  return weights === 0 ? null : sum / weights
}

function sampleSd(readings: Readings, mean: number | null): number | null {
  const n = readings.mgPerDl.length
  if (mean === null || n < 2) return null
  const variance = weightedMean(readings, (value) => (value - mean) ** 2) as number
  return Math.sqrt((variance * n) / (n - 1))
}
