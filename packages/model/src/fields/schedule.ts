import type { TArray, TInteger, TObject } from 'typebox'
import * as fault from '../faults/fault.ts'
import { wholeNumber } from '../faults/quote.ts'
import { type Field, NO_SIBLINGS } from './field.ts'
import { list } from './list.ts'
import { integer } from './number.ts'
import { type Fields, object, type SchemasOf } from './object.ts'

const DAY_MS = 86_400_000

/** From when an entry holds. How it stands to the one before is the schedule's to check. */
const start: Field<TInteger> = {
  ...integer({
    min: 0,
    max: DAY_MS,
    description: 'ms after midnight; 0 in the first, then later than in the one before',
  }),
  check() {},
}

type Entry = { start?: number }

/** What holds in the course of a day: entries that begin one after the other, the first at midnight. It may be empty. */
export function schedule<F extends Fields>(
  fields: F,
): Field<TArray<TObject<SchemasOf<F & { start: Field<TInteger> }>>>> {
  const entry = object({ ...fields, start })
  return {
    ...list(entry, { mayBeEmpty: true }),
    holds(entries: readonly Entry[], _siblings, datum) {
      let earliest = 0
      return entries.every((one, index) => {
        const holds = mayStart(one.start, earliest) && (entry.holds?.(one, NO_SIBLINGS, datum) ?? true)
        earliest = earliestAfter(one, index, earliest)
        return holds
      })
    },
    check(entries: readonly (Entry | undefined)[], at, _siblings, datum) {
      let earliest = 0
      for (const [index, one] of entries.entries()) {
        const place = at.in(index)
        if (one === undefined) {
          place.report(fault.notExists)
          continue
        }
        entry.check(one as never, place, NO_SIBLINGS, datum)
        if (one.start !== undefined && !mayStart(one.start, earliest)) {
          place.in('start').report(startFault(one.start, earliest))
        }
        earliest = earliestAfter(one, index, earliest)
      }
    },
  }
}

/** The reference asks for 0 itself where that is the earliest; wherever the first one began, the second is after 0. */
function mayStart(start: number | undefined, earliest: number): boolean {
  if (start === undefined) return false
  return earliest === 0 ? start === 0 : start >= earliest && start <= DAY_MS
}

function earliestAfter({ start }: Entry, index: number, earliest: number): number {
  if (index === 0) return 1
  return start === undefined ? earliest : start + 1
}

function startFault(start: number, earliest: number): fault.Fault {
  return earliest === 0 ? fault.notZero(start) : fault.notBetween(start, earliest, DAY_MS, wholeNumber)
}
