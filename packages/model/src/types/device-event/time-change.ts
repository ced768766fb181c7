import { defineType } from '../../define-type.ts'
import { noneOfOne } from '../../faults/fault.ts'
import { dependent, type Members, optional } from '../../fields/field.ts'
import { object } from '../../fields/object.ts'
import { oneOf } from '../../fields/text.ts'
import { clockTime } from '../../fields/time.ts'
import { localTime, timeZone } from '../../shapes/names.ts'

/** What a clock showed, and in which zone. */
const clock = object(
  { time: optional(clockTime), timeZoneName: optional(timeZone) },
  { anyOf: ['time', 'timeZoneName'] },
)

/** How it was said before: kept as the texts that were sent. */
const change = object({ agent: oneOf('automatic', 'manual'), from: localTime, to: localTime })

const isNewForm = ({ from, method }: Members) => from !== undefined || method !== undefined

/** The clock of a device was set. */
export const timeChange = defineType({
  name: 'deviceEvent',
  kind: { subType: 'timeChange' },
  fields: {
    from: optional(clock),
    method: optional(oneOf('automatic', 'manual')),
    to: dependent((event) => (isNewForm(event) ? 'required' : 'optional'), clock),
    change: dependent(
      (event) => (isNewForm(event) || event.to !== undefined ? 'forbidden' : 'optional'),
      change,
    ),
  },
  rules: { anyOf: ['from', 'method', 'to', 'change'], orElse: noneOfOne(['to', 'change']) },
  identity: ['subType'],
})
