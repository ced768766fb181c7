import Type, { type Static, type TUnsafe } from 'typebox'
import * as fault from '../faults/fault.ts'
import type { Place } from '../faults/place.ts'
import { type Field, isObject, type Members, REFUSED } from './field.ts'

/**
 * The word by which an object says what it is, if it is one of `allowed`. That it is missing or unknown is a fault of
 * the parse phase: without it nobody knows how to read the rest.
 */
export function readKind(
  value: Members,
  name: string,
  allowed: readonly string[],
  at: Place,
): string | undefined {
  const word = value[name] ?? undefined
  const place = at.in(name)
  if (typeof word === 'string' && allowed.includes(word)) return word
  if (typeof word === 'string') place.report(fault.notOneOf(word, allowed))
  else {
    if (word !== undefined) place.report(fault.typeNot('string', word))
    place.report(fault.notExists)
  }
  return undefined
}

type Kinds = Readonly<Record<string, Field>>

/** An object of type `type` that is of one of several kinds: the field `by` names which, and each has fields of its own. */
export function kindOf<K extends Kinds>(
  type: string,
  by: string,
  kinds: K,
): Field<TUnsafe<Static<K[keyof K]['schema']>>> {
  const byWord: ReadonlyMap<unknown, Field> = new Map(Object.entries(kinds))
  const words = Object.keys(kinds)
  const kindFor = (value: Members) => byWord.get(value[by])
  return {
    schema: Type.Unsafe<Static<K[keyof K]['schema']>>(
      Type.Union(Object.values(kinds).map(({ schema }) => schema)),
    ),
    copy(value, depth) {
      if (!isObject(value) || value.type !== type) return REFUSED
      return kindFor(value)?.copy?.(value, depth) ?? REFUSED
    },
    holds: (value, siblings, datum) => kindFor(value as Members)?.holds?.(value, siblings, datum) ?? true,
    read(value, at) {
      if (!isObject(value)) {
        at.report(fault.typeNot('object', value))
        return undefined
      }
      const known = readKind(value, 'type', [type], at) && readKind(value, by, words, at)
      return known === undefined ? undefined : byWord.get(known)?.read(value, at)
    },
    check: (value, at, siblings, datum) => kindFor(value as Members)?.check(value, at, siblings, datum),
  }
}
