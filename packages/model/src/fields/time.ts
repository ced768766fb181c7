import Type, { type TString } from 'typebox'
import * as fault from '../faults/fault.ts'
import { formatTime, formatTimeShort, isLocalTime, isStoredForm, parseTime, ZERO_TIME_MS } from '../time.ts'
import { type Field, type Members, REFUSED } from './field.ts'
import { readText } from './text.ts'

const ZERO_TIME = formatTime(ZERO_TIME_MS)

/** An instant of any year. */
export const anyTime = instant(
  fault.RFC_3339,
  'RFC 3339 with Z or an offset; kept in UTC to the millisecond',
  storedForm,
)

/** An instant; the first of year 1, which the reference takes for none, is refused as empty. */
export const time = notZero(anyTime)

/** What a clock showed, without zone; kept as if it had been in UTC. The first instant of year 1 is none. */
export const clockTime = notZero(
  instant(fault.LOCAL_TIME, 'YYYY-MM-DDTHH:mm:ss without zone; kept as if in UTC', (text) =>
    isLocalTime(text) ? storedForm(`${text}Z`) : undefined,
  ),
)

/** An instant that is not before another one of the same object, if that is there. */
export function notBefore(sibling: string): Field<TString> {
  const limitIn = (siblings: Members) => siblings[sibling] as string | undefined
  return {
    ...anyTime,
    schema: Type.String({ description: `not before \`${sibling}\`` }),
    // Stored forms are of one length, so their order is that of the instants.
    holds: (value: string, siblings) => value >= (limitIn(siblings) ?? value),
    check(value: string, at, siblings) {
      const limit = limitIn(siblings) ?? value
      if (value < limit) at.report(fault.notAfter(short(value), short(limit)))
    },
  }
}

/** An instant as a text that is kept as it was sent. */
export const timeAsSent: Field<TString> = {
  schema: Type.Refine(
    Type.String({ description: 'RFC 3339 with Z or an offset; kept as it is' }),
    (value) => (parseTime(value) ?? ZERO_TIME_MS) !== ZERO_TIME_MS,
  ),
  read: readText,
  check(value: string, at) {
    const ms = parseTime(value)
    if (ms === undefined) at.report(fault.notValid(value, `as time with layout "${fault.RFC_3339}"`))
    else if (ms === ZERO_TIME_MS) at.report(fault.empty)
  },
}

/** @param stored The form in which it is kept; undefined for a text that is no such time. */
function instant(
  layout: string,
  description: string,
  stored: (text: string) => string | undefined,
): Field<TString> {
  return {
    schema: Type.String({ description }),
    copy: (value) => (typeof value === 'string' && stored(value)) || REFUSED,
    read(value, at) {
      if (typeof value !== 'string') {
        at.report(fault.typeNot('time', value))
        return undefined
      }
      const kept = stored(value)
      if (kept === undefined) at.report(fault.notParsable(value, layout))
      return kept
    },
    check() {},
  }
}

function notZero(field: Field<TString>): Field<TString> {
  return {
    ...field,
    copy(value, depth) {
      const stored = field.copy?.(value, depth)
      return stored === ZERO_TIME ? REFUSED : stored
    },
    check(value: string, at) {
      if (value === ZERO_TIME) at.report(fault.empty)
    },
  }
}

function storedForm(text: string): string | undefined {
  const ms = parseTime(text)
  if (ms === undefined) return undefined
  return isStoredForm(text) ? text : formatTime(ms)
}

function short(stored: string): string {
  return formatTimeShort(Date.parse(stored))
}
