import * as fault from './faults/fault.ts'
import { placeOfBody } from './faults/place.ts'
import { optional } from './fields/field.ts'
import { object } from './fields/object.ts'
import { anyText } from './fields/text.ts'
import { textList } from './fields/text-list.ts'
import { anyTime } from './fields/time.ts'
import { parseStrictly } from './parse-strictly.ts'
import { formatTimeShort, parseTime } from './time.ts'
import type { Problem } from './wire.ts'

/** The body of `POST /v1/users/{userId}/restricted_tokens` (http.md §1.8). */
const restrictedToken = object({
  paths: optional(textList(anyText, { mayBeEmpty: true })),
  expirationTime: optional(anyTime),
})

export interface RestrictedTokenFields {
  paths?: string[]
  expiresMs?: number
}

const MAX_PATHS = 10

/**
 * Reads what a restricted token is to be; an unknown key is a fault.
 *
 * @param body What `JSON.parse` gave.
 * @param latestMs The end of its life must come before this.
 */
export function parseRestrictedToken(
  body: unknown,
  latestMs: number,
): { fields: RestrictedTokenFields } | { problems: Problem[] } | 'not-an-object' {
  const parsed = parseStrictly(restrictedToken, body)
  if (parsed === 'not-an-object' || 'problems' in parsed) return parsed
  const { paths, expirationTime } = parsed.read as { paths?: string[]; expirationTime?: string }
  const problems: Problem[] = []
  const at = placeOfBody(problems)
  if (paths && (paths.length < 1 || paths.length > MAX_PATHS)) {
    at.in('paths').report(fault.lengthNotBetween(paths.length, 1, MAX_PATHS))
  }
  for (const [place, path] of (paths ?? []).entries()) {
    if (!path.startsWith('/')) at.in('paths').in(place).report(fault.notMatching(path, '^/.*$'))
  }
  const expiresMs = expirationTime === undefined ? undefined : parseTime(expirationTime)
  if (expiresMs !== undefined && expiresMs >= latestMs) {
    at.in('expirationTime').report(fault.notBefore(formatTimeShort(expiresMs), formatTimeShort(latestMs)))
  }
  if (problems.length > 0) return { problems }
  return { fields: { ...(paths && { paths }), ...(expiresMs !== undefined && { expiresMs }) } }
}
