/** One calendar day of a time zone: 23, 24 or 25 hours where the clock is set, any other number where a zone changes. */
export interface LocalDay {
  readonly timezone: string
  /** Days since 1970-01-01 in the calendar; numbers the day whatever the zone. */
  readonly epochDay: number
  readonly startMs: number
  /** Where the next day begins. */
  readonly endMs: number
  /** What the zone's clock is ahead of UTC at this instant, in minutes. */
  offsetMinutes(instantMs: number): number
}

const dayMs = 86_400_000
const minuteMs = 60_000

/** @throws RangeError when the zone is not an IANA name that the runtime knows. */
export function localDay(timezone: string, epochDay: number): LocalDay {
  const start = startOf(timezone, epochDay)
  const end = startOf(timezone, epochDay + 1)
  const before = start.offsetNanoseconds
  const steady = before === end.offsetNanoseconds
  const minutes = (offsetNanoseconds: number) => Math.round(offsetNanoseconds / 60e9)
  return {
    timezone,
    epochDay,
    startMs: start.epochMilliseconds,
    endMs: end.epochMilliseconds,
    // Asking the zone is a hundred times the cost of all else, and almost no day needs it.
    offsetMinutes: steady
      ? () => minutes(before)
      : (instantMs) =>
          minutes(
            Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timezone).offsetNanoseconds,
          ),
  }
}

/** Minutes since midnight as the clock on the wall shows them. */
export function wallMinutes(day: LocalDay, instantMs: number): number {
  const wallMs = instantMs + day.offsetMinutes(instantMs) * minuteMs
  return (((wallMs % dayMs) + dayMs) % dayMs) / minuteMs
}

/** The instant at which the wall shows this many minutes since midnight: the first one, where it shows them twice. */
export function instantAt(day: LocalDay, minutes: number): number {
  const guessMs = day.startMs + minutes * minuteMs
  if (day.offsetMinutes(day.startMs) === day.offsetMinutes(day.endMs)) return guessMs
  return Temporal.PlainDate.from('1970-01-01')
    .add({ days: day.epochDay })
    .toPlainDateTime({ hour: 0 })
    .add({ seconds: Math.round(minutes * 60) })
    .toZonedDateTime(day.timezone, { disambiguation: 'compatible' }).epochMilliseconds
}

/** @param date `YYYY-MM-DD`. @throws RangeError when it is no date. */
export function epochDayOf(date: string): number {
  return Temporal.PlainDate.from(date).since('1970-01-01', { largestUnit: 'day' }).days
}

function startOf(timezone: string, epochDay: number): Temporal.ZonedDateTime {
  return Temporal.PlainDate.from('1970-01-01').add({ days: epochDay }).toZonedDateTime(timezone)
}
