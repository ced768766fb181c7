import Type, { type TArray, type TSchema } from 'typebox'
import * as fault from '../faults/fault.ts'
import { type Field, type Members, NO_SIBLINGS, REFUSED } from './field.ts'

/** A list of objects. A null in it is missing there, and that is a fault. */
export function list<S extends TSchema>(
  item: Field<S>,
  { max, mayBeEmpty = false }: { max?: number; mayBeEmpty?: boolean } = {},
): Field<TArray<S>> {
  const { copy = (value: unknown) => value, holds } = item
  return {
    schema: Type.Array(item.schema, {
      ...(!mayBeEmpty && { minItems: 1 }),
      ...(max !== undefined && { maxItems: max }),
    }) as TArray<S>,
    copy(value, depth) {
      if (!Array.isArray(value)) return REFUSED
      const copied: unknown[] = []
      for (const one of value) {
        const kept = copy(one, depth + 1)
        if (kept === REFUSED) return REFUSED
        copied.push(kept)
      }
      return copied
    },
    ...(holds && {
      holds: (values: readonly unknown[], _siblings: Members, datum: Members) =>
        values.every((value) => holds(value, NO_SIBLINGS, datum)),
    }),
    read(value, at) {
      if (Array.isArray(value)) {
        return value.map((one, index) => (one === null ? undefined : item.read(one, at.in(index))))
      }
      at.report(fault.typeNot('array', value))
      return undefined
    },
    check(values: readonly unknown[], at, _siblings, datum) {
      if (values.length === 0 && !mayBeEmpty) at.report(fault.empty)
      if (max !== undefined && values.length > max) at.report(fault.longerThan(values.length, max))
      for (const [index, value] of values.entries()) {
        if (value === undefined) at.in(index).report(fault.notExists)
        else item.check(value, at.in(index), NO_SIBLINGS, datum)
      }
    },
  }
}
