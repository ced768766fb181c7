/**
 * What is wrong with a record, read off the table alone: the code and the pointer of every fault of the phase that
 * fails. An interpreter of its own; it shares no code with the model.
 */
import {
  at,
  datumTable,
  embeddedKinds,
  type FieldRule,
  formats,
  has,
  type Kind,
  kindsOf,
  type ObjectRule,
  type ObjectTable,
  presenceOf,
  shape,
  suppressedShape,
  typesInDataArray,
} from './table.ts'

type Members = Readonly<Record<string, unknown>>

/** Of a body with this one record. */
export function judgeDatum(datum: Members): string[] {
  const faults: string[] = []
  const report = (code: string, where: string) => faults.push(`${code} ${where}`)
  const table = datumTableOf(datum, typesInDataArray.flatMap(kindsOf), '/0', report)
  return table ? judge(table, datum, '/0') : faults.sort()
}

/** @returns `code pointer` of each fault, sorted. */
export function judge(table: ObjectTable, value: Members, pointer: string): string[] {
  const faults: string[] = []
  const report = (code: string, where: string) => faults.push(`${code} ${where}`)
  checkKinds(table, value, pointer, report)
  if (faults.length === 0) checkMembers(table, value, pointer, { datum: value, units: undefined }, report)
  return faults.sort()
}

type Report = (code: string, pointer: string) => void

// ------------------------------------------------------------------------------------ the parse phase: JSON kinds

function checkKinds({ fields, isOpen }: ObjectTable, value: Members, pointer: string, report: Report): void {
  if (isOpen) return
  for (const [name, field] of Object.entries(fields)) {
    if (has(value, name)) checkKind(field, value[name], `${pointer}/${escaped(name)}`, report)
  }
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
}

function checkKind(field: FieldRule, value: unknown, pointer: string, report: Report): void {
  const { type } = field
  if (type === 'time') {
    if (typeof value !== 'string') report('type-not-time', pointer)
    else if (instant(value, field.layout) === undefined) report('value-not-parsable', pointer)
  } else if (type === 'integer') {
    if (!Number.isInteger(value)) report('type-not-int', pointer)
  } else if (type in WORDS) {
    if (typeof value !== WORDS[type]) report(`type-not-${shortName(type)}`, pointer)
  } else if (type === 'array' || type === 'stringArray') {
    if (!Array.isArray(value)) report('type-not-array', pointer)
    const item = type === 'array' ? field.items : ({ type: 'string' } as const)
    for (const [index, one] of Array.isArray(value) ? value.entries() : []) {
      if (item && one !== null) checkKind(item, one, `${pointer}/${index}`, report)
    }
  } else if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report('type-not-object', pointer)
  } else if (type === 'map') {
    for (const [name, one] of Object.entries(value)) {
      if (field.values && one !== null) checkKind(field.values, one, `${pointer}/${escaped(name)}`, report)
    }
  } else {
    const inner = tableIn(field, value as Members, pointer, report)
    if (inner) checkKinds(inner, value as Members, pointer, report)
  }
}

function shortName(type: string): string {
  return type === 'number' ? 'float64' : type === 'boolean' ? 'bool' : type
}

/** The table of the object in a field. Where the object has to say itself what it is and does not, that is reported. */
function tableIn(field: FieldRule, value: Members, pointer: string, report: Report): ObjectTable | undefined {
  if (field.type === 'suppressed') {
    if (!saysOneOf(value, 'type', ['basal'], pointer, report)) return undefined
    if (!saysOneOf(value, 'deliveryType', field.allowed ?? [], pointer, report)) return undefined
    return shape(suppressedShape(value.deliveryType as string))
  }
  if (field.type === 'embeddedDatum') return datumTableOf(value, embeddedKinds(field), pointer, report)
  if (field.schema === undefined) return { fields: {}, rules: [], isOpen: true }
  return shape(field.schema)
}

