import { defineType, type InputOf } from '../define-type.ts'
import { optional } from '../fields/field.ts'
import { number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf, text } from '../fields/text.ts'
import { insulinFormulation } from '../shapes/insulin-formulation.ts'

const dose = object({
  active: optional(number({ min: 0, max: 250 })),
  correction: optional(number({ min: -250, max: 250 })),
  food: optional(number({ min: 0, max: 250 })),
  total: number({ min: 0, max: 250 }),
  units: oneOf('Units'),
})

/** Insulin given by other means than a pump: a pen, a syringe, an inhaler. */
export const insulin = defineType({
  name: 'insulin',
  fields: {
    dose: optional(dose),
    formulation: optional(insulinFormulation),
    site: optional(text({ max: 100 })),
  },
})

export type Insulin = InputOf<typeof insulin>
