/** Makes records that are right by the table and have a given field in them. */
import type { Step } from './places.ts'
import {
  type Condition,
  datumTable,
  embeddedKinds,
  type FieldRule,
  has,
  type ObjectTable,
  presenceOf,
  shape,
} from './table.ts'

export type Members = Record<string, unknown>

const TEXTS: Readonly<Record<string, string>> = {
  dataId: '0123456789abcdefghijklmnopqrstuv',
  localTime: '2024-01-02T03:04:05',
  rfc3339: '2024-01-02T03:04:05Z',
  timeZoneName: 'America/New_York',
  url: 'https://example.org/a',
  reverseDomain: 'org.example.none',
}

/** One of each, right together in either unit of glucose. */
export const TARGET: Readonly<Record<string, number>> = { target: 5, range: 1, low: 4, high: 9 }

export class Examples {
  readonly #unit: string | undefined

  /** @param unit The unit to choose wherever it is one of those allowed. */
  constructor(unit: string | undefined) {
    this.#unit = unit
  }

  /** A record of this table in which everything on the way to this place is there, and what that asks for. */
  recordWith(table: ObjectTable, place: readonly Step[]): Members {
    const record: Members = {}
    let holder: Members | unknown[] = record
    let holderTable: ObjectTable | undefined = table
    for (const step of place) {
      if (!Array.isArray(holder) && step.table) {
        this.#permit(step.field, holder, step.table)
        holder[step.name] ??= step.as ? { ...step.as } : this.example(step.field, step.table)
        this.#complete(step.table, holder, new Set([String(step.name)]))
      }
      holderTable = undefined
      holder = (holder as Members)[step.name] as Members
    }
    if (holderTable) this.#complete(holderTable, record, new Set())
    if (this.#unit !== undefined) this.#nameUnits(record, table, place)
    this.#complete(table, record, new Set(place.slice(0, 1).map(({ name }) => String(name))))
    return record
  }

  example(field: FieldRule, table?: ObjectTable): unknown {
    switch (field.type) {
      case 'string':
        return this.#text(field)
      case 'number':
      case 'integer':
        return this.#number(field, table)
      case 'boolean':
        return true
      case 'time':
        return field.layout === undefined ? '2024-01-02T03:04:05.000Z' : '2024-01-02T03:04:05'
      case 'array':
        return this.#list(field)
      case 'stringArray':
        return field.items ? [this.example(field.items)] : []
      case 'map':
        return field.values ? { 'a/b': this.example(field.values) } : {}
      case 'suppressed':
        return { type: 'basal', deliveryType: field.allowed?.[0], rate: 1 }
      case 'embeddedDatum':
        return this.#complete(datumTable(embeddedKinds(field)[0] ?? { type: '' }), {}, new Set())
      case 'object': {
        const inner = field.schema === undefined ? undefined : shape(field.schema)
        return inner === undefined || inner.isOpen ? { a: 1 } : this.#complete(inner, {}, new Set())
      }
    }
  }

  #text({ enum: words, const: word, format, pattern, minLength = 1 }: FieldRule): string {
    if (word !== undefined) return word
    if (words) return words.includes(this.#unit ?? '') ? (this.#unit as string) : String(words[0])
    if (format !== undefined) return TEXTS[format] ?? 'a'
    return 'a'.repeat(pattern === undefined ? minLength : 5)
  }

  #number({ type, enum: choices, unitEnum, unitRange, min, max }: FieldRule, table?: ObjectTable): number {
    if (choices) return choices[0] as number
    const unit = (ranges: object) => this.#unitIn(ranges, table)
    if (unitEnum) return unitEnum.ranges[unit(unitEnum.ranges)]?.[0] ?? 0
    const [low = 0, high] = unitRange ? (unitRange.ranges[unit(unitRange.ranges)] ?? []) : [min, max]
    const number = high === undefined ? low + 1 : (low + high) / 2
    return type === 'integer' ? Math.floor(number) : number
  }

