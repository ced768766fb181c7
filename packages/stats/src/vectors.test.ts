/** The published vectors: six real traces, one person with a pump, and edges (metrics-vectors.json). */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sharedText, traceOf, withoutShared } from '../testing/shared.ts'
import { AGP_PERCENTILES, agp, smoothed } from './agp.ts'
import { daily } from './daily.ts'
import { distribution, gmiMmolMol, gmiPercent } from './distribution.ts'
import { episodes } from './episodes.ts'
import { gri } from './gri.ts'
import { grid } from './grid.ts'
import { insulin } from './insulin.ts'
import { mage } from './mage.ts'
import { timeInRanges } from './ranges.ts'
import { prepare, type Readings, toReadings, withoutDuplicates } from './readings.ts'
import { conga, mag, modd } from './variability.ts'
import { wallClock } from './wall-clock.ts'
import { wear } from './wear.ts'

// biome-ignore lint/suspicious/noExplicitAny: the file is what it is; a number that is not there fails
type Vectors = any

const TOLERANCE = 1e-6

/** Every number that is expected is there, as near as the file asks for. What more there is does not count. */
function agrees(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const isNear = Math.abs(actual - expected) <= Math.max(TOLERANCE, TOLERANCE * Math.abs(expected))
    assert.ok(isNear, `${path} is ${actual}, and ${expected} is expected`)
  } else if (typeof expected === 'object' && expected !== null) {
    for (const [key, value] of Object.entries(expected)) {
      agrees((actual as Record<string, unknown> | null)?.[key], value, `${path}.${key}`)
    }
  } else assert.equal(actual, expected, path)
}

function everything(readings: Readings, timeZone: string) {
  const clock = wallClock(timeZone)
  const own = grid(readings, clock)
  const fine = grid(readings, clock, 5)
  assert.ok(own && fine)
  const agpHourly = agp(readings, { clock, binMinutes: 60, percentiles: AGP_PERCENTILES })
  return {
    nDeduplicated: readings.timesMs.length,
    deduplicated: distribution(readings),
    tirRoundedMgdl: timeInRanges(readings, 'mg/dL'),
    tirRoundedMmol: timeInRanges(readings, 'mmol/L'),
    sensor: wear(readings),
    gridMinutes: own.stepMinutes,
    mage: mage(fine.values),
    modd: modd(own),
    conga1: conga(own, 1),
    conga2: conga(own, 2),
    conga24: conga(own, 24),
    mag: mag(own),
    episodes: episodes(readings),
    agpHourly,
    agpHourlySmoothed: smoothed(agpHourly),
    agp15: agp(readings, { clock, binMinutes: 15, percentiles: AGP_PERCENTILES }),
    daily: daily(readings, clock),
  }
}

