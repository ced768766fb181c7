import { InvalidArgumentError } from 'commander'

/** Reads `--from` and `--to` (`before`: exclusive): a time with its zone (`2026-01-31T08:00:00Z`), or a date of this machine's calendar. */
export function instantOf(end: 'from' | 'to' | 'before'): (text: string) => Date {
  return (text) => {
    try {
      return new Date(text.includes('T') ? Temporal.Instant.from(text).epochMilliseconds : endOf(text, end))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new InvalidArgumentError(
        'It must be a date such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z.',
      )
    }
  }
}

/** The first millisecond of a day, its last, or the one after that. */
function endOf(date: string, end: 'from' | 'to' | 'before'): number {
  const zone = Temporal.Now.timeZoneId()
  const day = Temporal.PlainDate.from(date)
  if (end === 'from') return day.toZonedDateTime(zone).epochMilliseconds
  const nextMs = day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds
  return end === 'to' ? nextMs - 1 : nextMs
}
