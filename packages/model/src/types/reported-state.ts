import { defineType, type InputOf } from '../define-type.ts'
import { dependent, optional } from '../fields/field.ts'
import { list } from '../fields/list.ts'
import { integer } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf, text } from '../fields/text.ts'

const state = object({
  severity: optional(integer({ min: 0, max: 10 })),
  state: oneOf(
    'alcohol',
    'cycle',
    'hyperglycemiaSymptoms',
    'hypoglycemiaSymptoms',
    'illness',
    'other',
    'stress',
  ),
  stateOther: dependent((it) => (it.state === 'other' ? 'required' : 'forbidden'), text({ max: 100 })),
})

/** How a person says they are. */
export const reportedState = defineType({
  name: 'reportedState',
  fields: { states: optional(list(state, { mayBeEmpty: true })) },
})

export type ReportedState = InputOf<typeof reportedState>
