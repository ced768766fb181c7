import { defineType, type InputOf } from '../define-type.ts'
import { dependent, optional } from '../fields/field.ts'
import { boolean, byUnits, integer, number } from '../fields/number.ts'
import { oneOf } from '../fields/text.ts'
import { mmolPerL } from '../glucose.ts'
import { glucoseUnits, glucoseValue, toMmolPerL } from '../shapes/glucose.ts'

/** Continuous glucose: one reading of a sensor. */
export const cbg = defineType({
  name: 'cbg',
  fields: {
    units: glucoseUnits,
    value: glucoseValue,
    trend: optional(
      oneOf('constant', 'slowFall', 'slowRise', 'moderateFall', 'moderateRise', 'rapidFall', 'rapidRise'),
    ),
    trendRateUnits: dependent(
      (cbg) => (cbg.trendRate === undefined ? 'forbidden' : 'optional'),
      oneOf('mmol/L/minute', 'mg/dL/minute'),
    ),
    // Loop sends a rate without its units: then nothing is checked and nothing converted.
    trendRate: optional(
      number(byUnits('trendRateUnits', { 'mmol/L/minute': [-5.5, 5.5], 'mg/dL/minute': [-100, 100] })),
    ),
    sampleInterval: optional(integer({ min: 0, max: 86_400_000 })), // ms
    backfilled: optional(boolean),
  },
  normalize(cbg) {
    if (cbg.trendRate !== undefined && cbg.trendRateUnits === 'mg/dL/minute') {
      cbg.trendRate = mmolPerL(cbg.trendRate)
      cbg.trendRateUnits = 'mmol/L/minute'
    }
    return toMmolPerL(cbg)
  },
  identity: ['units', 'value'],
})

export type Cbg = InputOf<typeof cbg>
