import { defineType, type InputOf } from '../define-type.ts'
import { byUnits, number } from '../fields/number.ts'
import { oneOf } from '../fields/text.ts'

/** Ketones in the blood: one reading of a meter. There is no other unit than mmol/L. */
export const bloodKetone = defineType({
  name: 'bloodKetone',
  fields: {
    units: oneOf('mmol/L', 'mmol/l'),
    value: number(byUnits('units', { 'mmol/L': [0, 10], 'mmol/l': [0, 10] })),
  },
  normalize(ketone) {
    ketone.units = 'mmol/L'
    return undefined
  },
  identity: ['units', 'value'],
})

export type BloodKetone = InputOf<typeof bloodKetone>
