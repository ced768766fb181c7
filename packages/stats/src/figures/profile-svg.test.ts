import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ProfileOptions, profile } from '../profile.ts'
import type { GlucoseRecord } from '../readings.ts'
import { profileSvg } from './profile-svg.ts'

const START_MS = Date.UTC(2026, 0, 5)
const HOUR_MS = 3_600_000

const svgOf = (cbg: GlucoseRecord[], options: Partial<ProfileOptions> = {}) =>
  profileSvg(
    profile(cbg, {
      ...{ fromMs: START_MS, toMs: START_MS + 14 * 24 * HOUR_MS, timeZone: 'UTC', units: 'mg/dL' },
      ...options,
    }),
  )
const every = (value: (hour: number) => number, hours = 14 * 24): GlucoseRecord[] =>
  Array.from({ length: hours * 12 }, (_, n) => ({
    time: START_MS + n * 300_000,
    value: value(Math.floor(n / 12) % 24),
    units: 'mg/dL',
  }))
/** The points of a shape. */
const points = (svg: string, shape: 'polygon' | 'polyline') =>
  [...svg.matchAll(new RegExp(`<${shape} points="([^"]+)"`, 'g'))].map(([, text = '']) =>
    text.split(' ').map((pair) => pair.split(',').map(Number) as [number, number]),
  )

describe('the picture of a profile', () => {
  test('[NU-15] the median is where its values are, from midnight to midnight, and closes there', () => {
    const svg = svgOf(every(() => 175))
    const [median] = points(svg, 'polyline')
    assert.ok(median)
    assert.equal(median.length, 26, 'a bin more at each end, over midnight')
    // Half of the scale of 0 to 350.
    assert.ok(median.every(([, y]) => y === 92 + 180))
    const xs = median.map(([x]) => x)
    assert.deepEqual(
      xs,
      [...xs].sort((a, b) => a - b),
    )
    assert.ok((xs[0] as number) < 64 && (xs.at(-1) as number) > 64 + 820)
  })

  test('[NU-15] what is higher than the scale is drawn at its top, and said as it is', () => {
    const svg = svgOf(every((hour) => (hour === 7 ? 600 : 100)))
    const [median] = points(svg, 'polyline')
    assert.equal(Math.min(...(median ?? []).map(([, y]) => y)), 92)
    assert.match(svg, /The median is lowest with 100 mg\/dL at 00:00 and highest with 433 mg\/dL at 07:00\./)
  })

  test('[NU-15] hours without a reading leave a hole', () => {
    const svg = svgOf(every(() => 100).filter(({ time }) => new Date(Number(time)).getUTCHours() !== 12))
    assert.equal(points(svg, 'polyline').length, 2)
    assert.equal(points(svg, 'polygon').length, 4, 'two bands, each in two pieces')
  })

  test('[NU-15] without readings, or with too few, it says so', () => {
    assert.match(svgOf([]), /There are no readings in this time\./)
    assert.match(
      svgOf(every(() => 100, 24)),
      /Read with care: fewer than 70 percent of the readings of 14 days\./,
    )
    assert.doesNotMatch(svgOf(every(() => 100)), /Read with care/)
  })

  test('[NU-15] other percentiles and units are named', () => {
    const svg = svgOf(
      every((hour) => 100 + hour),
      { percentiles: [10, 25, 50, 75, 90], units: 'mmol/L' },
    )
    for (const word of [
      '80 % of readings',
      '50 % of readings',
      '90th',
      '10th',
      'median',
      'mmol/L',
      '3.9',
      '10.0',
    ]) {
      assert.ok(svg.includes(word), word)
    }
    assert.equal(
      points(
        svgOf(
          every(() => 100),
          { percentiles: [50] },
        ),
        'polygon',
      ).length,
      0,
    )
  })

  test('[NU-15] a title with signs of markup stays text', () => {
    const numbers = profile([], { fromMs: 0, toMs: 1, timeZone: 'UTC', units: 'mg/dL' })
    const svg = profileSvg(numbers, { title: '<script>"&' })
    assert.ok(!svg.includes('<script>'))
    assert.ok(svg.includes('&#60;script>&#34;&#38;') || svg.includes('&#60;script&#62;&#34;&#38;'))
  })
})
