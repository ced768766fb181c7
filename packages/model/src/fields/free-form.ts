import Type, { type TUnsafe } from 'typebox'
import * as fault from '../faults/fault.ts'
import { type Field, isObject, MAX_DEPTH, REFUSED } from './field.ts'

/** A free-form object may take this many bytes as JSON, counted as the reference writes it. */
const MAX_BYTES = 4096

type FreeForm = Record<string, unknown>

/** What `read` gives for what cannot be written as JSON. */
const UNSERIALIZABLE: FreeForm = Object.freeze({})

/**
 * An object of any keys, kept as it was sent but for its nulls: those at its top are dropped. Not empty, at most 4096
 * bytes. `__proto__`, `$set` and the empty key are keys like others; one with a NUL in it is refused.
 */
export const metadata = freeForm({ dropsNulls: true })

/** The same, with its nulls. */
export const metadataWithNulls = freeForm({ dropsNulls: false })

function freeForm({ dropsNulls }: { dropsNulls: boolean }): Field<TUnsafe<FreeForm>> {
  return {
    schema: Type.Unsafe<FreeForm>(
      Type.Object({}, { description: 'Free-form, at most 4096 bytes, not empty' }),
    ),
    copy(value, depth) {
      if (!isObject(value)) return REFUSED
      if (isPlainlyRight(value, dropsNulls, depth)) return value
      const kept = cleaned(value, dropsNulls, depth)
      return kept !== undefined && faultsOf(kept).length === 0 ? kept : REFUSED
    },
    read(value, at) {
      if (!isObject(value)) {
        at.report(fault.typeNot('object', value))
        return undefined
      }
      // What cannot be cleaned is no JSON; the value phase says so.
      return cleaned(value, dropsNulls, at.depth) ?? UNSERIALIZABLE
    },
    check(value: FreeForm, at) {
      for (const one of value === UNSERIALIZABLE ? [fault.notSerializable] : faultsOf(value)) at.report(one)
    },
  }
}

function faultsOf(value: FreeForm): fault.Fault[] {
  const faults: fault.Fault[] = []
  const bytes = jsonBytes(value)
  if (Object.keys(value).length === 0) faults.push(fault.empty)
  if (bytes > MAX_BYTES) faults.push(fault.largerThan(bytes, MAX_BYTES))
  const key = keyWithNul(value)
  if (key !== undefined) faults.push(fault.notValid(key, 'as key'))
  return faults
}

/** The usual case, seen without copying: small enough by a rough count and nothing in it to clean or refuse. */
function isPlainlyRight(value: FreeForm, dropsNulls: boolean, depth: number): boolean {
  let empty = true
  for (const key in value) {
    empty = false
    if (dropsNulls && value[key] === null) return false
  }
  return !empty && mostBytes(value, depth) <= MAX_BYTES
}

/** No JSON of this value is larger; Infinity when something in it wants a closer look. */
function mostBytes(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.isWellFormed() ? value.length * 6 + 2 : Number.POSITIVE_INFINITY
  if (typeof value === 'number') return Number.isFinite(value) ? 25 : Number.POSITIVE_INFINITY
  if (typeof value === 'boolean' || value === null) return 5
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return Number.POSITIVE_INFINITY
  let bytes = 2
  if (Array.isArray(value)) {
    for (const one of value) bytes += mostBytes(one, depth + 1) + 1
    return bytes
  }
  for (const key in value) {
    if (!key.isWellFormed() || key.includes('\0')) return Number.POSITIVE_INFINITY
    bytes += key.length * 6 + 4 + mostBytes((value as FreeForm)[key], depth + 1)
  }
  return bytes
}

/** A copy that is JSON: well-formed texts, no `undefined`. Undefined for what has no end or is nested too deep. */
function cleaned(value: FreeForm, dropsNulls: boolean, depth: number): FreeForm | undefined {
  const members: [string, unknown][] = []
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined || (member === null && dropsNulls)) continue
    const kept = cleanedValue(member, depth + 1)
    if (kept === undefined) return undefined
    members.push([key.toWellFormed(), kept])
  }
  // Not by assignment: `__proto__` is a key here.
  return Object.fromEntries(members)
}

function cleanedValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return undefined
  if (!Array.isArray(value)) return cleaned(value as FreeForm, false, depth)
  const kept = value.map((one) => cleanedValue(one ?? null, depth + 1))
  return kept.includes(undefined) ? undefined : kept
}

/** How many bytes the reference's JSON of this takes: `<`, `>`, `&`, U+2028 and U+2029 as escapes of six. */
function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value)
  return (
    new TextEncoder().encode(text).length + 5 * count(text, /[<>&]/g) + 3 * count(text, /[\u2028\u2029]/g)
  )
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function keyWithNul(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, member] of Object.entries(value)) {
    if (key.includes('\0')) return key
    const below = keyWithNul(member)
    if (below !== undefined) return below
  }
  return undefined
}
