import { in64Bits } from './int64.ts'

/**
 * One glucose concentration is said in two units. 18.01559 mg/dL are 1 mmol/L (the molar mass of glucose is
 * about 180 g/mol).
 */
export const MG_PER_DL_PER_MMOL_PER_L = 18.01559

const DECIMALS = 100_000

/**
 * mg/dL in mmol/L with five decimals, half away from zero, as the protocol stores it: `mmolPerL(100)` is 5.55075.
 * The order of the operations is part of the rule (data-types.md §3). Rates per minute go by the same formula.
 */
export function mmolPerL(mgPerDl: number): number {
  const scaled = (mgPerDl / MG_PER_DL_PER_MMOL_PER_L) * DECIMALS
  return in64Bits(Math.trunc(scaled + (mgPerDl < 0 ? -0.5 : 0.5))) / DECIMALS
}

/** mmol/L in whole mg/dL, for showing. Every whole number that {@link mmolPerL} was given comes back. */
export function mgPerDl(mmolPerL: number): number {
  return Math.round(mmolPerL * MG_PER_DL_PER_MMOL_PER_L)
}
