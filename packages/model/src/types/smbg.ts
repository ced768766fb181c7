import { defineType, type InputOf } from '../define-type.ts'
import { optional } from '../fields/field.ts'
import { oneOf } from '../fields/text.ts'
import { glucoseUnits, glucoseValue, toMmolPerL } from '../shapes/glucose.ts'

/** Self-monitored glucose: one reading of a meter. */
export const smbg = defineType({
  name: 'smbg',
  fields: {
    units: glucoseUnits,
    value: glucoseValue,
    subType: optional(oneOf('linked', 'manual', 'scanned')),
  },
  normalize: toMmolPerL,
  identity: ['units', 'value'],
})

export type Smbg = InputOf<typeof smbg>
