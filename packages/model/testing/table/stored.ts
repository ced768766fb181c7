/** What is stored of a record that is right, read off the table alone. Shares no code with the model. */
import {
  at,
  datumTable,
  embeddedKinds,
  type FieldRule,
  has,
  type Kind,
  type ObjectTable,
  shape,
  suppressedShape,
} from './table.ts'

type Members = Readonly<Record<string, unknown>>

interface Context {
  datum: Members
  units: unknown
}

/** Stands where the id of an inner record goes. */
export const LINK = '(an id)'

/** The record without its id; LINK in the place of one that was inside of it. */
export function storedDatum(kind: Kind, datum: Members): Members {
  const { id: _id, ...body } = storedMembers(datumTable(kind), datum, { datum, units: undefined })
  return body
}

function storedMembers({ fields }: ObjectTable, value: Members, context: Context): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    if (!has(value, name)) continue
    // "An empty array is accepted and treated as absent."
    if (name === 'notes' && (value[name] as unknown[]).length === 0) continue
    const units = field.unitsFrom === undefined ? context.units : at(context.datum, field.unitsFrom)
    kept[field.storedAs ?? name] = storedValue(field, value[name], value, { ...context, units })
  }
  return kept
}

function storedValue(field: FieldRule, value: unknown, siblings: Members, context: Context): unknown {
  switch (field.type) {
    case 'time':
      return new Date(field.layout === undefined ? String(value) : `${value}Z`).toISOString()
    case 'number':
      return storedNumber(field, value as number, siblings, context)
    case 'string':
      return UNITS[field.normalize ?? ''] ?? value
    case 'array':
      return (value as unknown[]).map((one) => field.items && storedValue(field.items, one, {}, context))
    case 'stringArray': {
      const texts = (value as (string | null)[]).map((one) => one ?? '')
      return field.normalize === 'sortStrings'
        ? texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        : texts
    }
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Members).map(([name, one]) => [
          name,
          field.values && storedValue(field.values, one, {}, context),
        ]),
      )
    case 'embeddedDatum':
      return LINK
    case 'object':
    case 'suppressed':
      return storedObject(field, value as Members, context)
    default:
      return value
  }
}

function storedObject(field: FieldRule, value: Members, context: Context): unknown {
  const name = field.schema ?? suppressedShape(String(value.deliveryType))
  const table = shape(name)
  if (!table.isOpen) return storedMembers(table, value, context)
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null))
}

const UNITS: Readonly<Record<string, string>> = {
  glucoseUnits: 'mmol/L',
  glucoseRateUnits: 'mmol/L/minute',
  ketoneUnits: 'mmol/L',
}

function storedNumber(field: FieldRule, value: number, siblings: Members, context: Context): number {
  const path = (field.unitRange ?? field.unitEnum)?.unitsPath ?? '$context'
  const unit =
    path === '$context'
      ? context.units
      : path.startsWith('./')
        ? siblings[path.slice(2)]
        : at(context.datum, path)
  if (field.normalize === 'glucoseValue') return unit === 'mg/dL' || unit === 'mg/dl' ? inMmol(value) : value
  if (field.normalize === 'glucoseRate') return unit === 'mg/dL/minute' ? inMmol(value) : value
  return value
}

/** "trunc(v / 18.01559 * 100000 + (v < 0 ? -0.5 : 0.5)) / 100000" */
function inMmol(value: number): number {
  return Math.trunc((value / 18.01559) * 100000 + (value < 0 ? -0.5 : 0.5)) / 100000
}

/** The kind of the record inside of this one, and where it is. */
export function innerOf(
  kind: Kind,
  datum: Members,
): { field: string; kind: Kind; datum: Members } | undefined {
  for (const [field, rule] of Object.entries(datumTable(kind).fields)) {
    if (rule.type !== 'embeddedDatum' || !has(datum, field)) continue
    const inner = datum[field] as Members
    const found = embeddedKinds(rule).find(
      (one) => one.type === inner.type && one.word === inner[one.by ?? ''],
    )
    if (found) return { field, kind: found, datum: inner }
  }
  return undefined
}