/** The table of a datum that may be of these kinds; a report where it is of none. */
function datumTableOf(
  datum: Members,
  kinds: readonly Kind[],
  pointer: string,
  report: Report,
): ObjectTable | undefined {
  const types = kinds.map(({ type }) => type)
  if (!saysOneOf(datum, 'type', types, pointer, report)) return undefined
  const ofType = kinds.filter(({ type }) => type === datum.type)
  const [first] = ofType as [Kind]
  if (first.by === undefined) return datumTable(first)
  const words = ofType.map(({ word = '' }) => word)
  if (!saysOneOf(datum, first.by, words, pointer, report)) return undefined
  return datumTable({ ...first, word: datum[first.by] as string })
}

function saysOneOf(
  value: Members,
  name: string,
  allowed: readonly string[],
  pointer: string,
  report: Report,
): boolean {
  const word = value[name] ?? undefined
  if (typeof word === 'string' && allowed.includes(word)) return true
  if (typeof word === 'string') report('value-not-allowed', `${pointer}/${name}`)
  else {
    if (word !== undefined) report('type-not-string', `${pointer}/${name}`)
    report('value-not-exists', `${pointer}/${name}`)
  }
  return false
}

// --------------------------------------------------------------------------------------------- the value phase

interface Context {
  /** Where paths that begin with `/` begin. */
  datum: Members
  /** The units of glucose that are in force here. */
  units: unknown
}

function checkMembers(
  { fields, rules }: ObjectTable,
  value: Members,
  pointer: string,
  context: Context,
  report: Report,
): void {
  for (const [name, field] of Object.entries(fields)) {
    const place = `${pointer}/${escaped(name)}`
    const presence = presenceOf(field, value)
    if (!has(value, name)) {
      if (presence === 'required') report('value-not-exists', place)
    } else {
      if (presence === 'forbidden') report('value-exists', place)
      if (presence !== 'forbidden' || isCheckedAnyway(name, fields)) {
        checkValue(field, value[name], place, value, inForce(field, context), report)
      }
    }
  }
  for (const rule of rules) checkRule(rule, value, pointer, context, report)
}

/** What the table does not say and the reference does: this one is checked also where it must not be. */
function isCheckedAnyway(name: string, fields: ObjectTable['fields']): boolean {
  return name === 'expectedDuration' && 'expectedExtended' in fields
}

function inForce({ unitsFrom }: FieldRule, context: Context): Context {
  return unitsFrom === undefined ? context : { ...context, units: at(context.datum, unitsFrom) }
}

function checkValue(
  field: FieldRule,
  value: unknown,
  pointer: string,
  siblings: Members,
  context: Context,
  report: Report,
): void {
  if (typeof value === 'string') {
    const fault = field.type === 'time' ? faultOfTime(field, value, siblings) : faultOfText(field, value)
    if (fault !== undefined) report(fault, pointer)
  } else if (typeof value === 'number') {
    const fault = faultOfNumber(field, value, siblings, context)
    if (fault !== undefined) report(fault, pointer)
  } else if (Array.isArray(value)) {
    checkList(field, value, pointer, context, report)
  } else if (field.type === 'map') {
    for (const [name, one] of Object.entries(value as Members)) {
      const place = `${pointer}/${escaped(name)}`
      if (one === null) report('value-not-exists', place)
      else if (field.values) checkValue(field.values, one, place, {}, context, report)
    }
  } else if (typeof value === 'object' && value !== null) {
    checkObject(field, value as Members, pointer, context, report)
  }
}

function checkObject(
  field: FieldRule,
  value: Members,
  pointer: string,
  context: Context,
  report: Report,
): void {
  const table = tableIn(field, value, pointer, report)
  if (table?.isOpen) {
    const { maxBytes = 4096 } = table.rules.find(({ rule }) => rule === 'metadata') ?? field
    const kept = Object.entries(value).filter(([, one]) => one !== null || field.schema === undefined)
    if (kept.length === 0) report('value-empty', pointer)
    // No value that is tried here has a character that JSON of the reference's kind would escape.
    if (Buffer.byteLength(JSON.stringify(Object.fromEntries(kept))) > maxBytes) {
      report('size-out-of-range', pointer)
    }
  } else if (table) {
    const within = field.type === 'embeddedDatum' ? { datum: value, units: undefined } : context
    checkMembers(table, value, pointer, within, report)
  }
}

