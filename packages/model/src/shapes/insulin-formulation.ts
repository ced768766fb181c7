import { dependent, optional } from '../fields/field.ts'
import { list } from '../fields/list.ts'
import { number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { recursive } from '../fields/recursive.ts'
import { oneOf, text } from '../fields/text.ts'
import { quantity } from './quantity.ts'

const simple = object({
  actingType: oneOf('intermediate', 'long', 'rapid', 'short'),
  brand: optional(text({ max: 100 })),
  concentration: optional(quantity({ 'Units/mL': [0, 10_000] })),
})

/** What insulin it is: a simple one, or a mixture of others, or only a name. */
export const insulinFormulation = recursive('InsulinFormulation', (self) =>
  object({
    compounds: dependent(
      (it) => (it.simple === undefined ? 'optional' : 'forbidden'),
      list(object({ amount: number({ min: 0 }), formulation: self }), { max: 100 }),
    ),
    name: optional(text({ max: 100 })),
    simple: dependent(
      (it) => (it.compounds === undefined && it.name === undefined ? 'required' : 'optional'),
      simple,
    ),
  }),
)
