import { decimal } from './faults/quote.ts'
import { datumTypes } from './registry.ts'
import { formatTimeShort } from './time.ts'
import type { ParsedDatum } from './wire.ts'

/**
 * What the hash deduplicators tell a datum by, after the user id: device id, time, type, and what its type adds
 * (data-types.md §6). The time is in UTC (D7) with the fraction that was sent, numbers are plain decimals; null stands
 * where the datum has no such field: only the device id can be missing.
 */
export function identityFields(datum: ParsedDatum): (string | null)[] {
  const { body, timeMs, finerThanMs } = datum
  return [body.deviceId ?? null, formatTimeShort(timeMs, finerThanMs), body.type, ...typeIdentity(datum)]
}

function typeIdentity({ body }: ParsedDatum): (string | null)[] {
  const type = datumTypes.get(body.type)
  const known = type && 'kinds' in type ? type.kinds.get(body[type.by]) : type
  return (known?.identity ?? []).map((name) => textOf(body[name]))
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return decimal(value)
  return typeof value === 'string' ? value : null
}
