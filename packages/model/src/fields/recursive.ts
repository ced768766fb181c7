import Type, { type TCyclic, type TRef, type TSchema } from 'typebox'
import * as fault from '../faults/fault.ts'
import { type Field, MAX_DEPTH, REFUSED } from './field.ts'

/** A field that may have itself inside. `define` is given the field that stands for the whole. */
export function recursive<Name extends string, S extends TSchema>(
  name: Name,
  define: (self: Field<TRef<Name>>) => Field<S>,
): Field<TCyclic<{ [_ in Name]: S }, Name>> {
  const self: Field<TRef<Name>> = {
    schema: Type.Ref(name),
    copy: (value, depth) => (depth > MAX_DEPTH ? REFUSED : whole.copy ? whole.copy(value, depth) : value),
    holds: (value, siblings, datum) => whole.holds?.(value as never, siblings, datum) ?? true,
    read(value, at) {
      if (at.depth <= MAX_DEPTH) return whole.read(value, at)
      at.report(fault.notSerializable)
      return undefined
    },
    check: (value, at, siblings, datum) => whole.check(value as never, at, siblings, datum),
  }
  const whole = define(self)
  return { ...whole, schema: Type.Cyclic({ [name]: whole.schema } as { [_ in Name]: S }, name) } as never
}
