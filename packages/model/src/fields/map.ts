import Type, { type Static, type TSchema, type TUnsafe } from 'typebox'
import * as fault from '../faults/fault.ts'
import { type Field, isObject, type Members, NO_SIBLINGS, REFUSED } from './field.ts'
import { sortByBytes } from './text-list.ts'

/**
 * Values of one kind under names that the client gives. `__proto__` and the empty text are names like others; one with
 * a NUL in it is refused. A null under a name is missing there, and that is a fault.
 */
export function mapOf<S extends TSchema>(item: Field<S>): Field<TUnsafe<Record<string, Static<S>>>> {
  const { copy = (value: unknown) => value, holds } = item
  return {
    schema: Type.Unsafe<Record<string, Static<S>>>(Type.Object({}, { additionalProperties: item.schema })),
    copy(value, depth) {
      if (!isObject(value)) return REFUSED
      const members: [string, unknown][] = []
      for (const [name, member] of wellNamed(value)) {
        const kept = copy(member, depth + 1)
        if (kept === REFUSED || name.includes('\0')) return REFUSED
        members.push([name, kept])
      }
      // Not by assignment: `__proto__` is a name here.
      return Object.fromEntries(members)
    },
    ...(holds && {
      holds: (value: Members, _siblings: Members, datum: Members) =>
        Object.values(value).every((member) => holds(member, NO_SIBLINGS, datum)),
    }),
    read(value, at) {
      if (isObject(value)) {
        const members = wellNamed(value).map(([name, member]) => [
          name,
          member === null ? undefined : item.read(member, at.in(name)),
        ])
        return Object.fromEntries(members)
      }
      at.report(fault.typeNot('object', value))
      return undefined
    },
    check(value: Members, at, _siblings, datum) {
      const names = Object.keys(value)
      sortByBytes(names)
      const unstorable = names.find((name) => name.includes('\0'))
      if (unstorable !== undefined) at.report(fault.notValid(unstorable, 'as key'))
      for (const name of names) {
        const member = value[name]
        if (member === undefined) at.in(name).report(fault.notExists)
        else item.check(member, at.in(name), NO_SIBLINGS, datum)
      }
    },
  }
}

/** The members under names that are text. Of two that become one by that, the last stays. */
function wellNamed(value: Members): [string, unknown][] {
  const members = Object.entries(value)
  if (members.every(([name]) => name.isWellFormed())) return members
  return [...new Map(members.map(([name, member]) => [name.toWellFormed(), member]))]
}
