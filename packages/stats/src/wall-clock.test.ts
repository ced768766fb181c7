import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { agp } from './agp.ts'
import { daily } from './daily.ts'
import { toReadings } from './readings.ts'
import { wallClock } from './wall-clock.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const FROM = Temporal.Instant.from('2015-01-01T00:00:00Z')
const TO_MS = Date.UTC(2031, 0, 1)

/** Every change of the clock of 2015 to 2030, in milliseconds. */
function changesOf(timeZone: string): number[] {
  const changes: number[] = []
  let at = FROM.toZonedDateTimeISO(timeZone).getTimeZoneTransition('next')
  while (at && at.epochMilliseconds < TO_MS) {
    changes.push(at.epochMilliseconds)
    at = at.getTimeZoneTransition('next')
  }
  return changes
}

/** What a calendar shows of an instant, by way of the engine's formatter instead of Temporal. */
function formatter(timeZone: string) {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  return (timeMs: number) => {
    const parts = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, value]))
    return { date: `${parts.year}-${parts.month}-${parts.day}`, hour: Number(parts.hour) }
  }
}

const zones = Intl.supportedValuesOf('timeZone')

describe('the clock on the wall', () => {
  test(`[NU-5] around every change of the clock, in each of ${zones.length} zones: no reading is lost or counted twice`, () => {
    let changesSeen = 0
    for (const timeZone of zones) {
      const clock = wallClock(timeZone)
      const shown = formatter(timeZone)
      for (const changeMs of changesOf(timeZone)) {
        changesSeen++
        const fromMs = clock.startOfDayMs(changeMs - 1)
        const toMs = clock.nextDayMs(changeMs)
        // Every half hour is enough to tell one hour of the clock from another.
        const readings = toReadings(
          Array.from({ length: (toMs - fromMs) / (HOUR_MS / 2) }, (_, n) => ({
            timeMs: fromMs + n * (HOUR_MS / 2),
            mgPerDl: 100,
            intervalMinutes: 30,
          })),
        )
        const n = readings.timesMs.length
        const days = daily(readings, clock)
        const hours = agp(readings, { clock, binMinutes: 60, percentiles: [50] })
        assert.equal(
          Object.values(days).reduce((sum, day) => sum + day.n, 0),
          n,
          timeZone,
        )
        assert.equal(
          hours.reduce((sum, bin) => sum + bin.n, 0),
          n,
          timeZone,
        )
        for (const timeMs of readings.timesMs)
          assert.equal(clock.dateOf(timeMs), shown(timeMs).date, timeZone)
        const shownHours = Array.from(readings.timesMs, (timeMs) => shown(timeMs).hour)
        const counted = hours.map((_, hour) => shownHours.filter((one) => one === hour).length)
        assert.deepEqual(
          hours.map((bin) => bin.n),
          counted,
          timeZone,
        )
      }
    }
    assert.ok(changesSeen > 4000, `${changesSeen} changes`)
  })

  test('[NU-5] days follow on each other, and have 23, 24 or 25 hours where the clock changes by an hour', () => {
    const lengths = new Set<number>()
    for (const timeZone of zones) {
      const clock = wallClock(timeZone)
      for (const changeMs of changesOf(timeZone)) {
        const isByAnHour = Math.abs(clock.offsetMs(changeMs) - clock.offsetMs(changeMs - 1)) === HOUR_MS
        let dayMs = clock.startOfDayMs(changeMs - DAY_MS)
        for (let n = 0; n < 4; n++) {
          const nextMs = clock.nextDayMs(dayMs)
          assert.equal(clock.startOfDayMs(nextMs), nextMs, `${timeZone} ${new Date(nextMs).toISOString()}`)
          if (isByAnHour) lengths.add((nextMs - dayMs) / HOUR_MS)
          dayMs = nextMs
        }
      }
    }
    assert.deepEqual([...lengths].sort(), [23, 24, 25])
  })

  test('[NU-5] instants may come in any order', () => {
    const clock = wallClock('America/New_York')
    const offset = (time: string) => clock.offsetMs(Date.parse(time)) / HOUR_MS
    assert.deepEqual(
      [
        '2024-07-01',
        '2024-01-01',
        '1970-01-01',
        '2024-07-02',
        '2024-11-03T05:59:59.999Z',
        '2024-11-03T06:00Z',
      ].map(offset),
      [-4, -5, -5, -4, -4, -5],
    )
  })

  test('[NU-5] a time zone that there is not is an error at once', () => {
    assert.throws(() => wallClock('Mars/Olympus'), RangeError)
  })
})
