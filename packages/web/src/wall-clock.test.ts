import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addDays, clockChanges, dateOf, hoursOfDay, instantOf, startOfDay } from './wall-clock.ts'

/** Half hours, midnights that are left out or come twice, a day that never was, none at all. */
const zones = [
  ...['Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'America/Havana', 'Asia/Beirut'],
  ...['Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Chatham', 'Africa/Cairo', 'Asia/Kathmandu', 'UTC'],
]
const dates = (from: string, to: string) => {
  const all: string[] = []
  for (let date = from; date < to; date = addDays(date, 1)) all.push(date)
  return all
}

describe('the clock on the wall, in a browser without Temporal', () => {
  for (const zone of zones) {
    test(`[NU-5] ${zone}: days begin, and last, as Temporal has it`, () => {
      const years = [...dates('2011-12-20', '2012-01-10'), ...dates('2018-01-01', '2018-12-31')]
      for (const date of [...years, ...dates('2025-09-01', '2026-12-01')]) {
        const start = Temporal.PlainDate.from(date).toZonedDateTime(zone)
        // Samoa had no 30 December 2011.
        if (start.toPlainDate().toString() !== date) continue
        assert.equal(startOfDay(date, zone).getTime(), start.epochMilliseconds, date)
        assert.equal(dateOf(start.epochMilliseconds, zone), date)
        assert.equal(dateOf(start.epochMilliseconds - 1000, zone) < date, true, date)
        const next = Temporal.PlainDate.from(addDays(date, 1)).toZonedDateTime(zone)
        if (next.toPlainDate().toString() === addDays(date, 1))
          assert.equal(hoursOfDay(date, zone), start.until(next).total('hours'), date)
      }
    })

    test(`[NU-5] ${zone}: an instant shows the minute of the day that it was asked for`, () => {
      for (const date of dates('2025-09-01', '2026-05-01')) {
        for (const minute of [0, 15, 120, 150, 185, 780, 1425]) {
          const wanted = Temporal.PlainDate.from(date).toPlainDateTime().add({ minutes: minute })
          const found = Temporal.Instant.fromEpochMilliseconds(instantOf(date, minute, zone).getTime())
          const shown = found.toZonedDateTimeISO(zone).toPlainDateTime()
          const isLeftOut = !wanted.toZonedDateTime(zone).toPlainDateTime().equals(wanted)
          if (!isLeftOut) assert.equal(shown.toString(), wanted.toString(), `${date} ${minute}`)
          else assert.ok(Math.abs(shown.until(wanted).total('minutes')) <= 60, `${date} ${minute}`)
        }
      }
    })

    test(`[NU-5] ${zone}: changes of the clock are found to the minute`, () => {
      const [from, to] = [Date.parse('2025-06-01T00:00:00Z'), Date.parse('2026-06-01T00:00:00Z')]
      const expected: { atMs: number; minutes: number }[] = []
      let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone)
      for (;;) {
        const next = at.getTimeZoneTransition('next')
        if (!next || next.epochMilliseconds >= to) break
        const minutes = (next.offsetNanoseconds - at.offsetNanoseconds) / 60e9
        expected.push({ atMs: next.epochMilliseconds, minutes })
        at = next
      }
      assert.deepEqual(clockChanges(from, to, zone), expected)
    })
  }
})
