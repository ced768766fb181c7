import { annotations } from '../../base-fields.ts'
import { optional } from '../../fields/field.ts'
import { kindOf } from '../../fields/kind.ts'
import { object } from '../../fields/object.ts'
import { exactly, text } from '../../fields/text.ts'
import { insulinFormulation } from '../../shapes/insulin-formulation.ts'
import { percent, rate } from './basal-fields.ts'

/**
 * The delivery that would have run instead, which may itself be one in the place of another:
 * temp → automated → scheduled. It has no time, duration or id of its own; those are dropped.
 */
const scheduled = object({
  type: exactly('basal'),
  deliveryType: exactly('scheduled'),
  annotations: optional(annotations),
  insulinFormulation: optional(insulinFormulation),
  rate,
  scheduleName: optional(text()),
})

/** What an automated basal may stand in the place of. */
export const suppressedByAutomated = kindOf('basal', 'deliveryType', { scheduled })

const automated = object({
  type: exactly('basal'),
  deliveryType: exactly('automated'),
  annotations: optional(annotations),
  insulinFormulation: optional(insulinFormulation),
  rate,
  scheduleName: optional(text({ max: 1000 })),
  suppressed: optional(suppressedByAutomated),
})

/** What a temporary basal may stand in the place of. */
export const suppressedByTemp = kindOf('basal', 'deliveryType', { automated, scheduled })

const temp = object({
  type: exactly('basal'),
  deliveryType: exactly('temp'),
  annotations: optional(annotations),
  insulinFormulation: optional(insulinFormulation),
  percent: optional(percent),
  rate,
  suppressed: optional(suppressedByTemp),
})

/** What a suspension may stand in the place of. */
export const suppressedBySuspend = kindOf('basal', 'deliveryType', { automated, scheduled, temp })
