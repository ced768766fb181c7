import Type, { type TEnum, type TLiteral, type TString } from 'typebox'
import * as fault from '../faults/fault.ts'
import type { Place } from '../faults/place.ts'
import type { Field } from './field.ts'

/** Any text, the empty one too. */
export const anyText: Field<TString> = {
  schema: Type.String(),
  copy: wellFormed,
  read: readText,
  check: nothing,
}

/** Text that is not empty, of at most `max` characters (Unicode code points). */
export function text({ max }: { max?: number } = {}): Field<TString> {
  return {
    schema: Type.String({ minLength: 1, ...(max !== undefined && { maxLength: max }) }),
    copy: wellFormed,
    read: readText,
    check(value: string, at) {
      if (value === '') at.report(fault.empty)
      else if (max !== undefined && value.length > max) {
        const length = [...value].length
        if (length > max) at.report(fault.longerThan(length, max))
      }
    },
  }
}

/** Text of at least `min` characters. */
export function textOfAtLeast(min: number): Field<TString> {
  return {
    schema: Type.String({ minLength: min }),
    copy: wellFormed,
    read: readText,
    check(value: string, at) {
      const length = [...value].length
      if (length < min) at.report(fault.shorterThan(length, min))
    },
  }
}

/** One of some words. */
export function oneOf<const Words extends string[]>(...words: Words): Field<TEnum<Words>> {
  const allowed: ReadonlySet<string> = new Set(words)
  return {
    schema: Type.Enum(words) as TEnum<Words>,
    read: readText,
    check(value: string, at) {
      if (!allowed.has(value)) at.report(fault.notOneOf(value, words))
    },
  }
}

/** Nothing but this word. */
export function exactly<Word extends string>(word: Word): Field<TLiteral<Word>> {
  return {
    schema: Type.Literal(word),
    read: readText,
    check(value: string, at) {
      if (value !== word) at.report(fault.notEqual(value, word))
    },
  }
}

/**
 * Text in a form of its own.
 *
 * @param what How a fault says it: `as data id`.
 * @param form A pattern, or a test where a pattern cannot say it.
 * @param emptyIsNot How the empty text is refused: for its emptiness, or like any other that has not the form.
 */
export function textLike(
  what: string,
  form: RegExp | ((text: string) => boolean),
  { emptyIsNot = 'there' as 'there' | 'valid', maxBytes = Number.POSITIVE_INFINITY } = {},
): Field<TString> {
  const test = typeof form === 'function' ? form : (value: string) => form.test(value)
  const description = `valid ${what}`
  const fits = (value: string) => test(value) && (value.length * 3 <= maxBytes || bytesOf(value) <= maxBytes)
  return {
    schema:
      typeof form === 'function' || Number.isFinite(maxBytes)
        ? Type.Refine(Type.String({ description }), fits)
        : Type.String({ pattern: form.source, description }),
    copy: wellFormed,
    read: readText,
    check(value: string, at) {
      if (value === '' && emptyIsNot === 'there') at.report(fault.empty)
      else if (!test(value)) at.report(fault.notValid(value, what))
      else if (!fits(value)) at.report(fault.longerThan(bytesOf(value), maxBytes))
    },
  }
}

export function readText(value: unknown, at: Place): string | undefined {
  if (typeof value === 'string') return value.toWellFormed()
  at.report(fault.typeNot('string', value))
  return undefined
}

/** Half of a surrogate pair is no text: it comes back as U+FFFD. */
export function wellFormed(value: unknown): unknown {
  return typeof value === 'string' && !value.isWellFormed() ? value.toWellFormed() : value
}

function bytesOf(value: string): number {
  return new TextEncoder().encode(value).length
}

function nothing(): void {}
