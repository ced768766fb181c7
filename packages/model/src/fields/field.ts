import Type, { type TOptional, type TSchema } from 'typebox'
import type { Place } from '../faults/place.ts'
import type { ParsedDatum } from '../wire.ts'

/**
 * One field: what may stand in it. From one value come the TypeScript type, the compiled check and the JSON Schema
 * (`schema`), the fast way for good data (`copy`, then the compiled check, then `holds`) and the explaining way for
 * the rest (`read` is the parse phase, `check` the value phase). Both ways must let the same values through. After
 * `copy` or `read` a value has the kind that the schema says, so `holds` and `check` may take it for that.
 */
export interface Field<S extends TSchema = TSchema> {
  readonly schema: S
  /** Whether it must be there; absent means `required`. */
  readonly presence?: Presence | PresenceRule
  /**
   * Fast: the value as it is kept (known, non-null parts only), or {@link REFUSED}. It may leave to the compiled
   * check what that sees. Absent: the value is kept as it is.
   */
  copy?(value: unknown, depth: number): unknown
  /** Fast: what neither `copy` nor the schema can see. Called after both, with the copied siblings and datum. */
  holds?(value: unknown, siblings: Members, datum: Members): boolean
  /** Explaining, parse phase: the value as it is kept; undefined after a report. */
  read(value: unknown, at: Place): unknown
  /** Explaining, value phase: reports every fault of what `read` gave. */
  check(value: unknown, at: Place, siblings: Members, datum: Members): void
  /** For a field that holds another datum: that one as it is stored, and whether its id takes its place. */
  settle?(
    value: Record<string, unknown>,
    sent: Members,
  ): { datum: ParsedDatum; isLinked: boolean } | undefined
}

/** The fields of an object by name. */
export type Members = Readonly<Record<string, unknown>>

/** An item of a list or a map stands beside nothing. */
export const NO_SIBLINGS: Members = {}

/** Whether this is what JSON calls an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What `copy` answers for a value that cannot be right. */
export const REFUSED = Symbol('refused')

/** JSON may be nested this deep; beyond it nothing is read, so that no input exhausts the stack. */
export const MAX_DEPTH = 500

/**
 * `unchecked`: whatever stands there is another field's fault, which is reported in its place.
 * `checked-then-forbidden`: as forbidden, but a fault of the value itself is reported first.
 */
export type Presence = 'required' | 'optional' | 'forbidden' | 'checked-then-forbidden' | 'unchecked'
export type PresenceRule = (siblings: Members, datum: Members) => Presence

/** May be absent (or null, which is the same). */
export function optional<S extends TSchema>(field: Field<S>): Field<TOptional<S>> {
  return withPresence('optional', field)
}

/** Whether it must, may or must not be there hangs on its siblings. */
export function dependent<S extends TSchema>(rule: PresenceRule, field: Field<S>): Field<TOptional<S>> {
  return withPresence(rule, field)
}

function withPresence<S extends TSchema>(
  presence: Presence | PresenceRule,
  field: Field<S>,
): Field<TOptional<S>> {
  return { ...field, presence, schema: Type.Optional(field.schema) } as Field<TOptional<S>>
}
