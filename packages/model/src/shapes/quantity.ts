import type { TEnum, TNumber, TObject } from 'typebox'
import type { Field } from '../fields/field.ts'
import { byUnits, number, type Range } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf } from '../fields/text.ts'

/** A number and its unit: `{"units": "feet", "value": 30}`. Each unit has its range. */
export function quantity<Unit extends string>(
  ranges: Readonly<Record<Unit, Range>>,
): Field<TObject<{ units: TEnum<Unit[]>; value: TNumber }>> {
  return object({
    units: oneOf(...(Object.keys(ranges) as Unit[])),
    value: number(byUnits('units', ranges)),
  })
}
