import Type, { type TBoolean, type TInteger, type TNumber, type TNumberOptions } from 'typebox'
import * as fault from '../faults/fault.ts'
import { decimal, wholeNumber } from '../faults/quote.ts'
import { in64Bits } from '../int64.ts'
import type { Field, Members } from './field.ts'

/** Lowest and highest value, both allowed. */
export type Range = readonly [min: number, max: number]

const UNLIMITED: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

export interface NumberLimits {
  min?: number
  max?: number
  /** A sibling below which it must not be, where that sibling is itself between `min` and `max`. */
  atLeast?: string
  /** A sibling above which it must not be, likewise. */
  atMost?: string
  /** The range where it hangs on other fields; undefined where they do not say, and then nothing is checked. */
  range?: (siblings: Members, datum: Members) => Range | undefined
  /** Says in the JSON Schema what its keywords cannot. */
  description?: string
}

/**
 * The range by the unit; no range for a unit that is missing or unknown.
 *
 * @param units The sibling that names the unit, or where in the datum it stands.
 */
export function byUnits(
  units: string | ((datum: Members) => unknown),
  ranges: Readonly<Record<string, Range>>,
): NumberLimits {
  const byName: ReadonlyMap<unknown, Range> = new Map(Object.entries(ranges))
  const inUnits = Object.entries(ranges).map(([unit, [min, max]]) => `${min} to ${max} ${unit}`)
  return {
    range:
      typeof units === 'string'
        ? (siblings) => byName.get(siblings[units])
        : (_siblings, datum) => byName.get(units(datum)),
    description: inUnits.join(', '),
  }
}

export function number(limits: NumberLimits = {}): Field<TNumber> {
  return {
    schema: Type.Number(keywords(limits)),
    ...holding(limits),
    read(value, at) {
      if (typeof value === 'number' && Number.isFinite(value)) return value
      at.report(fault.typeNot('float64', value))
      return undefined
    },
    check: checkWith(limits, decimal),
  }
}

/** A number without a fraction, however JSON spells it. */
export function integer(limits: NumberLimits = {}): Field<TInteger> {
  const bounded = limits.min !== undefined && limits.max !== undefined
  return {
    schema: Type.Integer(keywords(limits)),
    ...(!bounded && {
      copy: (value: unknown) => (Number.isInteger(value) ? in64Bits(value as number) : value),
    }),
    ...holding(limits),
    read(value, at) {
      if (Number.isInteger(value)) return in64Bits(value as number)
      at.report(fault.typeNot('int', value))
      return undefined
    },
    check: checkWith(limits, wholeNumber),
  }
}

export const boolean: Field<TBoolean> = {
  schema: Type.Boolean(),
  read(value, at) {
    if (typeof value === 'boolean') return value
    at.report(fault.typeNot('bool', value))
    return undefined
  },
  check() {},
}

function keywords({ min, max, atLeast, atMost, description }: NumberLimits): TNumberOptions {
  const said = description ?? (atLeast && `at least \`${atLeast}\``) ?? (atMost && `at most \`${atMost}\``)
  return {
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
    ...(said !== undefined && { description: said }),
  }
}

function holding(limits: NumberLimits): Pick<Field<TNumber>, 'holds'> {
  if (!limits.range && !limits.atLeast && !limits.atMost) return {}
  return {
    holds(value: number, siblings, datum) {
      const [min, max] = rangeInForce(limits, siblings, datum)
      return value >= min && value <= max
    },
  }
}

function checkWith(limits: NumberLimits, write: (value: number) => string): Field<TNumber>['check'] {
  const onlyMin = limits.max === undefined && limits.range === undefined
  return (value: number, at, siblings, datum) => {
    const [min, max] = rangeInForce(limits, siblings, datum)
    if (value >= min && value <= max) return
    at.report(onlyMin ? fault.notAtLeast(value, min, write) : fault.notBetween(value, min, max, write))
  }
}

function rangeInForce(limits: NumberLimits, siblings: Members, datum: Members): Range {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, atLeast, atMost, range } = limits
  if (range) return range(siblings, datum) ?? UNLIMITED
  const low = atLeast === undefined ? undefined : siblings[atLeast]
  const high = atMost === undefined ? undefined : siblings[atMost]
  return [within(low, min, max) ? low : min, within(high, min, max) ? high : max]
}

function within(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max
}