function checkList(
  field: FieldRule,
  values: readonly unknown[],
  pointer: string,
  context: Context,
  report: Report,
): void {
  if (field.nonEmpty && values.length === 0) report('value-empty', pointer)
  if (field.maxItems !== undefined && values.length > field.maxItems) report('length-out-of-range', pointer)
  const seen = new Set<unknown>()
  for (const [index, one] of values.entries()) {
    const place = `${pointer}/${index}`
    // A list of texts has an empty one where there is a null.
    const value = one === null && field.type === 'stringArray' ? '' : one
    if (value === null) report('value-not-exists', place)
    else if (field.items) checkValue(field.items, value, place, {}, context, report)
    if (field.unique && seen.has(value)) report('value-duplicate', place)
    seen.add(value)
  }
  if (field.schedule) checkStarts(values as (Members | null)[], field.schedule, pointer, report)
}

/**
 * "First item exactly 0, each next at least previous + 1." What the table leaves open, the reference's code says: the
 * second is only ever after 0, wherever the first was.
 */
function checkStarts(
  entries: readonly (Members | null)[],
  { startField, max }: NonNullable<FieldRule['schedule']>,
  pointer: string,
  report: Report,
): void {
  let earliest = 0
  for (const [index, entry] of entries.entries()) {
    const start = entry?.[startField]
    if (entry === null) continue
    const place = `${pointer}/${index}/${startField}`
    if (typeof start === 'number') {
      // Outside of the day it has been reported already.
      const isInDay = start >= 0 && start <= max
      if (isInDay && (earliest === 0 ? start !== 0 : start < earliest)) report('value-out-of-range', place)
      earliest = start + 1
    }
    if (index === 0) earliest = 1
  }
}

function faultOfText(field: FieldRule, value: string): string | undefined {
  if (field.const !== undefined) return value === field.const ? undefined : 'value-out-of-range'
  if (field.enum) return field.enum.includes(value) ? undefined : 'value-not-allowed'
  if (field.format !== undefined) return faultOfFormat(field.format, value, field.notZero)
  if (field.pattern !== undefined) {
    const fits = (field.emptyAllowed && value === '') || new RegExp(field.pattern).test(value)
    return fits ? undefined : 'value-not-valid'
  }
  if (field.nonEmpty && value === '') return 'value-empty'
  const length = [...value].length
  if (length > (field.maxLength ?? Infinity) || length < (field.minLength ?? 0)) return 'length-out-of-range'
  return undefined
}

function faultOfFormat(format: string, value: string, notZero = false): string | undefined {
  const { pattern, maxLength = Infinity, errors } = formats[format] ?? {}
  if (format === 'rfc3339') {
    const ms = instant(value)
    if (ms === undefined) return 'value-not-valid'
    return notZero && ms === YEAR_1 ? 'value-empty' : undefined
  }
  if (format === 'localTime') return instant(value, 'localTime') === undefined ? 'value-not-valid' : undefined
  if (value === '' && errors?.empty !== undefined) return errors.empty
  if (format === 'timeZoneName') return ZONES.has(value) ? undefined : 'value-not-valid'
  if (format === 'url') {
    if (!/^https?:\/\/[\w.-]+/.test(value)) return 'value-not-valid'
    return value.length > 2047 ? 'length-out-of-range' : undefined
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return 'value-not-valid'
  return value.length > maxLength ? 'length-out-of-range' : undefined
}

const ZONES: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])

function faultOfTime({ notZero, layout, notBeforeField }: FieldRule, value: string, siblings: Members) {
  const ms = instant(value, layout) ?? Number.NaN
  if (notZero && ms === YEAR_1) return 'value-empty'
  const limit = notBeforeField === undefined ? undefined : siblings[notBeforeField]
  return typeof limit === 'string' && ms < (instant(limit) ?? Number.NaN) ? 'value-not-after' : undefined
}

