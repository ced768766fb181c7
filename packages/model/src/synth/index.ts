import type { DatumBody } from '../wire.ts'
import { bodyAtRest } from './body.ts'
import { planDay } from './day-plan.ts'
import { journalOf } from './journal.ts'
import { live } from './live.ts'
import { epochDayOf, localDay } from './local-day.ts'
import { type Person, personFor } from './person.ts'

export interface SynthOptions {
  /** Which person: the same number is the same person, any other one is somebody else. */
  seed: number
  /** The first calendar day, `YYYY-MM-DD`. */
  start: string
  days: number
  /** An IANA name; the wall clock that the person and the devices live by. */
  timezone: string
  /** What glucose is written in. */
  units: 'mg/dL' | 'mmol/L'
}

/**
 * The diabetes data of somebody who does not exist, in time order: cbg every five minutes (with lost signals and
 * warm-ups, over 105,000 in a year), basals that tile the day, boluses, food, a few smbg. Times are right across
 * changes of the clock. For tests, demonstrations and benchmarks; never for working out a dose.
 *
 * Pure and lazy: one day is held at a time. What a day is made of hangs on seed, zone and date alone, so that any two
 * windows agree where they overlap, and a record's `origin.id` (seed, type, time) is the same in both.
 *
 * @throws RangeError when the zone or the date is unknown.
 */
export function* synthesize({
  seed,
  start,
  days,
  timezone,
  units,
}: SynthOptions): Generator<DatumBody, void, void> {
  const person = personFor(seed)
  const firstDay = epochDayOf(start)
  for (let n = 0; n < days; n++) yield* recordsOfDay(person, timezone, firstDay + n, units)
}

/** The day before is lived through as well, unseen: after it nothing is left of how the body began. */
function recordsOfDay(
  person: Person,
  timezone: string,
  epochDay: number,
  units: 'mg/dL' | 'mmol/L',
): DatumBody[] {
  const body = bodyAtRest(person)
  let records: DatumBody[] = []
  for (const each of [epochDay - 1, epochDay]) {
    const day = localDay(timezone, each)
    records = []
    live(person, day, planDay(person, day), body, journalOf(person, day, units, records))
  }
  return records.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
}
