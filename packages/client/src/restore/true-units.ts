import { isObject } from '../faults.ts'

type Fields = Record<string, unknown>

/** No glucose in mmol/L is higher (data-types.md §4), and no target in mg/dL as low. */
const maxMmolPerL = 55

/**
 * The record with the units that its values are in. A server gives glucose in mmol/L, whatever it was sent in
 * (http.md §5.1); but pump settings that the first of Tidepool's services took still name the units they were sent
 * in, beside converted values. A server that believed it would convert them a second time.
 */
export function withTrueUnits(record: Fields): Fields {
  const { type, uploadId, units } = record
  if (type !== 'pumpSettings' || typeof uploadId !== 'string' || !isObject(units)) return record
  if (typeof units.bg !== 'string' || units.bg.toLowerCase() !== 'mg/dl') return record
  const values = ['bgTarget', 'bgTargets', 'insulinSensitivity', 'insulinSensitivities'].flatMap((field) =>
    glucoseIn(record[field]),
  )
  if (!values.every((value) => value <= maxMmolPerL)) return record
  return { ...record, units: { ...units, bg: 'mmol/L' } }
}

/** All numbers in a schedule, or in schedules by name, but the times of day. */
function glucoseIn(value: unknown, key?: string): number[] {
  if (typeof value === 'number') return key === 'start' ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => glucoseIn(inner, key))
}
