import { defineType } from '../../define-type.ts'
import { dependent } from '../../fields/field.ts'
import { number } from '../../fields/number.ts'
import { oneOf } from '../../fields/text.ts'

/** A tubing or cannula was filled, with so many units. */
export const prime = defineType({
  name: 'deviceEvent',
  kind: { subType: 'prime' },
  fields: {
    primeTarget: oneOf('cannula', 'tubing'),
    // Of what is filled elsewhere, nobody says how much it may be.
    volume: dependent(
      ({ primeTarget }) => (primeTarget === 'cannula' || primeTarget === 'tubing' ? 'optional' : 'unchecked'),
      number({ min: 0, max: 1000 }),
    ),
  },
  identity: ['subType'],
})