describe('published vectors', { skip: withoutShared }, () => {
  const vectors: Vectors = withoutShared ? {} : JSON.parse(sharedText('spec/metrics-vectors.json'))

  for (const { id, file, sampleIntervalMinutes, expected } of vectors.subjects ?? []) {
    test(`[NU-1] ${id}: every number of the trace`, () => {
      const raw = toReadings(traceOf(file, sampleIntervalMinutes))
      assert.equal(raw.timesMs.length, expected.nRaw)
      agrees(distribution(raw), expected.raw, 'raw')
      const { platformSummaryStyle: _ofSummaries, raw: _raw, nRaw: _n, first, last, ...rest } = expected
      const kept = withoutDuplicates(raw)
      const times = [kept.timesMs[0], kept.timesMs.at(-1)].map((ms) =>
        new Date(ms ?? 0).toISOString().slice(0, 19),
      )
      assert.deepEqual(times, [first, last])
      agrees(everything(kept, 'UTC'), rest, id)
    })
  }

  for (const { id, file, expected } of vectors.insulinSubjects ?? []) {
    const records: Vectors[] = JSON.parse(sharedText(file)).map((record: object) =>
      Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)),
    )
    const fromMs = Date.parse(expected.windowStart)
    const toMs = Date.parse(expected.windowEndExclusive)

    test(`[NU-2] ${id}: insulin and carbohydrates, by day`, () => {
      // How the published sum was checked, and what lies outside the window.
      const {
        basalUnitsBySampling: _check,
        basalOverlapHoursWholeFile: _whole,
        ...numbers
      } = expected.insulin
      agrees(insulin(records, { fromMs, toMs }, wallClock(expected.timezone)), numbers, id)
    })

    test(`[NU-1] ${id}: glucose in a time zone`, () => {
      const inWindow = records.filter(
        ({ type, time }) => type === 'cbg' && Date.parse(time) >= fromMs && Date.parse(time) < toMs,
      )
      assert.equal(inWindow.length, expected.glucose.nInWindow)
      const { readings, excluded } = prepare(inWindow)
      assert.equal(excluded.duplicates, expected.glucose.nInWindow - expected.glucose.nDeduplicated)
      const { stats, sensor, agpHourlyLocal, agpHourlyLocalSmoothed, dailyLocal } = expected.glucose
      const numbers = {
        deduplicated: stats,
        sensor,
        agpHourly: agpHourlyLocal,
        agpHourlySmoothed: agpHourlyLocalSmoothed,
        daily: dailyLocal,
      }
      agrees(everything(readings, expected.timezone), numbers, id)
    })
  }

  const edge = (id: string): Vectors =>
    vectors.edgeCases?.find((one: { id: string }) => one.id === id) ?? { expected: {}, cases: [] }
  const readingsOf = ({ readingsMgdl, sampleIntervalMinutes = 5 }: Vectors) =>
    withoutDuplicates(
      toReadings(
        readingsMgdl.map(([time, mgPerDl]: [string, number]) => ({
          timeMs: Date.parse(time),
          mgPerDl,
          intervalMinutes: sampleIntervalMinutes,
        })),
      ),
    )

  test('[NU-3] the edges of the ranges', () => {
    const { expected, ...given } = edge('boundaries-mgdl')
    agrees(timeInRanges(readingsOf(given)), expected.tir, 'tir')
  })

  test('[NU-4] duplicates, strays and a reading eight seconds early', () => {
    const { expected, ...given } = edge('duplicates')
    const { timesMs, mgPerDl } = readingsOf(given)
    const kept = Array.from(timesMs, (timeMs, n) => [
      new Date(timeMs).toISOString().replace('.000', ''),
      mgPerDl[n],
    ])
    assert.deepEqual(kept, expected.keptReadingsMgdl)
    agrees(distribution(readingsOf(given)).mean, expected.mean, 'mean')
  })

  for (const id of ['hypo-events', 'hypo-across-gap']) {
    test(`[NU-7] ${id}: what an episode is`, () => {
      const { expected, ...given } = edge(id)
      agrees(episodes(readingsOf(given)), expected, id)
    })
  }

  test('[NU-5] a day of 25 hours is covered, and no more than that', () => {
    const { timezone, expected } = edge('dst-fall-back')
    const fromMs = Date.parse(expected.firstUtc)
    const readings = toReadings(
      Array.from({ length: expected.readings }, (_, n) => ({
        timeMs: fromMs + n * 300_000,
        mgPerDl: 100,
        intervalMinutes: 5,
      })),
    )
    const clock = wallClock(timezone)
    const hours = agp(readings, { clock, binMinutes: 60, percentiles: [50] }).map(({ n }) => n)
    assert.deepEqual(hours, expected.binCountsByLocalHour)
    assert.equal((clock.nextDayMs(fromMs) - clock.startOfDayMs(fromMs)) / 3_600_000, expected.localDayHours)
    assert.equal(wear(readings).firstToLastPercent, expected.percentActiveForThatDay)
    assert.equal(new Date(readings.timesMs.at(-1) ?? 0).toISOString(), '2024-10-27T23:55:00.000Z')
  })

  for (const id of ['empty', 'single']) {
    test(`[NU-6] ${id}: a number that there is not is null`, () => {
      const { expected, ...given } = edge(id)
      const { note: _note, ...numbers } = expected
      agrees(distribution(readingsOf(given)), numbers, id)
    })
  }

  test('[NU-1] the risk index and its zones', () => {
    for (const { gri: index, zone, ...ranges } of edge('gri-zones').cases) {
      agrees(gri(ranges), { gri: index, griZone: zone }, zone)
    }
  })

  test('[NU-1] the management indicator on both scales', () => {
    for (const { meanMgdl, gmiPercent: percent, gmiMmolMol: mmolMol } of edge('gmi').cases) {
      agrees({ percent: gmiPercent(meanMgdl), mmolMol: gmiMmolMol(meanMgdl) }, { percent, mmolMol }, 'gmi')
    }
  })
})