function faultOfNumber(
  field: FieldRule,
  value: number,
  siblings: Members,
  context: Context,
): string | undefined {
  const outside = 'value-out-of-range'
  if (field.enum) return field.enum.includes(value) ? undefined : 'value-not-allowed'
  if (field.unitEnum) {
    const allowed = byUnit(field.unitEnum, siblings, context)
    return allowed?.includes(value) === false ? 'value-not-allowed' : undefined
  }
  if (field.unitRange) {
    const [min, max] = byUnit(field.unitRange, siblings, context) ?? [-Infinity, Infinity]
    return value < min || value > max ? outside : undefined
  }
  const min = bound(field.minField, siblings) ?? field.min ?? -Infinity
  const max = bound(field.maxField, siblings) ?? field.max ?? Infinity
  return value < min || value > max ? outside : undefined
}

function byUnit<T>(
  { unitsPath, ranges }: { unitsPath: string; ranges: Record<string, T> },
  siblings: Members,
  context: Context,
): T | undefined {
  const unit =
    unitsPath === '$context'
      ? context.units
      : unitsPath.startsWith('./')
        ? siblings[unitsPath.slice(2)]
        : at(context.datum, unitsPath)
  return typeof unit === 'string' ? ranges[unit] : undefined
}

function bound(limit: FieldRule['minField'], siblings: Members): number | undefined {
  const value = limit && siblings[limit.field]
  if (limit === undefined || typeof value !== 'number') return undefined
  const [min, max] = limit.ifInRange
  return value >= min && value <= (max ?? Infinity) ? value : undefined
}

const GLUCOSE: Readonly<Record<string, [number, number]>> = {
  'mmol/L': [0, 55],
  'mmol/l': [0, 55],
  'mg/dL': [0, 1000],
  'mg/dl': [0, 1000],
}

function checkRule(
  rule: ObjectRule,
  value: Members,
  pointer: string,
  context: Context,
  report: Report,
): void {
  if (rule.rule === 'glucoseTarget') checkTarget(value, pointer, context, report)
  if (rule.rule !== 'anyOf' && rule.rule !== 'oneOf') return
  const { fields = [], ignoreIfAny = [], code = '' } = rule
  if (![...fields, ...ignoreIfAny].some((name) => has(value, name))) report(code, pointer)
}

/** One of four forms; the words of the table stand beside each. */
function checkTarget(value: Members, pointer: string, { units }: Context, report: Report): void {
  const limits = typeof units === 'string' ? GLUCOSE[units] : undefined
  const { target, low } = value as Record<string, number | null | undefined>
  const forbid = (...names: string[]) => {
    for (const name of names) if (has(value, name)) report('value-exists', `${pointer}/${name}`)
  }
  const within = (name: string, min: number, max: number) => {
    const number = value[name] as number
    if (limits && (number < min || number > max)) report('value-out-of-range', `${pointer}/${name}`)
  }
  const [min, max] = limits ?? [-Infinity, Infinity]
  // "When target or low itself is outside the units range, the dependent bound check is skipped."
  const isSound = (number: number | null | undefined) =>
    typeof number === 'number' && number >= min && number <= max

  if (target !== undefined && target !== null) {
    within('target', min, max)
    if (has(value, 'range')) {
      forbid('low', 'high')
      if (isSound(target)) within('range', 0, Math.min(target - min, max - target))
    } else if (has(value, 'high')) {
      forbid('low')
      if (isSound(target)) within('high', target, max)
    } else forbid('low')
  } else if (low !== undefined && low !== null) {
    if (has(value, 'high')) {
      forbid('range')
      within('low', min, max)
      if (isSound(low)) within('high', low, max)
    } else report('value-not-exists', `${pointer}/high`)
  } else report('value-not-exists', `${pointer}/target`)
}

// ------------------------------------------------------------------------------------------------------- times

const YEAR_1 = Date.parse('0001-01-01T00:00:00Z')

/** Milliseconds, or undefined for what is no such time. By the patterns of the table and JavaScript's calendar. */
function instant(text: string, layout?: string): number | undefined {
  const pattern = formats[layout === 'localTime' ? 'localTime' : 'rfc3339']?.pattern ?? ''
  if (!new RegExp(pattern).test(text)) return undefined
  const ms = Date.parse(layout === 'localTime' ? `${text}Z` : text)
  const [date = '', clock = ''] = text.split('T')
  const isInCalendar = new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date)
  return Number.isNaN(ms) || !isInCalendar || clock.startsWith('24') ? undefined : ms
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
