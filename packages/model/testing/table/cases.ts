/** What is tried with each field. */
import { Examples, type Members, TARGET } from './examples.ts'
import { last, type Place, type Step } from './places.ts'
import { type FieldRule, type ObjectTable, presenceOf, shape } from './table.ts'

export interface Case {
  name: string
  record: Members
  /** Where the field is, for people: `bolus/normal`. */
  path: string
  /** The fault that the table has for this value of this field alone: a code, or none. Undefined: it hangs on others. */
  own: string | 'none' | undefined
}

interface Try {
  name: string
  value: unknown
  own?: Case['own']
  /** Other members of the same object. */
  siblings?: Members
}

const ABSENT = Symbol('absent')
const GLUCOSE_UNITS = ['mmol/L', 'mmol/l', 'mg/dL', 'mg/dl']
const STEP = 0.00001

export function* casesAt(table: ObjectTable, place: Place): Generator<Case> {
  const path = place.map(({ name }) => String(name).replaceAll('/', '~1')).join('/')
  for (const unit of unitsAt(place)) {
    const examples = new Examples(unit)
    for (const { name, value, own, siblings = {} } of triesOf(place, examples, unit, table)) {
      const record = examples.recordWith(table, place)
      const holder = holderIn(record, place)
      Object.assign(holder, siblings)
      if (value === ABSENT) remove(holder, last(place).name)
      else holder[last(place).name] = value
      yield { name: unit === undefined ? name : `${name} (${unit})`, record, path, own }
    }
    yield* uninvited(table, place, examples, path)
  }
}

/** The field where it is perhaps not wanted: beside the least that its object needs. */
function* uninvited(table: ObjectTable, place: Place, examples: Examples, path: string): Generator<Case> {
  const { name, field, table: own } = last(place)
  if (typeof field.presence !== 'object' || own === undefined) return
  const record = examples.recordWith(table, place.slice(0, -1))
  const holder = holderIn(record, place)
  holder[name] ??= examples.example(field, own)
  yield { name: 'beside the least', record, path, own: undefined }
}

function holderIn(record: Members, place: Place): Members {
  return place.slice(0, -1).reduce<Members>((holder, { name }) => holder[name] as Members, record)
}

function remove(holder: Members, name: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(name), 1)
  else delete holder[name]
}

/** The units in which a field is to be tried. */
function unitsAt(place: Place): (string | undefined)[] {
  const { field, table } = last(place)
  const ranges = (field.unitRange ?? field.unitEnum)?.ranges
  if (ranges) return Object.keys(ranges)
  const isConverted = field.normalize === 'glucoseValue' || field.normalize === 'glucoseRate'
  return isConverted || isTarget(table) ? GLUCOSE_UNITS : [undefined]
}

function isTarget(table: ObjectTable | undefined): boolean {
  return table?.rules.some(({ rule }) => rule === 'glucoseTarget') ?? false
}

function* triesOf(
  place: Place,
  examples: Examples,
  unit: string | undefined,
  table: ObjectTable,
): Generator<Try> {
  const step = last(place)
  const { field } = step
  yield { name: 'there', value: there(examples, place, table), own: isEntryStart(place) ? undefined : 'none' }
  yield* whenMissing(step, examples.recordWith(table, place), place)
  for (const value of wrongKinds(field)) {
    yield { name: `wrong kind ${JSON.stringify(value)}`, value, own: `type-not-${kindName(field)}` }
  }
  if (field.type === 'string') yield* texts(field)
  if (field.type === 'number' || field.type === 'integer') yield* numbers(step, unit)
  if (field.type === 'boolean') yield { name: 'false', value: false, own: 'none' }
  if (field.type === 'time') yield* times(field)
  if (field.type === 'array' || field.type === 'stringArray') yield* lists(field, examples)
  if (field.type === 'map') yield* maps(field, examples)
  if (['object', 'suppressed', 'embeddedDatum'].includes(field.type))
    yield* objects(field, examples, place, table)
}

function there(examples: Examples, place: Place, table: ObjectTable): unknown {
  return holderIn(examples.recordWith(table, place), place)[last(place).name]
}

/** Where an entry of a schedule begins hangs on the entry before. */
function isEntryStart(place: Place): boolean {
  const list = place[place.length - 3]
  return list?.field.schedule?.startField === last(place).name
}

function* whenMissing(step: Step, record: Members, place: Place): Generator<Try> {
  const { field, table } = step
  const isMember = table !== undefined && table.rules.length === 0
  const isRequired = isMember && presenceOf(field, holderIn(record, place)) === 'required'
  const own = isMember ? (isRequired ? 'value-not-exists' : 'none') : undefined
  yield { name: 'absent', value: ABSENT, own }
  yield { name: 'null', value: null, own }
}

