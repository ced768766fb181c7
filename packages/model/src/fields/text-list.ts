import Type, { type TArray, type TSchema } from 'typebox'
import * as fault from '../faults/fault.ts'
import { type Field, REFUSED } from './field.ts'
import { wellFormed } from './text.ts'

interface ListLimits {
  max?: number
  unique?: boolean
  mayBeEmpty?: boolean
}

/** A list of texts. A null in it is an empty text, as the reference reads it. */
export function textList<S extends TSchema>(
  item: Field<S>,
  { max, unique = false, mayBeEmpty = false }: ListLimits = {},
): Field<TArray<S>> {
  return {
    schema: Type.Array(item.schema, {
      ...(!mayBeEmpty && { minItems: 1 }),
      ...(max !== undefined && { maxItems: max }),
      ...(unique && { uniqueItems: true }),
    }) as TArray<S>,
    copy: (value) => (Array.isArray(value) ? value.map((one) => wellFormed(one ?? '')) : REFUSED),
    read(value, at) {
      if (Array.isArray(value)) return value.map((one, index) => item.read(one ?? '', at.in(index)) ?? '')
      at.report(fault.typeNot('array', value))
      return undefined
    },
    check(values: string[], at, siblings, datum) {
      if (values.length === 0 && !mayBeEmpty) at.report(fault.empty)
      if (max !== undefined && values.length > max) at.report(fault.longerThan(values.length, max))
      for (const [index, value] of values.entries()) item.check(value, at.in(index), siblings, datum)
      if (!unique) return
      const seen = new Set<string>()
      for (const [index, value] of values.entries()) {
        if (seen.has(value)) at.in(index).report(fault.duplicate)
        seen.add(value)
      }
    },
  }
}

/** In the order of their UTF-8 bytes, which is not that of JavaScript's `sort` beyond U+FFFF. Changes the list. */
export function sortByBytes(texts: string[]): void {
  texts.sort(compareByBytes)
}

function compareByBytes(left: string, right: string): number {
  const end = Math.min(left.length, right.length)
  let at = 0
  while (at < end && left.charCodeAt(at) === right.charCodeAt(at)) at++
  if (at === end) return left.length - right.length
  return byteRank(left.charCodeAt(at)) - byteRank(right.charCodeAt(at))
}

/** Surrogates stand for what is above every other unit. */
function byteRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit
}
