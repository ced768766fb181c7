import { decimal, quote, quoteList, wholeNumber } from './quote.ts'

/**
 * What is wrong with one value. Codes, titles and texts are the reference's (data-types.md §2, data-types.json
 * `errorCodes`); a place is added where it is reported.
 */
export interface Fault {
  readonly code: string
  readonly title: string
  readonly detail: string
}

/** The JSON kinds by the names that the protocol's texts use. */
export type Kind = 'string' | 'float64' | 'int' | 'bool' | 'time' | 'object' | 'array'

/** The layout that the text of a time must have, said as the reference says it. */
export const RFC_3339 = '2006-01-02T15:04:05.999999999Z07:00'
export const LOCAL_TIME = '2006-01-02T15:04:05'

const plain = (code: string, title: string): Fault => ({ code, title, detail: title })

// -------------------------------------------------------------------------------- while reading JSON (parse phase)

export const notParsed = plain('not-parsed', 'not parsed')

export function typeNot(kind: Kind, value: unknown): Fault {
  const title = `type is not ${kind}`
  return { code: `type-not-${kind}`, title, detail: `${title}, but ${kindOf(value)}` }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'number') return Number.isFinite(value) ? 'float64' : 'a number without end'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value
}

/** @param layout {@link RFC_3339}, or {@link LOCAL_TIME}. */
export function notParsable(value: string, layout: string): Fault {
  return {
    code: 'value-not-parsable',
    title: 'value is not a parsable time',
    detail: `value ${quote(value)} is not a parsable time of format ${quote(layout)}`,
  }
}

// ------------------------------------------------------------------------------------------- values (value phase)

export const notExists = plain('value-not-exists', 'value does not exist')
export const exists = plain('value-exists', 'value exists')
export const empty = plain('value-empty', 'value is empty')
export const duplicate = plain('value-duplicate', 'value is a duplicate')
export const notSerializable = plain('value-not-serializable', 'value is not serializable')

const notAllowed = (value: string, allowed: string): Fault => ({
  code: 'value-not-allowed',
  title: 'value is not one of the allowed values',
  detail: `value ${value} is not one of ${allowed}`,
})

export function notOneOf(value: string, allowed: readonly string[]): Fault {
  return notAllowed(quote(value), quoteList(allowed))
}

export function notOneOfNumbers(
  value: number,
  allowed: readonly number[],
  write: (n: number) => string,
): Fault {
  return notAllowed(write(value), `[${allowed.map(write).join(', ')}]`)
}

const outOfRange = (detail: string): Fault => ({
  code: 'value-out-of-range',
  title: 'value is out of range',
  detail,
})

/** @param write How numbers are written: {@link decimal}, or for whole numbers all their digits. */
export function notBetween(
  value: number,
  min: number,
  max: number,
  write: (n: number) => string = decimal,
): Fault {
  return outOfRange(`value ${write(value)} is not between ${write(min)} and ${write(max)}`)
}

export function notAtLeast(value: number, min: number, write: (n: number) => string = decimal): Fault {
  return outOfRange(`value ${write(value)} is not greater than or equal to ${write(min)}`)
}

export function notEqual(value: string, constant: string): Fault {
  return outOfRange(`value ${quote(value)} is not equal to ${quote(constant)}`)
}

export function notZero(value: number): Fault {
  return outOfRange(`value ${wholeNumber(value)} is not equal to 0`)
}

/** Of two times, each as RFC 3339 without needless digits. */
export function notAfter(value: string, limit: string): Fault {
  return {
    code: 'value-not-after',
    title: 'value is not after the specified time',
    detail: `value ${quote(value)} is not after ${quote(limit)}`,
  }
}

/** As {@link notAfter}. */
export function notBefore(value: string, limit: string): Fault {
  return {
    code: 'value-not-before',
    title: 'value is not before the specified time',
    detail: `value ${quote(value)} is not before ${quote(limit)}`,
  }
}

const lengthOutOfRange = (detail: string): Fault => ({
  code: 'length-out-of-range',
  title: 'length is out of range',
  detail,
})

export function longerThan(length: number, max: number): Fault {
  return lengthOutOfRange(`length ${length} is not less than or equal to ${max}`)
}

export function shorterThan(length: number, min: number): Fault {
  return lengthOutOfRange(`length ${length} is not greater than or equal to ${min}`)
}

export function lengthNotBetween(length: number, min: number, max: number): Fault {
  return lengthOutOfRange(`length ${length} is not between ${min} and ${max}`)
}

/** @param expression As the fault shows it. */
export function notMatching(value: string, expression: string): Fault {
  return {
    code: 'value-not-matches',
    title: 'value does not match expression',
    detail: `value ${quote(value)} does not match expression ${quote(expression)}`,
  }
}

export function largerThan(bytes: number, max: number): Fault {
  return {
    code: 'size-out-of-range',
    title: 'size is out of range',
    detail: `size ${bytes} is not less than or equal to ${max}`,
  }
}

/** @param what How the text goes on after the value: `as data id`. */
export function notValid(value: string, what: string): Fault {
  return {
    code: 'value-not-valid',
    title: 'value is not valid',
    detail: `value ${quote(value)} is not valid ${what}`,
  }
}

export function noneOf(fields: readonly string[]): Fault {
  const title = 'values do not exist for any'
  return { code: 'values-not-exist-for-any', title, detail: `${title} of ${quoteList(fields)}` }
}

export function noneOfOne(fields: readonly string[]): Fault {
  const title = 'values do not exist for one'
  return { code: 'values-not-exist-for-one', title, detail: `${title} of ${quoteList(fields)}` }
}
