import type { Static, TSchema, TUnsafe } from 'typebox'
import type { KindedType } from '../define-type.ts'
import type { Field, Members } from './field.ts'
import { kindOf } from './kind.ts'

/**
 * A whole datum inside of another: with rules of its own, whose faults are told as those of the outer one. It is stored
 * beside that one, where its id takes its place.
 *
 * @param isLinked Whether it does; for where the reference forgets the id.
 */
export function embedded<S extends TSchema>(
  type: KindedType<S>,
  isLinked: (datum: Members) => boolean = () => true,
): Field<TUnsafe<Static<S>>> {
  const kinds = Object.fromEntries([...type.kinds].map(([word, { whole }]) => [word, whole]))
  const field = kindOf(type.name, type.by, kinds)
  return {
    schema: field.schema as TUnsafe<Static<S>>,
    ...(field.copy && { copy: field.copy }),
    read: field.read,
    // Its rules look at it as the datum, not at the one around it.
    holds: (value) => field.holds?.(value, value as Members, value as Members) ?? true,
    check: (value: Members, at) => field.check(value, at, value, value),
    settle(value, sent) {
      const datum = type.kinds.get(value[type.by])?.settle(value, sent)
      return datum && { datum, isLinked: isLinked(value) }
    },
  }
}
