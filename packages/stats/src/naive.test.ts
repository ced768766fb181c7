/** Random traces, counted a second time by slow code that follows the sentences (testing/naive.ts). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import * as naive from '../testing/naive.ts'
import { distribution } from './distribution.ts'
import { episodes } from './episodes.ts'
import { grid } from './grid.ts'
import { asShown, timeInRanges } from './ranges.ts'
import { type GlucoseRecord, prepare, type Reading, toReadings, withoutDuplicates } from './readings.ts'
import { stats } from './stats.ts'
import { conga, mag, modd } from './variability.ts'
import { wallClock } from './wall-clock.ts'

const START_MS = Date.UTC(2024, 2, 5, 17, 20)

/** Glucose every `interval` minutes with holes of any length. */
function traces({ interval, longest }: { interval: number; longest: number }): fc.Arbitrary<Reading[]> {
  const step = fc.record({
    skip: fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 40 })),
    mgPerDl: fc.oneof(
      fc.integer({ min: 40, max: 400 }),
      fc.constantFrom(53, 54, 63, 69, 70, 140, 141, 180, 181, 250, 251),
      fc.double({ min: 30, max: 450, noNaN: true }),
    ),
  })
  return fc.array(step, { minLength: 2, maxLength: longest }).map((steps) => {
    let place = 0
    return steps.map(({ skip, mgPerDl }) => {
      place += skip + 1
      return { timeMs: START_MS + place * interval * 60_000, mgPerDl, intervalMinutes: interval }
    })
  })
}

