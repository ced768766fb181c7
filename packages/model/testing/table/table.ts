/** The field tables of the specification (`testdata/data-types.json`, its `howToRead` says how), so far as tests read them. */
import { readFileSync } from 'node:fs'

export interface FieldRule {
  type:
    | 'string'
    | 'number'
    | 'integer'
    | 'boolean'
    | 'time'
    | 'object'
    | 'array'
    | 'map'
    | 'stringArray'
    | 'suppressed'
    | 'embeddedDatum'
  presence?: 'required' | 'optional' | { rules: { if: Condition; then: Presence }[]; else?: Presence }
  enum?: (string | number)[]
  enumRef?: string
  const?: string
  format?: string
  layout?: string
  notZero?: boolean
  pattern?: string
  emptyAllowed?: boolean
  nonEmpty?: boolean
  minLength?: number
  maxLength?: number
  min?: number
  max?: number
  minField?: SiblingBound
  maxField?: SiblingBound
  notBeforeField?: string
  unitRange?: { unitsPath: string; ranges: Record<string, [number, number]> }
  unitEnum?: { unitsPath: string; ranges: Record<string, number[]> }
  unitsFrom?: string
  schema?: string
  open?: boolean
  maxBytes?: number
  items?: FieldRule
  maxItems?: number
  unique?: boolean
  schedule?: { startField: string; max: number }
  values?: FieldRule
  allowed?: string[]
  normalize?: string
  storedAs?: string
  serverSet?: boolean
}

export type Presence = 'required' | 'optional' | 'forbidden'

export type Condition =
  | { field: string; equals: unknown }
  | { field: string; in: unknown[] }
  | { field: string; exists: true }
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }

interface SiblingBound {
  field: string
  ifInRange: [number, number | null]
}

export type FieldRules = Readonly<Record<string, FieldRule>>

export interface ObjectRule {
  rule: 'anyOf' | 'oneOf' | 'glucoseTarget' | 'metadata'
  fields?: string[]
  ignoreIfAny?: string[]
  code?: string
  maxBytes?: number
}

/** What the table says of one kind of object: a shape, or a whole datum of one type and kind. */
export interface ObjectTable {
  fields: FieldRules
  rules: readonly ObjectRule[]
  isOpen: boolean
}

interface RawObject {
  fields?: FieldRules
  rules?: ObjectRule[]
  extends?: string
  open?: boolean
}

interface RawType extends RawObject {
  discriminator?: string
  variants?: Record<string, RawObject>
}

const raw: {
  typesInDataArray: string[]
  common: { client: FieldRules }
  formats: Record<string, { pattern?: string; maxLength?: number; errors?: { empty?: string } }>
  objects: Record<string, RawObject>
  types: Record<string, RawType>
} = JSON.parse(readFileSync(new URL('../../testdata/data-types.json', import.meta.url), 'utf8'))

export const { typesInDataArray, formats } = raw

export function shape(name: string): ObjectTable {
  const { fields = {}, rules = [], extends: parent, open = false } = raw.objects[name] as RawObject
  const inherited = parent === undefined ? { fields: {}, rules: [] } : shape(parent)
  // "Sent by a client it is silently ignored."
  const clients = Object.entries(fields).filter(([, { serverSet }]) => !serverSet)
  return {
    fields: { ...inherited.fields, ...Object.fromEntries(clients) },
    rules: [...inherited.rules, ...rules],
    isOpen: open,
  }
}

/** A type and one of its kinds, or the only one. */
export interface Kind {
  type: string
  /** The field that names the kind. */
  by?: string
  word?: string
}

export function kindsOf(type: string): Kind[] {
  const { discriminator: by, variants } = raw.types[type] as RawType
  if (by === undefined || variants === undefined) return [{ type }]
  return Object.keys(variants).map((word) => ({ type, by, word }))
}

export const dataKinds: readonly Kind[] = typesInDataArray.flatMap(kindsOf)

/** A whole datum. What names its type and kind is a constant. */
export function datumTable({ type, by, word }: Kind): ObjectTable {
  const { variants, fields, rules } = raw.types[type] as RawType
  const own = word === undefined ? { fields, rules } : (variants?.[word] as RawObject)
  return {
    fields: {
      ...raw.common.client,
      type: { type: 'string', const: type, presence: 'required' },
      ...(by !== undefined &&
        word !== undefined && { [by]: { type: 'string', const: word, presence: 'required' } }),
      ...own.fields,
    },
    rules: own.rules ?? [],
    isOpen: false,
  }
}

/** The body of a data set's creation. By rule D18 what the server sets is checked for its JSON kind alone. */
export function dataSetTable(): ObjectTable {
  const fields = Object.entries(raw.types.upload?.fields ?? {}).map(([name, field]) => {
    const isServers = field.serverSet || name === 'id'
    return [name, isServers ? { type: field.type } : field] as const
  })
  return { fields: Object.fromEntries(fields), rules: [], isOpen: false }
}

/** The kinds of datum that a field may hold: `bolus`, `deviceEvent/status`. */
export function embeddedKinds({ allowed = [] }: FieldRule): Kind[] {
  return allowed.flatMap((path) => {
    const [type = '', word] = path.split('/')
    return kindsOf(type).filter((kind) => word === undefined || kind.word === word)
  })
}

const SUPPRESSED: Readonly<Record<string, string>> = {
  automated: 'SuppressedAutomated',
  scheduled: 'SuppressedScheduled',
  temp: 'SuppressedTemporary',
}

/** The shape of a suppressed basal of this kind. */
export function suppressedShape(deliveryType: string): string {
  return SUPPRESSED[deliveryType] ?? ''
}

type Members = Readonly<Record<string, unknown>>

export function has(object: Members, name: string): boolean {
  return (object[name] ?? undefined) !== undefined
}

export function holds(condition: Condition, object: Members): boolean {
  if ('all' in condition) return condition.all.every((one) => holds(one, object))
  if ('any' in condition) return condition.any.some((one) => holds(one, object))
  if ('not' in condition) return !holds(condition.not, object)
  if ('exists' in condition) return has(object, condition.field)
  if ('in' in condition) return condition.in.includes(object[condition.field])
  return object[condition.field] === condition.equals
}

export function presenceOf({ presence = 'optional' }: FieldRule, object: Members): Presence {
  if (typeof presence === 'string') return presence
  const rule = presence.rules.find((one) => holds(one.if, object))
  return rule?.then ?? presence.else ?? 'optional'
}

/** What stands at a path like `/units/bg` of a datum. */
export function at(datum: unknown, path: string): unknown {
  let value = datum
  for (const name of path.split('/').slice(1)) value = (value as Members | undefined)?.[name]
  return value
}

/** Every word with which the table says something of a field. */
export function wordsOfFields(): string[] {
  const tables = [...Object.values(raw.objects), ...Object.values(raw.types)]
  const variants = Object.values(raw.types).flatMap(({ variants = {} }) => Object.values(variants))
  const fields = [raw.common.client, ...[...tables, ...variants].map((one) => one.fields ?? {})]
  return [...new Set(fields.flatMap(Object.values).flatMap(wordsOf))].sort()
}

function wordsOf(field: FieldRule): string[] {
  const { items, values } = field
  return [...Object.keys(field), ...[items, values].flatMap((inner) => (inner ? wordsOf(inner) : []))]
}