function wrongKinds({ type }: FieldRule): unknown[] {
  switch (type) {
    case 'string':
      return [1, true, {}, ['a']]
    case 'number':
      return ['1', true, {}, []]
    case 'integer':
      return ['1', 1.5, false, {}, []]
    case 'boolean':
      return [1, 'true', {}, []]
    case 'time':
      return [1, false, {}, []]
    case 'array':
    case 'stringArray':
      return [{}, 'a', 1, true]
    default:
      return ['0123456789abcdefghijklmnopqrstuv', 1, true, []]
  }
}

function kindName({ type }: FieldRule): string {
  const names: Record<string, string> = {
    number: 'float64',
    integer: 'int',
    boolean: 'bool',
    stringArray: 'array',
  }
  return names[type] ?? (['string', 'time', 'array'].includes(type) ? type : 'object')
}

const FORMATS: Readonly<Record<string, { good: string[]; bad: Record<string, string> }>> = {
  dataId: {
    good: ['z'.repeat(32)],
    bad: {
      '': 'value-empty',
      ['a'.repeat(31)]: 'value-not-valid',
      ['a'.repeat(33)]: 'value-not-valid',
      ['A'.repeat(32)]: 'value-not-valid',
    },
  },
  localTime: {
    good: ['2024-02-29T23:59:59', '2024-01-02T03:04:05.678'],
    bad: {
      '': 'value-not-valid',
      '2024-01-02': 'value-not-valid',
      '2024-01-02T03:04:05Z': 'value-not-valid',
      '2023-02-29T00:00:00': 'value-not-valid',
    },
  },
  rfc3339: {
    good: ['2024-01-02T03:04:05+02:00', '2024-01-02T03:04:05.123456Z'],
    bad: {
      '': 'value-not-valid',
      '2024-01-02T03:04:05': 'value-not-valid',
      '2024-13-02T03:04:05Z': 'value-not-valid',
    },
  },
  timeZoneName: {
    good: ['UTC', 'Europe/Berlin'],
    bad: { '': 'value-empty', 'europe/berlin': 'value-not-valid', 'Mars/Olympus': 'value-not-valid' },
  },
  url: {
    good: ['http://a.b/', `https://example.org/${'x'.repeat(2027)}`],
    bad: {
      '': 'value-empty',
      'example.org': 'value-not-valid',
      'mailto:a@b.c': 'value-not-valid',
      [`https://example.org/${'x'.repeat(2028)}`]: 'length-out-of-range',
    },
  },
  reverseDomain: {
    good: ['a.b', `org.${'a'.repeat(63)}`],
    bad: {
      '': 'value-empty',
      org: 'value-not-valid',
      'org.': 'value-not-valid',
      [`org.${'a'.repeat(64)}`]: 'value-not-valid',
    },
  },
}

function* texts(field: FieldRule): Generator<Try> {
  const { enum: words, const: word, format, pattern, nonEmpty, minLength, maxLength } = field
  if (word !== undefined) {
    for (const value of ['zz', '']) yield { name: `not the constant "${value}"`, value }
    return
  }
  for (const value of words ?? []) yield { name: `one of the words: ${value}`, value, own: 'none' }
  if (words) {
    const others = ['zz', '', ` ${words[0]}`, `${words[0]}`.toUpperCase()].filter(
      (one) => !words.includes(one),
    )
    for (const value of others)
      yield { name: `none of the words: "${value}"`, value, own: 'value-not-allowed' }
  }
  const { good, bad } = FORMATS[format ?? ''] ?? { good: [], bad: {} }
  for (const value of good) yield { name: `format: ${value.slice(0, 40)}`, value, own: 'none' }
  for (const [value, code] of Object.entries(bad)) {
    yield { name: `not in format: ${value.slice(0, 40)}`, value, own: code }
  }
  if (pattern !== undefined) {
    for (const value of ['', 'Ab0'.repeat(21), 'a'.repeat(64)]) yield { name: 'pattern', value, own: 'none' }
    for (const value of ['abcd', 'a'.repeat(65), 'ab-cd'])
      yield { name: 'pattern', value, own: 'value-not-valid' }
  }
  if (nonEmpty) yield { name: 'empty', value: '', own: 'value-empty' }
  if (minLength !== undefined) {
    yield { name: 'shortest', value: 'é'.repeat(minLength), own: 'none' }
    yield { name: 'too short', value: '😀'.repeat(minLength - 1), own: 'length-out-of-range' }
  }
  if (maxLength !== undefined) {
    yield { name: 'longest', value: '😀'.repeat(maxLength), own: 'none' }
    yield { name: 'too long', value: 'é'.repeat(maxLength + 1), own: 'length-out-of-range' }
  } else if (nonEmpty) yield { name: 'long', value: 'x'.repeat(10_000), own: 'none' }
}

