import type { DatumType, KindedType } from './define-type.ts'
import * as fault from './faults/fault.ts'
import { type Place, placeOfBody } from './faults/place.ts'
import { isObject, type Members } from './fields/field.ts'
import { readKind } from './fields/kind.ts'
import { datumTypes, typesInDataArray } from './registry.ts'
import { type IdFor, type SettledDatum, separate } from './separate.ts'
import type { ParsedDatum, Problem } from './wire.ts'

/** All of a body as it is stored, or all that is wrong with it. */
export type ParsedData = { data: ParsedDatum[] } | { problems: Problem[] }

export interface ParseOptions {
  /**
   * The id of a record that came inside of another one and has none of its own. Give the same for the same key (a hash
   * of it, say): then sending a record again names the same inner one, and stores no second.
   */
  idFor: IdFor
}

/**
 * Reads the body of an upload (http.md §4.1): every record checked and brought into its stored form (known fields
 * only, no nulls, glucose in mmol/L, times in UTC).
 *
 * All or nothing: with one fault anywhere there are no data, but every fault of the phase that failed. If anything is
 * of the wrong JSON kind (or of an unknown type), those faults alone; else every wrong value. Pointers count the
 * elements as they were sent, nulls too, which are skipped. Records that came inside of others (the bolus of a wizard)
 * follow after all others (D8). What was given is never changed, though parts of it (payloads) may be in the answer.
 *
 * @param body What `JSON.parse` gave. `null` is an empty array; anything else that is none is `not-an-array`.
 */
export function parseData(body: readonly unknown[], options: ParseOptions): ParsedData
export function parseData(body: unknown, options: ParseOptions): ParsedData | 'not-an-array'
export function parseData(body: unknown, { idFor }: ParseOptions): ParsedData | 'not-an-array' {
  if (body === null) return { data: [] }
  if (!Array.isArray(body)) return 'not-an-array'
  const settled = acceptAll(body) ?? explain(body)
  return 'problems' in settled ? settled : { data: separate(settled.data, idFor) }
}

/** The fast way: undefined when anything at all is wrong. */
export function acceptAll(body: readonly unknown[]): { data: SettledDatum[] } | undefined {
  const data: SettledDatum[] = []
  for (const sent of body) {
    if (sent === null) continue
    const parsed = isObject(sent) ? typeOf(sent)?.accept(sent) : undefined
    if (parsed === undefined) return undefined
    data.push(parsed)
  }
  return { data }
}

function typeOf(sent: Members): DatumType | undefined {
  const type = datumTypes.get(sent.type)
  return type && 'kinds' in type ? type.kinds.get(sent[type.by]) : type
}

/** The same by a slower way that knows what to say. It may find nothing wrong; then it has the data as well. */
export function explain(body: readonly unknown[]): { data: SettledDatum[] } | { problems: Problem[] } {
  const problems: Problem[] = []
  const read = body.flatMap((sent, index) => readDatum(sent, placeOfBody(problems).in(index)))
  if (problems.length > 0) return { problems }
  for (const { type, datum, at } of read) type.whole.check(datum, at, datum, datum)
  if (problems.length > 0) return { problems }
  return { data: read.map(({ type, datum, sent }) => type.settle(datum, sent)) }
}

interface ReadDatum {
  type: DatumType
  sent: Members
  datum: Record<string, unknown>
  at: Place
}

function readDatum(sent: unknown, at: Place): ReadDatum[] {
  if (sent === null || sent === undefined) return []
  if (!isObject(sent)) {
    at.report(fault.typeNot('object', sent))
    return []
  }
  const type = readType(sent, at)
  if (type === undefined) return []
  const place = at.of(type.meta)
  const datum = type.whole.read(sent, place)
  return datum === undefined ? [] : [{ type, sent, datum, at: place }]
}

function readType(sent: Members, at: Place): DatumType | undefined {
  const name = readKind(sent, 'type', typesInDataArray, at)
  if (name === undefined) return undefined
  const type: DatumType | KindedType | undefined = datumTypes.get(name)
  if (type === undefined || !('kinds' in type)) return type
  return type.kinds.get(readKind(sent, type.by, [...type.kinds.keys()] as string[], at))
}
