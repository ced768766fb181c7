import { defineType, type InputOf } from '../define-type.ts'
import { dependent, optional } from '../fields/field.ts'
import { list } from '../fields/list.ts'
import { number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { recursive } from '../fields/recursive.ts'
import { oneOf, text } from '../fields/text.ts'
import { nutrition } from '../shapes/nutrition.ts'

const name = text({ max: 100 })
const amount = object({ units: text({ max: 100 }), value: number({ min: 0 }) })

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
