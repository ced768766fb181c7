import { defineType } from '../../define-type.ts'
import { glucoseUnits, glucoseValue, toMmolPerL } from '../../shapes/glucose.ts'

/** A sensor was told what a meter read. */
export const calibration = defineType({
  name: 'deviceEvent',
  kind: { subType: 'calibration' },
  fields: { units: glucoseUnits, value: glucoseValue },
  normalize: toMmolPerL,
  identity: ['subType'],
})
