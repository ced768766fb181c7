import Type, { type TObject } from 'typebox'
import * as fault from '../faults/fault.ts'
import type { Place } from '../faults/place.ts'
import { type Field, isObject, type Members, type Presence, REFUSED } from './field.ts'

/** Fields by name, in the order in which their faults are told. */
export type Fields = Readonly<Record<string, Field>>
/** The TypeBox properties of these fields. */
export type SchemasOf<F extends Fields> = { -readonly [Name in keyof F]: F[Name]['schema'] }

export interface ObjectRules {
  /** At least one of these is there; otherwise that is a fault of the object itself, told after those of its fields. */
  anyOf?: readonly string[]
  /** How it is told, if not by the names of these. */
  orElse?: fault.Fault
}

export interface ObjectField<F extends Fields> extends Field<TObject<SchemasOf<F>>> {
  copy(value: unknown, depth: number): Record<string, unknown> | typeof REFUSED
  holds?(value: unknown, siblings: Members, datum: Members): boolean
  read(value: unknown, at: Place): Record<string, unknown> | undefined
}

/** An object of these fields. What else it has is dropped, and null is the same as absent. */
export function object<F extends Fields>(fields: F, rules: ObjectRules = {}): ObjectField<F> {
  const byName: ReadonlyMap<string, Field> = new Map(Object.entries(fields))
  const copies: Copies = new Map([...byName].map(([name, { copy = KEEP }]) => [name, copy]))
  return {
    schema: Type.Object(schemasOf(fields)),
    copy: (value, depth) => copyKnown(copies, value, depth),
    ...holding(byName, rules),
    read(value, at) {
      if (isObject(value)) return readKnown(byName, value, at)
      at.report(fault.typeNot('object', value))
      return undefined
    },
    check(value: Members, at, _siblings, datum) {
      for (const [name, field] of byName) checkMember(field, name, value, at, datum)
      if (!hasAny(value, rules.anyOf)) at.report(rules.orElse ?? fault.noneOf(rules.anyOf ?? []))
    },
  }
}

function schemasOf<F extends Fields>(fields: F): SchemasOf<F> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.schema]),
  ) as SchemasOf<F>
}

/** How each known field is copied. */
type Copies = ReadonlyMap<string, NonNullable<Field['copy']>>

const KEEP = (value: unknown) => value

/**
 * The fast copy. It goes through what was sent, not through what could be: most records have few of the fields that
 * their type knows. Known names are none that an object inherits, so assigning them is safe.
 */
function copyKnown(copies: Copies, value: unknown, depth: number): Record<string, unknown> | typeof REFUSED {
  if (!isObject(value)) return REFUSED
  const kept: Record<string, unknown> = {}
  for (const name in value) {
    const copy = copies.get(name)
    if (copy === undefined) continue
    let member = value[name]
    if (member === null || member === undefined) continue
    if (copy !== KEEP) {
      member = copy(member, depth + 1)
      if (member === REFUSED) return REFUSED
    }
    kept[name] = member
  }
  return kept
}

/** The fast test of what no schema says: fields that hang on others. Nothing when there are none. */
function holding(
  fields: ReadonlyMap<string, Field>,
  { anyOf }: ObjectRules,
): { holds?: Field['holds'] & {} } {
  const watched = [...fields].filter(([, field]) => field.holds || typeof field.presence === 'function')
  if (watched.length === 0 && !anyOf) return {}
  return {
    holds(value, _siblings, datum) {
      const members = value as Members
      if (!hasAny(members, anyOf)) return false
      for (const [name, field] of watched) {
        const member = members[name]
        if (typeof field.presence === 'function') {
          const presence = field.presence(members, datum)
          if (member === undefined ? presence === 'required' : isForbidden(presence)) return false
        }
        if (member !== undefined && field.holds && !field.holds(member, members, datum)) return false
      }
      return true
    },
  }
}

function readKnown(fields: ReadonlyMap<string, Field>, value: Members, at: Place): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const [name, field] of fields) {
    const member = value[name]
    if (member === null || member === undefined) continue
    const read = field.read(member, at.in(name))
    if (read !== undefined) kept[name] = read
  }
  return kept
}

function checkMember(field: Field, name: string, members: Members, at: Place, datum: Members): void {
  const { presence: rule = 'required' } = field
  const presence = typeof rule === 'function' ? rule(members, datum) : rule
  const value = members[name]
  if (value === undefined) {
    if (presence === 'required') at.in(name).report(fault.notExists)
  } else {
    if (presence !== 'forbidden' && presence !== 'unchecked') field.check(value, at.in(name), members, datum)
    if (isForbidden(presence)) at.in(name).report(fault.exists)
  }
}

function isForbidden(presence: Presence): boolean {
  return presence === 'forbidden' || presence === 'checked-then-forbidden'
}

function hasAny(members: Members, names: readonly string[] | undefined): boolean {
  return names === undefined || names.some((name) => members[name] !== undefined)
}
