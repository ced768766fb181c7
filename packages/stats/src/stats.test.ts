import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { profile } from './profile.ts'
import type { GlucoseRecord } from './readings.ts'
import { stats } from './stats.ts'
import { DAY_MS } from './wall-clock.ts'

/** A Monday. */
const START_MS = Date.UTC(2026, 2, 2)
const window = { fromMs: START_MS, toMs: START_MS + 14 * DAY_MS, timeZone: 'UTC' }

function everyMinutes(minutes: number, days: number, of: (n: number) => number): GlucoseRecord[] {
  return Array.from({ length: Math.floor((days * 1440) / minutes) }, (_, n) => ({
    time: START_MS + n * minutes * 60_000,
    value: of(n),
    units: 'mg/dL',
    sampleInterval: minutes * 60_000,
  }))
}

const statsOf = (cbg: readonly unknown[], doses: readonly unknown[] = []) =>
  stats({ cbg: cbg as GlucoseRecord[], smbg: [], doses: doses as never[] }, window, 'mg/dL')

describe('numbers of a window', () => {
  test('[NU-6] a profile of the weekends is of a sensor worn every day', () => {
    const cbg = everyMinutes(5, 14, () => 120)
    const weekend = profile(cbg, { ...window, units: 'mg/dL', weekdays: [6, 7] })
    assert.deepEqual([weekend.n, weekend.days], [4 * 288, 4])
    assert.equal(weekend.sensor.last14dPercent, 100)
    assert.equal(weekend.reason, undefined)
  })

  for (const minutes of [8, 9, 16, 18, 24, 32, 40]) {
    test(`[NU-1] a sensor that reads every ${minutes} minutes has its CONGA`, () => {
      // Up by 1 mg/dL a minute for two hours, and down again: one hour is 60 but at the turns.
      const wave = (minute: number) => 100 + Math.abs(120 - (minute % 240))
      const { gridMinutes, conga1, conga24, modd, mag, reasons } = statsOf(
        everyMinutes(minutes, 6, (n) => wave(n * minutes)),
      )
      assert.equal(60 % (gridMinutes ?? 7), 0)
      assert.ok(conga1 !== null && conga1 > 35 && conga1 < 60, `${conga1}`)
      assert.ok(mag !== null && mag > 30 && mag <= 60 + 1e-9, `${mag}`)
      // The same every day, but for the readings that stand elsewhere.
      assert.ok(modd !== null && modd < minutes && conga24 !== null && conga24 < 2 * minutes)
      assert.deepEqual(Object.keys(reasons), ['gmi'])
    })
  }

  test('[NU-6] whatever stands in a record of a file, it is counted or left out, and counted as left out', () => {
    const good = { time: START_MS, value: 100, units: 'mg/dL' }
    const bad = [
      { ...good, units: undefined },
      { ...good, units: 7 },
      { ...good, value: '100' },
      { ...good, time: undefined },
      { ...good, time: 'soon' },
      {},
    ]
    const odd = { ...good, time: START_MS + 3_600_000, deviceId: 7, sampleInterval: '5' }
    const doses = [
      { type: 'bolus', time: START_MS, normal: '3', extended: null },
      { type: 'basal', time: START_MS, rate: 'fast', duration: 3_600_000 },
      { type: 'basal', time: START_MS, rate: 1, duration: '1000' },
      { type: 'food', time: START_MS, nutrition: { carbohydrate: 'much' } },
      { type: 'wizard', time: START_MS, carbInput: '40' },
      { type: 'insulin', time: START_MS, dose: 4 },
    ]
    const { n, excluded, insulin } = statsOf([good, odd, ...bad], doses)
    assert.deepEqual([n, excluded.invalid], [2, bad.length])
    assert.deepEqual([insulin?.totalUnits, insulin?.carbsGrams], [0, 0])
  })

  test('[NU-3] each day has its time in target as somebody reads it, in both units', () => {
    // 69.7 is 70 for who reads mg/dL, and 3.9 for who reads mmol/L; 69.4 is 69, and 3.9; 180.4 is 180, and 10.0.
    const values = [69.7, 69.4, 180.4, 183]
    const { daily } = statsOf(everyMinutes(5, 1, (n) => values[n % 4] as number))
    assert.deepEqual(daily['2026-03-02'], {
      ...{ n: 288, mean: values.reduce((sum, one) => sum + one) / 4 },
      ...{ tir: 0, tirRoundedMgdl: 50, tirRoundedMmol: 75 },
      ...{ pregnancyRoundedMgdl: 50, pregnancyRoundedMmol: 50 },
    })
  })
})
