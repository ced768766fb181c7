import { optional } from './fields/field.ts'
import { boolean } from './fields/number.ts'
import { object } from './fields/object.ts'
import { text } from './fields/text.ts'
import { textList } from './fields/text-list.ts'
import { parseStrictly } from './parse-strictly.ts'
import type { Problem } from './wire.ts'

/** The body of `PUT /v1/users/{userId}/quarantine/settings`. */
const settings = object({
  enabled: optional(boolean),
  clientNames: optional(textList(text({ max: 1000 }), { max: 100, mayBeEmpty: true })),
})

export interface QuarantineSettingsFields {
  /** For every upload of the account. */
  enabled?: boolean
  /** For those to data sets with one of these client names. */
  clientNames?: string[]
}

/** Reads to which uploads quarantine is to apply; an unknown key is a fault. @param body What `JSON.parse` gave. */
export function parseQuarantineSettings(
  body: unknown,
): { fields: QuarantineSettingsFields } | { problems: Problem[] } | 'not-an-object' {
  const parsed = parseStrictly(settings, body)
  return parsed === 'not-an-object' || 'problems' in parsed ? parsed : { fields: parsed.read }
}
