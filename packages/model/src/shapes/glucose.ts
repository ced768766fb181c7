import { byUnits, number } from '../fields/number.ts'
import { oneOf } from '../fields/text.ts'
import { mmolPerL } from '../glucose.ts'

/** Either unit, in either spelling. What is stored is `mmol/L`. */
export const glucoseUnits = oneOf('mmol/L', 'mmol/l', 'mg/dL', 'mg/dl')

/** A concentration in the unit that the field `units` beside it names. */
export const glucoseValue = number(
  byUnits('units', { 'mmol/L': [0, 55], 'mmol/l': [0, 55], 'mg/dL': [0, 1000], 'mg/dl': [0, 1000] }),
)

/** Turns a reading into mmol/L. @returns the unit that it was in, where it was not that one. */
export function toMmolPerL(reading: { units: string; value: number }): 'mg/dL' | undefined {
  const sent = reading.units
  reading.units = 'mmol/L'
  if (sent !== 'mg/dL' && sent !== 'mg/dl') return undefined
  reading.value = mmolPerL(reading.value)
  return 'mg/dL'
}
