import type { Static, TLiteral, TObject, TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { baseFields } from './base-fields.ts'
import type { Place } from './faults/place.ts'
import { type Field, type Members, REFUSED } from './fields/field.ts'
import { type Fields, object, type SchemasOf } from './fields/object.ts'
import { exactly } from './fields/text.ts'
import { sortByBytes } from './fields/text-list.ts'
import { isDatumId } from './ids.ts'
import { finerThanMs, isStoredForm, parseTime } from './time.ts'
import type { DatumBody, ParsedDatum } from './wire.ts'

/** What one file in `types/` says about a data type. The base fields are every type's and come first. */
export interface TypeDeclaration<Name extends string, Kind extends Kinds, F extends Fields> {
  name: Name
  /** For a type that has kinds: the field that names the kind, and this kind's name. */
  kind?: Kind
  /** Its own fields, in the order in which the reference tells their faults. */
  fields: F
  /** Brings a datum that passed into its stored form, in place. Answers the unit that glucose was converted from. */
  normalize?(datum: Static<TObject<SchemasOf<F>>>): 'mg/dL' | undefined
  /** The fields that tell two of its data apart, beyond device, time and type (data-types.md §6). */
  identity?: readonly (keyof NoInfer<F & Kind> & string)[]
}

type Kinds = Readonly<Record<string, string>>

type AllFields<Name extends string, Kind extends Kinds, F extends Fields> = {
  type: Field<TLiteral<Name>>
} & { [Key in keyof Kind]: Field<TLiteral<Kind[Key]>> } & typeof baseFields &
  F

export interface DatumType<S extends TSchema = TSchema> {
  readonly name: string
  /** What a fault says about the datum that it is in. */
  readonly meta: Readonly<Record<string, string>>
  /** What may be sent. */
  readonly schema: S
  readonly identity: readonly string[]
  /** The fast way: the datum as it is stored, or undefined if anything is wrong with it. */
  accept(sent: Members): ParsedDatum | undefined
  /** The explaining way, first phase: reports what is of the wrong JSON kind. */
  read(sent: Members, at: Place): Record<string, unknown> | undefined
  /** Second phase, of what was read without a report: reports what has a wrong value. */
  check(datum: Members, at: Place): void
  /** The datum as it is stored, of what was read and checked without a report. Changes `datum`. */
  settle(datum: Record<string, unknown>, sent: Members): ParsedDatum
}

/** A type whose data are of several kinds, each with its own fields: bolus, basal. */
export interface KindedType<S extends TSchema = TSchema> {
  readonly name: string
  /** The field that names the kind: `subType`, `deliveryType`. */
  readonly by: string
  readonly kinds: ReadonlyMap<unknown, DatumType<S>>
}

/** The TypeScript type of what may be sent. What is stored is one too. */
export type InputOf<T> = T extends DatumType<infer S> | KindedType<infer S> ? Static<S> : never

export function defineType<
  const Name extends string,
  const F extends Fields,
  const Kind extends Kinds = Record<never, never>,
>(declaration: TypeDeclaration<Name, Kind, F>): DatumType<TObject<SchemasOf<AllFields<Name, Kind, F>>>> {
  const { name, kind, normalize, identity = [] } = declaration
  const fields = {
    type: exactly(name),
    ...Object.fromEntries(Object.entries(kind ?? {}).map(([by, word]) => [by, exactly(word)])),
    ...baseFields,
    ...declaration.fields,
  } as AllFields<Name, Kind, F>
  const whole = object(fields)
  // The id is kept beside the body, so the fast copy leaves it out.
  const { id: _id, ...bodyFields } = fields
  const body = object(bodyFields)
  const compiled = lazily(() => Compile(body.schema))

  function settle(datum: Record<string, unknown>, id: unknown, sentTime: unknown): ParsedDatum {
    const { tags, notes } = datum as Static<TObject<SchemasOf<typeof baseFields>>>
    if (tags !== undefined) sortByBytes(tags)
    if (notes?.length === 0) delete datum.notes
    const sentUnits = normalize?.(datum as never)
    const parsed: ParsedDatum = {
      body: datum as DatumBody,
      timeMs: parseTime(datum.time as string) ?? Number.NaN,
    }
    if (id !== undefined && id !== null) parsed.id = id as string
    if (sentUnits !== undefined) parsed.sentUnits = sentUnits
    const finer = isStoredForm(sentTime as string) ? '' : finerThanMs(sentTime as string)
    if (finer !== '') parsed.finerThanMs = finer
    return parsed
  }

  return {
    name,
    meta: { type: name, ...kind },
    schema: whole.schema,
    identity,
    accept(sent) {
      const datum = body.copy(sent, 1)
      if (datum === REFUSED || !compiled().Check(datum)) return undefined
      if (body.holds && !body.holds(datum, datum, datum)) return undefined
      const { id } = sent
      if (id !== undefined && id !== null && !(typeof id === 'string' && isDatumId(id))) return undefined
      return settle(datum, id, sent.time)
    },
    read: whole.read,
    check: (datum, at) => whole.check(datum as never, at, datum, datum),
    settle(datum, sent) {
      const { id, ...rest } = datum
      return settle(rest, id, sent.time)
    },
  }
}

/** Made when it is first wanted: what is never sent need not be compiled, and a program starts sooner. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

/** Joins the kinds of a type. @param kinds in the order in which a fault lists them. */
export function defineKinds<const K extends readonly DatumType[]>(
  name: string,
  by: string,
  kinds: K,
): KindedType<K[number]['schema']> {
  return { name, by, kinds: new Map(kinds.map((kind) => [kind.meta[by], kind])) }
}