const near = (actual: number | null, expected: number | null, what: string) => {
  if (expected === null || actual === null) return assert.equal(actual, expected, what)
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, ${expected}`,
  )
}

describe('a second implementation', () => {
  test('[NU-1] moments, quantiles and ranges of any trace', () => {
    fc.assert(
      fc.property(traces({ interval: 5, longest: 120 }), (trace) => {
        const numbers = distribution(toReadings(trace))
        const values = trace.map(({ mgPerDl }) => mgPerDl)
        const mean = values.reduce((sum, one) => sum + one / values.length, 0)
        const sd = naive.sd(values)
        near(numbers.mean, mean, 'mean')
        near(numbers.sd, sd, 'sd')
        near(numbers.cv, (sd / mean) * 100, 'cv')
        near(numbers.jIndex, (mean + sd) ** 2 / 1000, 'J')
        for (const [name, p] of [
          ['p5', 0.05],
          ['q1', 0.25],
          ['median', 0.5],
          ['q3', 0.75],
          ['p95', 0.95],
        ] as const) {
          near(numbers[name], naive.quantile(values, p), name)
        }
        const tir = numbers.tir
        assert.ok(tir)
        near(
          tir.veryLow,
          naive.percent(values, (v) => v < 54),
          'veryLow',
        )
        near(
          tir.low,
          naive.percent(values, (v) => v >= 54 && v < 70),
          'low',
        )
        near(
          tir.target,
          naive.percent(values, (v) => v >= 70 && v <= 180),
          'target',
        )
        near(
          tir.high,
          naive.percent(values, (v) => v > 180 && v <= 250),
          'high',
        )
        near(
          tir.veryHigh,
          naive.percent(values, (v) => v > 250),
          'veryHigh',
        )
        near(
          tir.tight70to140,
          naive.percent(values, (v) => v >= 70 && v <= 140),
          'tight',
        )
        near(
          tir.pregnancyTarget63to140,
          naive.percent(values, (v) => v >= 63 && v <= 140),
          'pregnancy',
        )
        near(tir.veryLow + tir.low + tir.target + tir.high + tir.veryHigh, 100, 'sum')
        const risk = values.map((v) => 1.509 * (Math.exp(1.084 * Math.log(Math.log(v))) - 5.381))
        near(numbers.lbgi, risk.reduce((sum, f) => sum + (f < 0 ? 10 * f * f : 0), 0) / values.length, 'lbgi')
        near(numbers.hbgi, risk.reduce((sum, f) => sum + (f > 0 ? 10 * f * f : 0), 0) / values.length, 'hbgi')
        const shown = values.map((v) => Number((v / 18.01559).toFixed(1)))
        const isTie = values.some((v) => Math.abs(((v / 18.01559) * 10) % 1) - 0.5 < 1e-6)
        if (!isTie)
          near(
            timeInRanges(toReadings(trace), 'mmol/L')?.low ?? null,
            naive.percent(shown, (v) => v >= 3 && v < 3.9),
            'mmol',
          )
      }),
    )
  })

  test('[NU-1] variability on the grid', () => {
    fc.assert(
      fc.property(traces({ interval: 15, longest: 250 }), (trace) => {
        const own = grid(toReadings(trace), wallClock('UTC'), 15)
        assert.ok(own)
        near(modd(own), naive.modd(trace, 15), 'modd')
        for (const hours of [1, 2, 24])
          near(conga(own, hours), naive.conga(trace, 15, hours), `conga${hours}`)
        near(mag(own), naive.mag(trace, 15), 'mag')
      }),
      { numRuns: 30 },
    )
  })

  test('[NU-7] episodes, painted minute by minute', () => {
    const wavy = traces({ interval: 5, longest: 150 }).map((trace) =>
      trace.map((reading) => ({ ...reading, mgPerDl: reading.mgPerDl < 200 ? 60 : 75 })),
    )
    fc.assert(
      fc.property(wavy, (trace) => {
        const found = naive.episodes(trace, 5, (value) => value < 70)
        const { below70, below70for120 } = episodes(toReadings(trace))
        assert.equal(below70.count, found.length)
        assert.equal(
          below70.totalMinutes,
          found.reduce((sum, one) => sum + one, 0),
        )
        assert.equal(below70for120.count, found.filter((minutes) => minutes > 120).length)
      }),
    )
  })

  test('[NU-4] of readings in any distance, the same are kept', () => {
    const close = fc
      .array(fc.integer({ min: 0, max: 4000 }), { maxLength: 120 })
      .map((seconds) =>
        seconds
          .sort((a, b) => a - b)
          .map((s, n) => ({ timeMs: START_MS + s * 1000, mgPerDl: 100 + n, intervalMinutes: 5 })),
      )
    fc.assert(
      fc.property(close, (trace) => {
        const kept = naive.withoutDuplicates(trace, 5)
        assert.deepEqual(
          [...withoutDuplicates(toReadings(trace)).mgPerDl],
          kept.map(({ mgPerDl }) => mgPerDl),
        )
      }),
    )
  })

  test('[NU-8] neither the order in which records come nor the same record twice changes a number', () => {
    const records = fc.uniqueArray(
      fc.record({ minute: fc.integer({ min: 0, max: 3000 }), value: fc.integer({ min: 40, max: 400 }) }),
      { minLength: 1, maxLength: 80, selector: ({ minute, value }) => `${minute} ${value}` },
    )
    const toRecord = ({ minute, value }: { minute: number; value: number }): GlucoseRecord => ({
      time: new Date(START_MS + minute * 60_000).toISOString(),
      value,
      units: 'mg/dL',
    })
    const span = { fromMs: START_MS, toMs: START_MS + 86_400_000 * 3, timeZone: 'Europe/Berlin' }
    const numbers = (cbg: GlucoseRecord[]) => {
      const { excluded: _excluded, ...rest } = stats({ cbg, smbg: cbg, doses: [] }, span, 'mmol/L')
      return rest
    }
    fc.assert(
      fc.property(
        records.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          const once = all.map(toRecord)
          assert.deepEqual(numbers(shuffled.map(toRecord)), numbers(once))
          const twice = stats({ cbg: [...once, ...once], smbg: [], doses: [] }, span, 'mmol/L')
          assert.equal(twice.mean, stats({ cbg: once, smbg: [], doses: [] }, span, 'mmol/L').mean)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('[NU-3] what a client sent in mg/dL comes back from the wire, with up to two decimals', () => {
    for (let hundredths = 100; hundredths <= 60_000; hundredths += 7) {
      const mgPerDl = hundredths / 100
      const value = Math.round((mgPerDl / 18.01559) * 100_000) / 100_000
      const { readings } = prepare([{ time: START_MS, value, units: 'mmol/L', sentUnits: 'mg/dL' }])
      assert.equal(readings.mgPerDl[0], mgPerDl)
    }
    for (let mgPerDl = 1; mgPerDl <= 600; mgPerDl++) {
      assert.equal(asShown(mgPerDl, 'mg/dL'), mgPerDl)
    }
  })
})
