import { dependent, optional } from '../fields/field.ts'
import { byUnits, number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf } from '../fields/text.ts'
import { anyTime } from '../fields/time.ts'

/** How full a battery is. What is called percent is a fraction: 1 is full. */
export const battery = object(
  {
    time: optional(anyTime),
    state: optional(oneOf('charging', 'full', 'unplugged')),
    remaining: optional(number(byUnits('units', { percent: [0, 1] }))),
    units: dependent((it) => (it.remaining === undefined ? 'forbidden' : 'required'), oneOf('percent')),
  },
  { anyOf: ['state', 'remaining'] },
)
