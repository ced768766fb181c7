import { defineType, type InputOf } from '../define-type.ts'
import { quantity } from '../shapes/quantity.ts'

/** Something drunk that is not food. */
export const water = defineType({
  name: 'water',
  fields: {
    amount: quantity({
      gallons: [0, 10],
      liters: [0, 37.854118],
      milliliters: [0, 37_854.118],
      ounces: [0, 1280],
    }),
  },
})

export type Water = InputOf<typeof water>
