import type { Grid } from './grid.ts'

/** Mean of daily differences in mg/dL: between the same clock times of following days (Molnar et al., Diabetologia 1972, 8:342). */
export function modd(grid: Grid): number | null {
  const differences = differencesOver(grid, 24)
  if (differences.length === 0) return null
  return differences.reduce((sum, one) => sum + Math.abs(one), 0) / differences.length
}

/**
 * Continuous overall net glycaemic action in mg/dL: the sample SD of what changed in `hours` hours (McDonnell et al., Diabetes Technol Ther
 * 2005, 7:253).
 */
export function conga(grid: Grid, hours: number): number | null {
  const differences = differencesOver(grid, hours)
  const n = differences.length
  if (n < 2) return null
  const mean = differences.reduce((sum, one) => sum + one, 0) / n
  return Math.sqrt(differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1))
}

/** Mean absolute change in mg/dL per hour (Hermanides et al., Crit Care Med 2010, 38:838). */
export function mag(grid: Grid): number | null {
  const steps = differencesOver(grid, grid.stepMinutes / 60)
  if (steps.length === 0) return null
  const sum = steps.reduce((total, one) => total + Math.abs(one), 0)
  return sum / ((steps.length * grid.stepMinutes) / 60)
}

/** g(t) - g(t - hours) wherever both are there. */
function differencesOver({ values, stepMinutes }: Grid, hours: number): number[] {
  const back = (hours * 60) / stepMinutes
  const differences: number[] = []
  for (let point = back; point < values.length; point++) {
    const difference = (values[point] as number) - (values[point - back] as number)
    if (!Number.isNaN(difference)) differences.push(difference)
  }
  return differences
}