  #unitIn(ranges: object, table: ObjectTable | undefined): string {
    if (this.#unit !== undefined && this.#unit in ranges) return this.#unit
    const allowed = table?.fields.units?.enum ?? []
    return String(allowed.find((one) => String(one) in ranges) ?? Object.keys(ranges)[0])
  }

  #list({ items, schedule }: FieldRule): unknown[] {
    if (!items) return []
    const entries = [this.example(items)]
    if (schedule) {
      const [first, second] = [entries[0], this.example(items)] as [Members, Members]
      return [
        { ...first, [schedule.startField]: 0 },
        { ...second, [schedule.startField]: 3_600_000 },
      ]
    }
    return entries
  }

  /** Adds what is asked for and takes out what must not be, but for what is to be kept. */
  #complete(table: ObjectTable, object: Members, kept: ReadonlySet<string>): Members {
    for (let isRight = false; !isRight; ) {
      isRight = true
      for (const [name, field] of Object.entries(table.fields)) {
        const presence = presenceOf(field, object)
        if (presence === 'required' && !has(object, name)) {
          object[name] = this.example(field, table)
          isRight = false
        } else if (presence === 'forbidden' && has(object, name) && !kept.has(name)) {
          delete object[name]
          isRight = false
        }
      }
      for (const { rule, fields = [], ignoreIfAny = [] } of table.rules) {
        if (rule === 'glucoseTarget') this.#formTarget(object, kept)
        else if (rule !== 'metadata' && ![...fields, ...ignoreIfAny].some((name) => has(object, name))) {
          const [first = ''] = fields
          object[first] = this.example(table.fields[first] as FieldRule, table)
          isRight = false
        }
      }
    }
    return object
  }

  #formTarget(object: Members, kept: ReadonlySet<string>): void {
    const names =
      kept.has('low') || kept.has('high')
        ? ['low', 'high']
        : kept.has('range')
          ? ['target', 'range']
          : ['target']
    if (names.every((name) => has(object, name))) return
    for (const name of Object.keys(TARGET)) delete object[name]
    for (const name of names) object[name] = TARGET[name]
  }

  /** Makes the object one in which the field may be. */
  #permit(field: FieldRule, object: Members, table: ObjectTable): void {
    const { presence } = field
    if (typeof presence !== 'object' || presenceOf(field, object) !== 'forbidden') return
    const index = presence.rules.findIndex(({ then }) => then !== 'forbidden')
    const before = index < 0 ? presence.rules : presence.rules.slice(0, index)
    for (const rule of before) this.#settle(rule.if, false, object, table)
    const rule = presence.rules[index]
    if (rule) this.#settle(rule.if, true, object, table)
  }

  /** Makes the condition true, or false. */
  #settle(condition: Condition, to: boolean, object: Members, table: ObjectTable): void {
    if ('not' in condition) this.#settle(condition.not, !to, object, table)
    else if ('all' in condition || 'any' in condition) {
      const every = 'all' in condition ? condition.all : condition.any
      const enough = 'all' in condition === to ? every : every.slice(0, 1)
      for (const one of enough) this.#settle(one, to, object, table)
    } else if (!to) delete object[condition.field]
    else if ('exists' in condition) {
      object[condition.field] ??= this.example(table.fields[condition.field] as FieldRule, table)
    } else object[condition.field] = 'in' in condition ? condition.in[0] : condition.equals
  }

  /** Where the field on the way looks into the record for its unit, that is said there. */
  #nameUnits(record: Members, table: ObjectTable, place: readonly Step[]): void {
    for (const { field } of place) {
      const path = field.unitsFrom ?? (field.unitRange ?? field.unitEnum)?.unitsPath ?? ''
      if (path === '/units') record.units = this.#unit
      if (path === '/units/bg') record.units ??= this.example(table.fields.units as FieldRule, table)
    }
  }
}
