import { optional } from '../fields/field.ts'
import { metadata } from '../fields/free-form.ts'
import { object } from '../fields/object.ts'
import { oneOf, text } from '../fields/text.ts'
import { timeAsSent } from '../fields/time.ts'

/** Where a datum comes from. `id` is the key of the origin deduplicators, `time` is kept as the text that was sent. */
export const origin = object({
  id: optional(text({ max: 100 })),
  name: optional(text({ max: 100 })),
  payload: optional(metadata),
  time: optional(timeAsSent),
  type: optional(oneOf('application', 'device', 'manual', 'service')),
  version: optional(text({ max: 100 })),
})
