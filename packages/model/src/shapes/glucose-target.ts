import type { Static } from 'typebox'
import { dependent, type Members, type Presence } from '../fields/field.ts'
import { number, type Range } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { convert, GLUCOSE_RANGES, glucoseIn, type UnitsIn } from './glucose.ts'

/**
 * Where glucose should be, in one of four forms: `{target}`, `{target, range}`, `{target, high}` or `{low, high}`. Of
 * what is none of them it is only told what is missing: a high beside a low, else the target.
 *
 * @param units Where the datum names the unit. Without one nothing is out of range.
 */
export function glucoseTargetFields(units: UnitsIn) {
  const narrower = (narrow: (range: Range, it: Members) => Range | undefined, description: string) =>
    number({
      range(it, datum) {
        const range = RANGES.get(units(datum))
        return range && narrow(range, it)
      },
      description,
    })
  return {
    high: dependent(highPresence, narrower(aboveTheLowEnd, 'at least `target` or `low`')),
    low: dependent(lowPresence, glucoseIn(units)),
    range: dependent(
      rangePresence,
      narrower(aroundTheTarget, 'reaches from `target` to no impossible value'),
    ),
    target: dependent(({ low }) => (low === undefined ? 'required' : 'optional'), glucoseIn(units)),
  }
}

/** See {@link glucoseTargetFields}. */
export const glucoseTarget = (units: UnitsIn) => object(glucoseTargetFields(units))

/** From mg/dL into mmol/L. */
export function convertTarget(target: Static<ReturnType<typeof glucoseTarget>['schema']> | undefined): void {
  convert(target, 'high', 'low', 'range', 'target')
}

const RANGES: ReadonlyMap<unknown, Range> = new Map(Object.entries(GLUCOSE_RANGES))

function highPresence({ target, low, range }: Members): Presence {
  if (target !== undefined) return range === undefined ? 'optional' : 'forbidden'
  return low === undefined ? 'unchecked' : 'required'
}

function lowPresence({ target, high }: Members): Presence {
  if (target !== undefined) return 'forbidden'
  return high === undefined ? 'unchecked' : 'optional'
}

function rangePresence({ target, low, high }: Members): Presence {
  if (target !== undefined) return 'optional'
  return low !== undefined && high !== undefined ? 'forbidden' : 'unchecked'
}

function aboveTheLowEnd(range: Range, { target, low }: Members): Range | undefined {
  const end = target ?? low
  return isIn(end, range) ? [end, range[1]] : undefined
}

function aroundTheTarget([min, max]: Range, { target }: Members): Range | undefined {
  return isIn(target, [min, max]) ? [0, Math.min(target - min, max - target)] : undefined
}

function isIn(value: unknown, [min, max]: Range): value is number {
  return typeof value === 'number' && value >= min && value <= max
}
