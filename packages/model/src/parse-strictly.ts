import * as fault from './faults/fault.ts'
import { placeOfBody } from './faults/place.ts'
import { isObject } from './fields/field.ts'
import type { Fields, ObjectField } from './fields/object.ts'
import { sortByBytes } from './fields/text-list.ts'
import type { Problem } from './wire.ts'

/**
 * Reads a body that is one object. Unlike in a datum, an unknown key is a fault here (`not-parsed`), though one inside
 * of an object is dropped.
 *
 * @param body What `JSON.parse` gave. What is no object is `not-an-object`.
 */
export function parseStrictly<F extends Fields>(
  object: ObjectField<F>,
  body: unknown,
): { read: Record<string, unknown> } | { problems: Problem[] } | 'not-an-object' {
  if (!isObject(body)) return 'not-an-object'
  const problems: Problem[] = []
  const at = placeOfBody(problems)
  const read = object.read(body, at)
  const unknown = Object.keys(body).filter((key) => !Object.hasOwn(object.schema.properties, key))
  sortByBytes(unknown)
  for (const key of unknown) at.in(key).report(fault.notParsed)
  if (read === undefined || problems.length > 0) return { problems }
  object.check(read as never, at, read, read)
  return problems.length > 0 ? { problems } : { read }
}
