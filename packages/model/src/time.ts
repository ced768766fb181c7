/**
 * Times as the protocol reads and writes them: RFC 3339 as Go's `time.Parse` takes it (data-types.json, `formats`).
 * More lenient than `Date.parse` (a comma before the fraction, an hour of one digit, offsets up to 24:60) and
 * stricter (no 30 February, no hour 24).
 */

const DASH = 45
const PLUS = 43
const DOT = 46
const COMMA = 44
const COLON = 58
const LETTER_T = 84
const LETTER_Z = 90

const MS_PER_MINUTE = 60_000
const MS_PER_DAY = 86_400_000
/** 0000-01-01T00:00:00Z and the end of 9999: outside of these RFC 3339 has no words. */
const FIRST_MS = -62_167_219_200_000
const LAST_MS = 253_402_300_799_999

/** Year 1, the instant that the reference takes for "no time". */
export const ZERO_TIME_MS = -62_135_596_800_000

/**
 * Milliseconds since the epoch, or undefined when this is no RFC 3339 time with `Z` or an offset. Digits after the
 * third of the fraction are cut off, not rounded; {@link finerThanMs} has them.
 */
export function parseTime(text: string): number | undefined {
  const clock = clockEnd(text)
  if (clock < 0) return undefined
  const zone = fractionEnd(text, clock)
  const offset = offsetMinutes(text, zone)
  const ms = utcMs(text, clock) + fractionMs(text, clock, zone) - offset * MS_PER_MINUTE
  return ms >= FIRST_MS && ms <= LAST_MS ? ms : undefined
}

/** Whether this is a calendar date and time of day without zone, `YYYY-MM-DDTHH:mm:ss` (a fraction is tolerated). */
export function isLocalTime(text: string): boolean {
  const clock = clockEnd(text)
  return clock > 0 && fractionEnd(text, clock) === text.length && !Number.isNaN(utcMs(text, clock))
}

/** RFC 3339 in UTC, always with three digits and `Z`: the form in which every time is stored. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** The same with as many digits as are needed: none for a whole second. @param finerThanMs Digits beyond the third. */
export function formatTimeShort(ms: number, finerThanMs = ''): string {
  const [seconds, fraction] = formatTime(ms).slice(0, -1).split('.')
  const digits = `${fraction}${finerThanMs}`.replace(/0+$/, '')
  return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`
}

/** Whether a parsed text is what {@link formatTime} would write, so that it need not be written again. */
export function isStoredForm(text: string): boolean {
  return (
    text.length === 24 &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(19) === DOT &&
    text.charCodeAt(23) === LETTER_Z
  )
}

/** The digits of the fraction that a millisecond has no room for (at most six, none at the end zero): `456` of `.123456Z`. */
export function finerThanMs(text: string): string {
  const clock = clockEnd(text)
  return text.slice(clock + 4, Math.min(fractionEnd(text, clock), clock + 10)).replace(/0+$/, '')
}

/** Where the seconds end, if the text begins like `YYYY-MM-DDTHH:mm:ss` or `…TH:mm:ss`; else -1. */
function clockEnd(text: string): number {
  const hourDigits = text.charCodeAt(12) === COLON ? 1 : 2
  const end = 17 + hourDigits
  const marked =
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text.charCodeAt(10) === LETTER_T &&
    text.charCodeAt(end - 6) === COLON &&
    text.charCodeAt(end - 3) === COLON
  return marked && text.length >= end ? end : -1
}

/** Where the fraction ends that may begin at `at`. A separator without a digit is no fraction. */
function fractionEnd(text: string, at: number): number {
  const separator = text.charCodeAt(at)
  if ((separator !== DOT && separator !== COMMA) || Number.isNaN(digit(text, at + 1))) return at
  let end = at + 2
  while (!Number.isNaN(digit(text, end))) end++
  return end
}

function fractionMs(text: string, start: number, end: number): number {
  if (start === end) return 0
  const tens = end > start + 2 ? digit(text, start + 2) * 10 : 0
  const ones = end > start + 3 ? digit(text, start + 3) : 0
  return digit(text, start + 1) * 100 + tens + ones
}

/** Minutes east of UTC of what stands at `at` up to the end of the text; NaN when that is no zone. */
function offsetMinutes(text: string, at: number): number {
  const sign = text.charCodeAt(at)
  if (sign === LETTER_Z) return text.length === at + 1 ? 0 : Number.NaN
  if ((sign !== PLUS && sign !== DASH) || text.charCodeAt(at + 3) !== COLON || text.length !== at + 6) {
    return Number.NaN
  }
  const hours = twoDigits(text, at + 1)
  const minutes = twoDigits(text, at + 4)
  if (!(hours <= 24 && minutes <= 60)) return Number.NaN
  return (hours * 60 + minutes) * (sign === DASH ? -1 : 1)
}

/** The clock reading taken as UTC; NaN when it is no date of the calendar or no time of day. */
function utcMs(text: string, end: number): number {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = end === 18 ? digit(text, 11) : twoDigits(text, 11)
  const minute = twoDigits(text, end - 5)
  const second = twoDigits(text, end - 2)
  const right =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(month, year) &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  if (!right) return Number.NaN
  return daysSinceEpoch(year, month, day) * MS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1000
}

function daysIn(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days from 1970-01-01 in the Gregorian calendar; counted in years that begin in March, so that a leap day is last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + dayOfYear - 719_468
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1)
}
