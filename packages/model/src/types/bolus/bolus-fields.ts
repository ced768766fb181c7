import { dependent, type Members, optional } from '../../fields/field.ts'
import { integer, number } from '../../fields/number.ts'
import { oneOf } from '../../fields/text.ts'
import { insulinFormulation } from '../../shapes/insulin-formulation.ts'

const units = { min: 0, max: 100 }
const durationMs = { min: 0, max: 86_400_000 }

/** What a bolus of any kind has. */
export const bolusFields = {
  deliveryContext: optional(oneOf('algorithm', 'device', 'oneButton', 'remote', 'undetermined', 'watch')),
  insulinFormulation: optional(insulinFormulation),
}

/** Delivered at once. `expected…` is what was programmed, where it was not all delivered. */
export const normalFields = {
  normal: number({ ...units, atMost: 'expectedNormal' }),
  expectedNormal: optional(number(units)),
}

/** Delivered over a time, in milliseconds. */
export const extendedFields = {
  duration: integer({ ...durationMs, atMost: 'expectedDuration' }),
  expectedDuration: dependent(
    (bolus: Members) => (bolus.expectedExtended === undefined ? 'checked-then-forbidden' : 'required'),
    integer(durationMs),
  ),
  extended: number({ ...units, atMost: 'expectedExtended' }),
  expectedExtended: optional(number(units)),
}

/** Given by a closed loop: never more than expected, and one that delivered nothing says what was. */
export const automatedFields = {
  normal: number(units),
  expectedNormal: dependent(
    (bolus: Members) => (bolus.normal === 0 ? 'required' : 'optional'),
    number({ ...units, atLeast: 'normal' }),
  ),
}