function* numbers({ field, table }: Step, unit: string | undefined): Generator<Try> {
  const { type, enum: choices, unitEnum, unitRange, minField, maxField } = field
  const step = type === 'integer' ? 1 : STEP
  const chosen = (choices as number[] | undefined) ?? unitEnum?.ranges[unit ?? '']
  for (const value of chosen ?? []) yield { name: `one of the numbers: ${value}`, value, own: 'none' }
  for (const near of chosen ?? []) {
    const value = near + step
    yield { name: `none of the numbers: ${value}`, value, own: 'value-not-allowed' }
  }
  const [min, max] = unitRange?.ranges[unit ?? ''] ?? [field.min, field.max]
  const unitBeside = unitRange?.unitsPath.startsWith('./') ? { [unitRange.unitsPath.slice(2)]: unit } : {}
  const hangsOnOthers = isStart(table, field) || minField !== undefined || maxField !== undefined
  for (const one of limits(min, max, step)) {
    const { own, ...rest } = { ...one, siblings: unitBeside }
    yield hangsOnOthers && own === 'none' ? rest : { ...rest, own }
  }
  if (isTarget(table)) {
    const top = unit?.startsWith('mg') ? 1000 : 55
    const others = Object.values(TARGET).flatMap((one) => [one - STEP, one, one + STEP])
    for (const value of [-STEP, 0, ...others, top, top + STEP]) yield { name: `of a target: ${value}`, value }
  }
  if (!unitRange && min === undefined && max === undefined && !chosen) {
    for (const value of [0, -1, 1000, 123_456_789])
      yield { name: `any number: ${value}`, value, ...(!isTarget(table) && { own: 'none' }) }
  }
  // A bound beside it: below, at, above; and one that is itself out of range, which is none.
  for (const [bound, sign] of [
    [minField, -1],
    [maxField, 1],
  ] as const) {
    if (!bound) continue
    const [low, high] = bound.ifInRange
    const middle = Math.floor((low + (high ?? low + 10)) / 2)
    const beside = (value: number, sibling: number, own: Case['own']): Try => ({
      name: `${value} beside ${bound.field} ${sibling}`,
      value,
      siblings: { [bound.field]: sibling },
      own,
    })
    yield beside(middle, middle, 'none')
    yield beside(middle + sign * step, middle, 'value-out-of-range')
    yield beside(middle - sign * step, middle, 'none')
    yield beside(low, low - step, 'none')
  }
}

function* limits(min: number | undefined, max: number | undefined, step: number): Generator<Try> {
  if (min !== undefined) {
    yield { name: 'below the lowest', value: min - step, own: 'value-out-of-range' }
    yield { name: 'at the lowest', value: min, own: 'none' }
    yield { name: 'above the lowest', value: min + step, own: 'none' }
  }
  if (max !== undefined) {
    yield { name: 'below the highest', value: max - step, own: 'none' }
    yield { name: 'at the highest', value: max, own: 'none' }
    yield { name: 'above the highest', value: max + step, own: 'value-out-of-range' }
  }
}

function isStart(table: ObjectTable | undefined, field: FieldRule): boolean {
  return table?.fields.start === field && !('end' in table.fields)
}

function* times({ layout, notZero, notBeforeField }: FieldRule): Generator<Try> {
  const zone = layout === undefined ? 'Z' : ''
  const good =
    layout === undefined ? ['2024-01-02T03:04:05+02:00', '2024-02-29T00:00:00.12Z'] : ['2024-02-29T00:00:00']
  const isLate = notBeforeField !== undefined
  for (const value of good) yield { name: `time ${value}`, value, ...(!isLate && { own: 'none' }) }
  for (const value of [
    '',
    '2024-01-02',
    `2024-02-30T00:00:00${zone}`,
    `2024-01-02T24:00:00${zone}`,
    `2024-01-02 03:04:05${zone}`,
    layout ? '2024-01-02T03:04:05Z' : '2024-01-02T03:04:05',
  ]) {
    yield { name: `no time "${value}"`, value, own: 'value-not-parsable' }
  }
  const year1 = `0001-01-01T00:00:00${zone}`
  yield { name: 'year 1', value: year1, ...(!isLate && { own: notZero ? 'value-empty' : 'none' }) }
  if (!isLate) return
  const limit = '2024-01-02T03:04:05.500Z'
  const beside = (value: string, own: Case['own']): Try => ({
    name: `${value} beside ${notBeforeField} ${limit}`,
    value,
    own,
    siblings: { [notBeforeField]: limit },
  })
  yield beside('2024-01-02T03:04:05.499Z', 'value-not-after')
  yield beside('2024-01-02T05:04:05.500+02:00', 'none')
  yield beside('2024-01-02T03:04:05.501Z', 'none')
}

