import type { Static, TLiteral, TObject, TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { baseFields } from './base-fields.ts'
import type { Place } from './faults/place.ts'
import { type Field, type Members, REFUSED } from './fields/field.ts'
import { type Fields, type ObjectRules, object, type SchemasOf } from './fields/object.ts'
import { exactly } from './fields/text.ts'
import { sortByBytes } from './fields/text-list.ts'
import { isDatumId } from './ids.ts'
import type { InnerDatum, SettledDatum } from './separate.ts'
import { finerThanMs, isStoredForm, parseTime } from './time.ts'
import type { DatumBody } from './wire.ts'

/** What one file in `types/` says about a data type. The base fields are every type's and come first. */
export interface TypeDeclaration<Name extends string, Kind extends Kinds, F extends Fields> {
  name: Name
  /** For a type that has kinds: the field that names the kind, and this kind's name. */
  kind?: Kind
  /** Its own fields, in the order in which the reference tells their faults. */
  fields: F
  /** Rules of the datum as a whole; their faults come last. */
  rules?: ObjectRules
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
  /** All of it as a field: what may be sent, and the explaining way of reading and checking it. */
  readonly whole: WholeDatum<S>
  readonly identity: readonly string[]
  /** The fast way: the datum as it is stored, or undefined if anything is wrong with it. */
  accept(sent: Members): SettledDatum | undefined
  /** The datum as it is stored, of what was read and checked without a report. Changes `datum`. */
  settle(datum: Record<string, unknown>, sent: Members): SettledDatum
}

interface WholeDatum<S extends TSchema> extends Field<S> {
  read(value: unknown, at: Place): Record<string, unknown> | undefined
}

/** A type whose data are of several kinds, each with its own fields: bolus, basal, deviceEvent. */
export interface KindedType<S extends TSchema = TSchema> {
  readonly name: string
  /** The field that names the kind: `subType`, `deliveryType`. */
  readonly by: string
  readonly kinds: ReadonlyMap<unknown, DatumType<S>>
}

/** The TypeScript type of what may be sent. */
export type InputOf<T> = T extends DatumType<infer S> | KindedType<infer S> ? Static<S> : never

export function defineType<
  const Name extends string,
  const F extends Fields,
  const Kind extends Kinds = Record<never, never>,
>(declaration: TypeDeclaration<Name, Kind, F>): DatumType<TObject<SchemasOf<AllFields<Name, Kind, F>>>> {
  const { name, kind, normalize, rules, identity = [] } = declaration
  const fields = {
    type: exactly(name),
    ...Object.fromEntries(Object.entries(kind ?? {}).map(([by, word]) => [by, exactly(word)])),
    ...baseFields,
    ...declaration.fields,
  } as AllFields<Name, Kind, F>
  const whole = object(fields, rules)
  // The id is kept beside the body, so the fast copy leaves it out.
  const { id: _id, ...bodyFields } = fields
  const body = object(bodyFields, rules)
  const compiled = lazily(() => Compile(body.schema))
  const embedded = Object.entries(fields).filter(([, field]) => field.settle)

  function settle(datum: Record<string, unknown>, id: unknown, sent: Members): SettledDatum {
    const { tags, notes } = datum as Static<TObject<SchemasOf<typeof baseFields>>>
    if (tags !== undefined) sortByBytes(tags)
    if (notes?.length === 0) delete datum.notes
    const sentUnits = normalize?.(datum as never)
    const settled: SettledDatum = {
      body: datum as DatumBody,
      timeMs: parseTime(datum.time as string) ?? Number.NaN,
    }
    if (id !== undefined && id !== null) settled.id = id as string
    if (sentUnits !== undefined) settled.sentUnits = sentUnits
    const sentTime = sent.time as string
    const finer = isStoredForm(sentTime) ? '' : finerThanMs(sentTime)
    if (finer !== '') settled.finerThanMs = finer
    if (embedded.length === 0) return settled
    const inner = takeInner(embedded, datum, sent)
    if (inner.length > 0) settled.inner = inner
    return settled
  }

  return {
    name,
    meta: { type: name, ...kind },
    whole,
    identity,
    accept(sent) {
      const datum = body.copy(sent, 1)
      if (datum === REFUSED || !compiled().Check(datum)) return undefined
      if (body.holds && !body.holds(datum, datum, datum)) return undefined
      const { id } = sent
      if (id !== undefined && id !== null && !(typeof id === 'string' && isDatumId(id))) return undefined
      return settle(datum, id, sent)
    },
    settle(datum, sent) {
      const { id, ...rest } = datum
      return settle(rest, id, sent)
    },
  }
}

/** Takes the data out of `datum` that were sent inside of it. */
function takeInner(
  fields: readonly [name: string, field: Field][],
  datum: Record<string, unknown>,
  sent: Members,
): InnerDatum[] {
  const inner: InnerDatum[] = []
  for (const [name, field] of fields) {
    const value = datum[name]
    if (value === undefined) continue
    delete datum[name]
    const settled = field.settle?.(value as Record<string, unknown>, sent[name] as Members)
    if (settled) inner.push({ field: name, ...settled })
  }
  return inner
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
): KindedType<K[number]['whole']['schema']> {
  return { name, by, kinds: new Map(kinds.map((kind) => [kind.meta[by], kind])) }
}
