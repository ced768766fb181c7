import type { Members } from '../fields/field.ts'
import { byUnits, number, type Range } from '../fields/number.ts'
import { oneOf } from '../fields/text.ts'
import { mmolPerL } from '../glucose.ts'

/** Either unit, in either spelling. What is stored is `mmol/L`. */
export const glucoseUnits = oneOf('mmol/L', 'mmol/l', 'mg/dL', 'mg/dl')

/** Where a datum says the unit of all its glucose. */
export type UnitsIn = (datum: Members) => unknown
export const inUnits: UnitsIn = (datum) => datum.units
export const inUnitsBg: UnitsIn = (datum) => (datum.units as Members | undefined)?.bg

export const GLUCOSE_RANGES: Readonly<Record<string, Range>> = {
  'mmol/L': [0, 55],
  'mmol/l': [0, 55],
  'mg/dL': [0, 1000],
  'mg/dl': [0, 1000],
}

/** A concentration. @param units The sibling that names its unit, or where in the datum it stands. */
export const glucoseIn = (units: string | UnitsIn) => number(byUnits(units, GLUCOSE_RANGES))

/** A concentration in the unit that the field `units` beside it names. */
export const glucoseValue = glucoseIn('units')

/**
 * Writes mmol/L in the place of the unit that was sent.
 *
 * @returns that unit, where it was not this one: then what was in it is to be converted.
 */
export function settleUnits<Name extends string>(
  holder: { [_ in Name]?: string } | undefined,
  name: Name,
): 'mg/dL' | undefined {
  const sent = holder?.[name]
  if (holder === undefined || sent === undefined) return undefined
  holder[name] = 'mmol/L'
  return sent === 'mg/dL' || sent === 'mg/dl' ? 'mg/dL' : undefined
}

/** Turns these members of an object from mg/dL into mmol/L, so far as they are there. */
export function convert<Name extends string>(
  holder: { [_ in Name]?: number } | undefined,
  ...names: Name[]
): void {
  if (holder === undefined) return
  for (const name of names) {
    const value: number | undefined = holder[name]
    if (value !== undefined) holder[name] = mmolPerL(value)
  }
}

/** Turns a reading into mmol/L. @returns the unit that it was in, where it was not that one. */
export function toMmolPerL(reading: { units: string; value: number }): 'mg/dL' | undefined {
  const sent = settleUnits(reading, 'units')
  if (sent !== undefined) reading.value = mmolPerL(reading.value)
  return sent
}
