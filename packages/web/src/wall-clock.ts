/**
 * Times as they stand on a wall in a zone. `packages/stats` has such a clock too, by `Temporal`, which many browsers do
 * not have yet; this one asks `Intl`, and its test holds it against `Temporal`.
 */

const formats = new Map<string, Intl.DateTimeFormat>()

/** A time as it stands on a wall in the zone. */
export function timeText(time: number | Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([zone, options])
  const format = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })
  formats.set(key, format)
  return format.format(time)
}

export const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' }
export const day: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' }
export const dayAndYear: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' }

const DAY_MS = 86_400_000

/** What the clock on the wall of the zone shows, as milliseconds since 1970 as if it were UTC; whole seconds. */
function wallMs(time: number | Date, zone: string): number {
  const parts = timeParts(time, zone)
  const of = (name: string) => Number(parts.find(({ type }) => type === name)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
}

function timeParts(time: number | Date, zone: string): Intl.DateTimeFormatPart[] {
  const key = `parts ${zone}`
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat('en', {
      ...{ timeZone: zone, hourCycle: 'h23' },
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  formats.set(key, format)
  return format.formatToParts(time)
}

/** `YYYY-MM-DD` of the wall clock. */
export function dateOf(time: number | Date, zone: string): string {
  return new Date(wallMs(time, zone)).toISOString().slice(0, 10)
}

/** The instant at which the clock of the zone shows a minute of a day; where it leaves that out, one close by. */
export function instantOf(date: string, minute: number, zone: string): Date {
  const wanted = Date.parse(`${date}T00:00:00Z`) + minute * 60_000
  // Each time by what the clock is off there; a second look is enough but for a change in between.
  let ms = wanted
  for (let turn = 0; turn < 3; turn++) ms -= wallMs(ms, zone) - wanted
  return new Date(ms)
}

/** The instant at which a day begins in the zone. Some days do not begin at midnight. */
export function startOfDay(date: string, zone: string): Date {
  const midnight = instantOf(date, 0, zone).getTime()
  if (dateOf(midnight, zone) === date && dateOf(midnight - 1000, zone) !== date) return new Date(midnight)
  // Of a midnight that is left out, or comes twice: the first instant whose wall clock has this date.
  for (let ms = midnight - 2 * 3_600_000; ms <= midnight + 2 * 3_600_000; ms += 900_000) {
    if (dateOf(ms, zone) === date) return new Date(ms)
  }
  return new Date(midnight)
}

/** How long a day is: 24 hours, but for those on which the clock changes. */
export function hoursOfDay(date: string, zone: string): number {
  const [from, to] = [startOfDay(date, zone), startOfDay(addDays(date, 1), zone)]
  return (to.getTime() - from.getTime()) / 3_600_000
}

/** When the clock of the zone changes in a time, and by how many minutes. */
export function clockChanges(
  fromMs: number,
  toMs: number,
  zone: string,
): { atMs: number; minutes: number }[] {
  const off = (ms: number) => Math.round((wallMs(ms, zone) - ms) / 60_000)
  const found: { atMs: number; minutes: number }[] = []
  for (let ms = fromMs; ms < toMs; ms += 7 * DAY_MS) {
    let [before, after] = [ms, Math.min(ms + 7 * DAY_MS, toMs)]
    const minutes = off(after) - off(before)
    if (minutes === 0) continue
    const old = off(before)
    while (after - before > 1000) {
      const middle = (before + after) / 2
      if (off(middle) === old) before = middle
      else after = middle
    }
    found.push({ atMs: Math.round(after / 60_000) * 60_000, minutes })
  }
  return found
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}
