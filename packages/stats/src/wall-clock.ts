/**
 * What the clock on the wall shows, as milliseconds since 1970 as if it were UTC: 23, 24 and 25 hours a day follow from
 * the time zone's own transitions.
 */
export interface WallClock {
  readonly timeZone: string
  /** Milliseconds to add to an instant. Fast for instants that come in order. */
  offsetMs(timeMs: number): number
  /** The first instant at or after the midnight with which the day of this instant begins, in milliseconds. */
  startOfDayMs(timeMs: number): number
  /** The start of the day after. */
  nextDayMs(timeMs: number): number
  /** `YYYY-MM-DD`. */
  dateOf(timeMs: number): string
}

const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000

/** @throws {RangeError} There is no such time zone. */
export function wallClock(timeZone: string): WallClock {
  const at = (timeMs: number) =>
    Temporal.Instant.fromEpochMilliseconds(Math.floor(timeMs)).toZonedDateTimeISO(timeZone)
  at(0)
  let span = { fromMs: 0, toMs: 0, offsetMs: 0 }
  const offsetMs = (timeMs: number): number => {
    if (timeMs < span.fromMs || timeMs >= span.toMs) span = spanAround(at(timeMs))
    return span.offsetMs
  }
  // Several days begin twice or not at midnight; Temporal knows where.
  const days = new Map<number, { startMs: number; nextMs: number; date: string }>()
  const dayOf = (timeMs: number) => {
    const key = Math.floor((timeMs + offsetMs(timeMs)) / DAY_MS)
    const known = days.get(key)
    if (known) return known
    const date = Temporal.PlainDate.from('1970-01-01').add({ days: key })
    const startOf = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).epochMilliseconds
    const day = { startMs: startOf(date), nextMs: startOf(date.add({ days: 1 })), date: date.toString() }
    days.set(key, day)
    return day
  }
  return {
    timeZone,
    offsetMs,
    startOfDayMs: (timeMs) => dayOf(timeMs).startMs,
    nextDayMs: (timeMs) => dayOf(timeMs).nextMs,
    dateOf: (timeMs) => dayOf(timeMs).date,
  }
}

/** The time in which the offset is the same. */
function spanAround(moment: Temporal.ZonedDateTime) {
  const next = moment.getTimeZoneTransition('next')
  const last = moment.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')
  return {
    fromMs: last?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    toMs: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: moment.offsetNanoseconds / 1_000_000,
  }
}

/** 1 is Monday, 7 Sunday. */
export function weekdayOf(clock: WallClock, timeMs: number): number {
  const day = Math.floor((timeMs + clock.offsetMs(timeMs)) / DAY_MS)
  // 1 January 1970 was a Thursday.
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** Of the wall clock of this instant. */
export function minuteOfDay(clock: WallClock, timeMs: number): number {
  const wallMs = timeMs + clock.offsetMs(timeMs)
  return Math.floor((((wallMs % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS)
}
