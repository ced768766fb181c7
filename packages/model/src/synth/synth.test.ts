import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { idFor } from '../../testing/id-for.ts'
import { parseData } from '../parse-data.ts'
import type { DatumBody } from '../wire.ts'
import { type SynthOptions, synthesize } from './index.ts'

const dayMs = 86_400_000
const usual: SynthOptions = {
  seed: 1,
  start: '2026-01-01',
  days: 1,
  timezone: 'America/New_York',
  units: 'mg/dL',
}
const recordsOf = (options: Partial<SynthOptions>) => [...synthesize({ ...usual, ...options })]
const ofType = (records: readonly DatumBody[], type: string) =>
  records.filter((record) => record.type === type)
const idOf = (record: DatumBody) => record.origin?.id

const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Kolkata',
  'UTC',
]
const windows = fc.record({
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  start: fc
    .integer({ min: 15_000, max: 25_000 })
    .map((day) => new Date(day * dayMs).toISOString().slice(0, 10)),
  days: fc.integer({ min: 1, max: 4 }),
  timezone: fc.constantFrom(...zones),
  units: fc.constantFrom('mg/dL' as const, 'mmol/L' as const),
})

function assertClock(window: SynthOptions) {
  for (const record of recordsOf(window)) {
    const there = Temporal.Instant.from(record.time).toZonedDateTimeISO(window.timezone)
    assert.equal(record.timezone, window.timezone)
    assert.equal(record.timezoneOffset, there.offsetNanoseconds / 60e9)
    assert.equal(record.deviceTime, there.toPlainDateTime().toString({ smallestUnit: 'second' }))
  }
}

describe('a synthetic year', () => {
  const year = recordsOf({ days: 365 })
  const cbg = ofType(year, 'cbg')
  const values = cbg.map((record) => record.value as number)
  const share = (matches: (mgdl: number) => boolean) => values.filter(matches).length / values.length

  test('[CLI-60] a year has more than 105,000 cbg and, fewer than 120, gaps', () => {
    assert.ok(cbg.length > 105_000, `${cbg.length} cbg`)
    assert.ok(cbg.length < 365 * 288, 'no reading is ever lost')
  })

  test('[CLI-60] a year has more than 105,000 cbg for other people, years and zones, and where the clock takes an hour', () => {
    for (const [seed, start, timezone] of [
      [2, '2027-03-14', 'America/New_York'],
      [3, '2025-06-01', 'Europe/Berlin'],
      [77, '2024-10-06', 'Australia/Sydney'],
    ] as const) {
      let count = 0
      for (const record of synthesize({ ...usual, seed, start, timezone, days: 365 }))
        if (record.type === 'cbg') count++
      assert.ok(count > 105_000, `${count} cbg for ${seed} ${start} ${timezone}`)
    }
  })

  test('[CLI-61] there is every kind of record that a person on a pump has', () => {
    const kinds = new Set(
      year.map((record) => `${record.type}/${record.subType ?? record.deliveryType ?? ''}`),
    )
    for (const kind of ['basal/automated', 'basal/scheduled', 'basal/temp', 'basal/suspend'])
      assert.ok(kinds.has(kind), kind)
    for (const kind of ['bolus/normal', 'bolus/square', 'bolus/dual/square', 'food/', 'smbg/linked'])
      assert.ok(kinds.has(kind), kind)
    assert.ok(
      ofType(year, 'bolus').some((bolus) => Number(bolus.normal) < Number(bolus.expectedNormal)),
      'a stopped bolus',
    )
    assert.ok(new Set(cbg.map((record) => record.deviceId)).size >= 36, 'sensors change')
  })

  test('[CLI-61] glucose looks like that of somebody with a closed loop', () => {
    const inRange = share((mgdl) => mgdl >= 70 && mgdl <= 180)
    assert.ok(inRange > 0.65 && inRange < 0.9, `time in range ${inRange}`)
    const low = share((mgdl) => mgdl < 70)
    assert.ok(low > 0.004 && low < 0.05, `time below ${low}`)
    // A reading follows from the one before: no jump that no body makes, but for sleeping on the sensor.
    const jumps = values.filter((value, n) => Math.abs(value - (values[n - 1] ?? value)) > 40)
    assert.ok(jumps.length < 120, `${jumps.length} jumps`)
  })

  test('[CLI-61] days follow on each other without a seam at midnight', () => {
    const steps = (isMidnight: boolean) => {
      const sizes: number[] = []
      for (let n = 1; n < cbg.length; n++) {
        const [before, after] = [cbg[n - 1], cbg[n]] as [DatumBody, DatumBody]
        const crosses =
          before.deviceTime?.toString().slice(0, 10) !== after.deviceTime?.toString().slice(0, 10)
        if (crosses === isMidnight) sizes.push(Math.abs(Number(after.value) - Number(before.value)))
      }
      return sizes.reduce((sum, size) => sum + size, 0) / sizes.length
    }
    assert.ok(steps(true) < 1.6 * steps(false), `${steps(true)} mg/dL over midnight, ${steps(false)} else`)
  })

  test('[CLI-62] readings stay within the sensor’s range, and one beyond says so', () => {
    let beyond = 0
    for (const { value, annotations } of cbg) {
      const mgdl = value as number
      assert.ok(mgdl >= 39 && mgdl <= 401)
      const expected =
        mgdl === 39
          ? [{ code: 'bg/out-of-range', value: 'low', threshold: 40 }]
          : mgdl === 401
            ? [{ code: 'bg/out-of-range', value: 'high', threshold: 400 }]
            : undefined
      assert.deepEqual(annotations, expected)
      if (expected) beyond++
    }
    assert.ok(beyond > 0, 'no reading is ever out of range')
  })

  test('[CLI-63] an origin id names one record', () => {
    assert.equal(new Set(year.map(idOf)).size, year.length)
    for (const { origin } of year) {
      assert.ok(origin?.id && origin.id.length <= 100)
      assert.equal(origin.type, 'application')
      assert.ok(origin.name)
    }
  })

  test('[CLI-73] every record is one that a server takes, in either unit', () => {
    for (const records of [year, recordsOf({ days: 60, units: 'mmol/L', seed: 5 })]) {
      const parsed = parseData(records, { idFor })
      assert.ok('data' in parsed, JSON.stringify('problems' in parsed && parsed.problems.slice(0, 3)))
      assert.equal(parsed.data.length, records.length)
    }
  })

  test('[CLI-64] records come in time order', () => {
    for (let n = 1; n < year.length; n++) assert.ok((year[n - 1]?.time ?? '') <= (year[n]?.time ?? ''))
  })
})

