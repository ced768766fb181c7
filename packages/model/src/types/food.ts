import { defineType, type InputOf } from '../define-type.ts'
import { dependent, optional } from '../fields/field.ts'
import { list } from '../fields/list.ts'
import { integer, number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { recursive } from '../fields/recursive.ts'
import { oneOf, text } from '../fields/text.ts'
import { energy } from '../shapes/energy.ts'

const name = text({ max: 100 })
const grams = number({ min: 0, max: 1000 })

const amount = object({ units: text({ max: 100 }), value: number({ min: 0 }) })

const fatOrProtein = object({ total: grams, units: oneOf('grams') })

const nutrition = object({
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

const ingredient = recursive('FoodIngredient', (self) =>
  object({
    amount: optional(amount),
    brand: optional(name),
    code: optional(name),
    ingredients: optional(list(self, { max: 100 })),
    name: optional(name),
    nutrition: optional(nutrition),
  }),
)

/** Something eaten. */
export const food = defineType({
  name: 'food',
  fields: {
    amount: optional(amount),
    brand: optional(name),
    code: optional(name),
    ingredients: optional(list(ingredient, { max: 100 })),
    meal: optional(oneOf('breakfast', 'dinner', 'lunch', 'other', 'snack')),
    mealOther: dependent((food) => (food.meal === 'other' ? 'required' : 'forbidden'), name),
    name: optional(name),
    nutrition: optional(nutrition),
  },
})

export type Food = InputOf<typeof food>