function* lists(
  { items, nonEmpty, maxItems, unique, type, schedule }: FieldRule,
  examples: Examples,
): Generator<Try> {
  if (!items) return
  if (schedule) yield* courses(examples.example(items) as Members, schedule.startField)
  yield { name: 'empty', value: [], own: nonEmpty ? 'value-empty' : 'none' }
  yield { name: 'with a null', value: [examples.example(items), null] }
  yield { name: 'of a wrong kind', value: [type === 'stringArray' ? 1 : 'a'] }
  // Distinct where they must be.
  const words = items.enum
  const ofLength = (length: number) =>
    Array.from({ length }, (_, n) =>
      type === 'stringArray' ? (words?.[n] ?? `a${n}`) : examples.example(items),
    )
  if (maxItems !== undefined) {
    yield { name: 'longest', value: ofLength(maxItems), own: 'none' }
    yield { name: 'too long', value: ofLength(maxItems + 1), own: 'length-out-of-range' }
  } else if (!schedule) yield { name: 'long', value: ofLength(words?.length ?? 500), own: 'none' }
  if (unique) {
    const twice = [...ofLength(2), ...ofLength(1)]
    yield { name: 'one twice', value: twice, own: 'none' }
  }
}

/** Entries that begin in order, and such that do not. */
function* courses(entry: Members, startField: string): Generator<Try> {
  for (const starts of [
    [0, 10, 11],
    [0, 10, 10],
    [0, 10, 9],
    [0, 0],
    [0, 1],
    [5],
    [5, 1],
    [0, 86_400_000, 86_400_000],
  ]) {
    yield { name: `starts ${starts}`, value: starts.map((start) => ({ ...entry, [startField]: start })) }
  }
}

function* maps({ values }: FieldRule, examples: Examples): Generator<Try> {
  if (!values) return
  yield { name: 'empty', value: {}, own: 'none' }
  yield { name: 'with a null', value: { a: null }, own: 'none' }
  const one = () => examples.example(values)
  const names = { '': one(), 'a\nb': one(), toString: one(), '~': one() }
  yield { name: 'odd names', value: names, own: 'none' }
}

function* objects(field: FieldRule, examples: Examples, place: Place, table: ObjectTable): Generator<Try> {
  const isOpen = field.schema === undefined || shape(field.schema).isOpen
  if (['suppressed', 'embeddedDatum'].includes(field.type)) {
    yield { name: 'empty', value: {} }
    yield { name: 'of an unknown type', value: { type: 'zz' } }
    return
  }
  yield { name: 'empty', value: {}, ...(isOpen && { own: 'value-empty' }) }
  if (isOpen) {
    yield { name: 'largest', value: { a: 'x'.repeat(4088) }, own: 'none' }
    yield { name: 'too large', value: { a: 'x'.repeat(4089) }, own: 'size-out-of-range' }
    yield { name: 'any keys', value: { $set: 1, 'a.b': null, toString: { b: null } }, own: 'none' }
    if (field.schema !== undefined)
      yield { name: 'but for nulls empty', value: { a: null }, own: 'value-empty' }
    return
  }
  const value = there(examples, place, table) as Members
  yield { name: 'with more', value: { ...value, unknownField: 1 }, own: 'none' }
  if (isTarget(shape(field.schema ?? ''))) yield* targets(value)
}

/** Every choice of the four that make a target, right and wrong ones, also with a high end that is too low. */
function* targets({ start }: Members): Generator<Try> {
  for (const parts of [TARGET, { ...TARGET, high: 3 }].map((one) => Object.entries(one))) {
    for (let choice = 0; choice < 2 ** parts.length; choice++) {
      const chosen = Object.fromEntries(parts.filter((_, n) => choice & (1 << n)))
      const value = start === undefined ? chosen : { ...chosen, start }
      yield { name: `target ${JSON.stringify(chosen)}`, value }
    }
  }
}