describe('any window of a synthetic person', () => {
  test('[CLI-65] fewer days are the beginning of more days, and any two windows agree where they overlap', () => {
    fc.assert(
      fc.property(windows, fc.integer({ min: 1, max: 3 }), (window, more) => {
        const short = recordsOf(window)
        const long = recordsOf({ ...window, days: window.days + more })
        assert.deepEqual(long.slice(0, short.length), short)
        const later = new Date(Date.parse(window.start) + more * dayMs).toISOString().slice(0, 10)
        const tail = recordsOf({ ...window, start: later })
        assert.deepEqual(long.slice(long.length - tail.length), tail)
      }),
      { numRuns: 25 },
    )
  })

  test('[CLI-66] another seed is another person', () => {
    assert.notDeepEqual(ofType(recordsOf({ seed: 2 }), 'cbg'), ofType(recordsOf({ seed: 1 }), 'cbg'))
    assert.deepEqual(recordsOf({ seed: 2 }), recordsOf({ seed: 2 }))
  })

  test('[CLI-67] deviceTime is time + timezoneOffset, and the offset is what the zone had at that instant', () => {
    fc.assert(fc.property(windows, assertClock), { numRuns: 25 })
  })

  for (const [date, timezone, hours] of [
    ['2026-03-08', 'America/New_York', 23],
    ['2026-11-01', 'America/New_York', 25],
    ['2026-06-01', 'America/New_York', 24],
    ['2026-03-29', 'Europe/Berlin', 23],
    ['2026-10-25', 'Europe/Berlin', 25],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5],
    ['2026-09-06', 'America/Santiago', 23],
  ] as const) {
    test(`[CLI-68] ${date} in ${timezone} has ${hours} hours of readings`, () => {
      const records = recordsOf({ start: date, timezone })
      assertClock({ ...usual, start: date, timezone })
      const times = ofType(records, 'cbg').map((record) => Date.parse(record.time))
      const first = times[0] as number
      for (const time of times) assert.equal((time - first) % 300_000, 0, 'a reading every five minutes')
      assert.ok(times.length <= hours * 12 && times.length > hours * 12 - 12, `${times.length} readings`)
      assert.equal(
        ofType(records, 'basal').reduce((sum, basal) => sum + Number(basal.duration), 0),
        hours * 3_600_000,
      )
    })
  }

  test('[CLI-69] basals tile time: each ends where the next begins', () => {
    fc.assert(
      fc.property(windows, (window) => {
        const basals = ofType(recordsOf(window), 'basal')
        for (let n = 0; n < basals.length; n++) {
          const { time, duration } = basals[n] as DatumBody
          assert.ok(Number.isInteger(duration) && Number(duration) > 0)
          const end = Date.parse(time) + Number(duration)
          const next = basals[n + 1]
          if (next) assert.equal(next.time, new Date(end).toISOString())
        }
      }),
      { numRuns: 25 },
    )
  })

  test('[CLI-70] mmol/L is the same person in the other unit', () => {
    const mgdl = ofType(recordsOf({ days: 3 }), 'cbg')
    const mmolL = ofType(recordsOf({ days: 3, units: 'mmol/L' }), 'cbg')
    assert.equal(mmolL.length, mgdl.length)
    for (const [n, record] of mmolL.entries()) {
      assert.equal(record.units, 'mmol/L')
      assert.ok(Math.abs(Number(record.value) - Number(mgdl[n]?.value) / 18.01559) <= 0.0501)
      assert.equal(idOf(record), idOf(mgdl[n] as DatumBody))
    }
  })

  test('[CLI-71] an unknown zone or date is a RangeError', () => {
    assert.throws(() => recordsOf({ timezone: 'Mars/Olympus' }), RangeError)
    assert.throws(() => recordsOf({ start: '2026-02-30' }), RangeError)
  })
})
