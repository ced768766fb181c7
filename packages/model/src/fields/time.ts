import Type, { type TString } from 'typebox'
import * as fault from '../faults/fault.ts'
import { formatTime, isStoredForm, parseTime, ZERO_TIME_MS } from '../time.ts'
import { type Field, REFUSED } from './field.ts'
import { readText } from './text.ts'

const ZERO_TIME = formatTime(ZERO_TIME_MS)

/** An instant of any year. */
export const anyTime: Field<TString> = {
  schema: Type.String({ description: 'RFC 3339 with Z or an offset; kept in UTC to the millisecond' }),
  copy: (value) => (typeof value === 'string' && storedForm(value)) || REFUSED,
  read(value, at) {
    if (typeof value !== 'string') {
      at.report(fault.typeNot('time', value))
      return undefined
    }
    const stored = storedForm(value)
    if (stored === undefined) at.report(fault.notParsable(value))
    return stored
  },
  check() {},
}

/** An instant; the first of year 1, which the reference takes for none, is refused as empty. */
export const time: Field<TString> = {
  ...anyTime,
  copy(value, depth) {
    const stored = anyTime.copy?.(value, depth)
    return stored === ZERO_TIME ? REFUSED : stored
  },
  check(value: string, at) {
    if (value === ZERO_TIME) at.report(fault.empty)
  },
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

function storedForm(text: string): string | undefined {
  const ms = parseTime(text)
  if (ms === undefined) return undefined
  return isStoredForm(text) ? text : formatTime(ms)
}
