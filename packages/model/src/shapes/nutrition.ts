import { optional } from '../fields/field.ts'
import { integer, number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf } from '../fields/text.ts'
import { energy } from './energy.ts'

const grams = number({ min: 0, max: 1000 })

const fatOrProtein = object({ total: grams, units: oneOf('grams') })

/** What is in something eaten. */
export const nutrition = object({
  estimatedAbsorptionDuration: optional(integer({ min: 0, max: 86_400 })), // seconds
  carbohydrate: optional(
    object({
      dietaryFiber: optional(grams),
      net: grams,
      sugars: optional(grams),
      total: optional(grams),
      units: oneOf('grams'),
    }),
  ),
  energy: optional(energy),
  fat: optional(fatOrProtein),
  protein: optional(fatOrProtein),
})
