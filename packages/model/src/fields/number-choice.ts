import Type, { type TEnum, type TNumber } from 'typebox'
import * as fault from '../faults/fault.ts'
import { decimal, wholeNumber } from '../faults/quote.ts'
import type { Field, Members } from './field.ts'
import { integer, number } from './number.ts'

/** One of some whole numbers. */
export function integerOneOf(...choices: number[]): Field<TEnum<number[]>> {
  const { read } = integer()
  return {
    schema: Type.Enum(choices) as unknown as TEnum<number[]>,
    read,
    check(value: number, at) {
      if (!choices.includes(value)) at.report(fault.notOneOfNumbers(value, choices, wholeNumber))
    },
  }
}

/** One of some numbers by the unit that the datum names; any number where that is missing or unknown. */
export function numberOneOf(
  units: (datum: Members) => unknown,
  choices: Readonly<Record<string, readonly number[]>>,
): Field<TNumber> {
  const byName: ReadonlyMap<unknown, readonly number[]> = new Map(Object.entries(choices))
  const inUnits = Object.entries(choices).map(([unit, numbers]) => `${numbers.join(' or ')} ${unit}`)
  return {
    ...number(),
    schema: Type.Number({ description: inUnits.join(', ') }),
    holds: (value: number, _siblings, datum) => byName.get(units(datum))?.includes(value) ?? true,
    check(value: number, at, _siblings, datum) {
      const allowed = byName.get(units(datum))
      if (allowed?.includes(value) === false) at.report(fault.notOneOfNumbers(value, allowed, decimal))
    },
  }
}
