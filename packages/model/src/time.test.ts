import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { finerThanMs, formatTime, isLocalTime, isStoredForm, parseTime } from './time.ts'

function stored(text: string): string | undefined {
  const ms = parseTime(text)
  return ms === undefined ? undefined : formatTime(ms)
}

test('[DT-10] times are read as RFC 3339, with what the reference tolerates', () => {
  const good: [string, string][] = [
    ['2024-03-01T08:00:00Z', '2024-03-01T08:00:00.000Z'],
    ['2024-03-01T08:00:00.5Z', '2024-03-01T08:00:00.500Z'],
    ['2024-03-01T08:00:00,25Z', '2024-03-01T08:00:00.250Z'],
    ['2024-03-01T08:00:00.1239999Z', '2024-03-01T08:00:00.123Z'],
    ['2024-03-01T08:00:00.123456789012Z', '2024-03-01T08:00:00.123Z'],
    ['2024-03-01T8:00:00Z', '2024-03-01T08:00:00.000Z'],
    ['2024-03-01T08:00:00+05:30', '2024-03-01T02:30:00.000Z'],
    ['2024-03-01T08:00:00-09:30', '2024-03-01T17:30:00.000Z'],
    ['2024-03-01T08:00:00+24:00', '2024-02-29T08:00:00.000Z'],
    ['2024-03-01T08:00:00-24:60', '2024-03-02T09:00:00.000Z'],
    ['2024-02-29T23:59:59.999Z', '2024-02-29T23:59:59.999Z'],
    ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
    ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ]
  for (const [text, expected] of good) assert.equal(stored(text), expected, text)
})

test('[DT-10] no time: what the calendar or the clock does not have, no zone, other notations', () => {
  const bad = [
    '',
    'x',
    '2024-03-01',
    '2024-03-01T08:00:00',
    '2024-03-01T08:00Z',
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01T00:0:00Z',
    '2024-1-01T00:00:00Z',
    '2024-01-01T00:00:00.Z',
    '2024-01-01T00:00:00z',
    '2024-01-01t00:00:00Z',
    '2024-01-01 00:00:00Z',
    '2024-01-01T00:00:00+05',
    '2024-01-01T00:00:00+0500',
    '2024-01-01T00:00:00+25:00',
    '2024-01-01T00:00:00+05:61',
    '2024-01-01T00:00:00Zx',
    ' 2024-01-01T00:00:00Z',
    '+2024-01-01T00:00:00Z',
    '24-01-01T00:00:00Z',
    '2024-01-01T00:00:00.000',
    '2024-01-01T٠0:00:00Z',
  ]
  for (const text of bad) assert.equal(parseTime(text), undefined, text)
})

test('[DT-10] an instant whose year in UTC has not four digits is none', () => {
  assert.equal(parseTime('0000-01-01T00:00:00+00:01'), undefined)
  assert.equal(parseTime('9999-12-31T23:59:59-00:01'), undefined)
})

test('[DT-10] every millisecond of the years 0 to 9999 comes back as it was written', () => {
  const instant = fc.integer({ min: Date.UTC(2000, 0) - 63_113_904_000_000, max: Date.UTC(9999, 11, 31) })
  fc.assert(
    fc.property(instant, (ms) => {
      const text = formatTime(ms)
      assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.ok(isStoredForm(text))
      assert.equal(parseTime(text), ms)
    }),
  )
})

test('[DT-10] only the stored form passes for it', () => {
  for (const text of [
    '2024-01-01T00:00:00Z',
    '2024-01-01T00:00:00,000Z',
    '2024-01-01T1:00:00.0000Z',
    '2024-01-01T00:00+00:0000Z',
  ]) {
    assert.ok(!isStoredForm(text), text)
  }
})

test('[DT-10] the digits beyond the third can be had', () => {
  const digits: [string, string][] = [
    ['2024-01-01T00:00:00Z', ''],
    ['2024-01-01T00:00:00.12Z', ''],
    ['2024-01-01T00:00:00.1230Z', ''],
    ['2024-01-01T00:00:00.123456Z', '456'],
    ['2024-01-01T1:00:00,1230405+01:00', '0405'],
    ['2024-01-01T00:00:00.123456789987Z', '456789'],
  ]
  for (const [text, expected] of digits) assert.equal(finerThanMs(text), expected, text)
})

test('[DT-10] a local time has no zone', () => {
  for (const text of [
    '2024-02-29T00:00:00',
    '2024-01-01T1:02:03',
    '2024-01-01T01:02:03.5',
    '2024-01-01T01:02:03,25',
  ]) {
    assert.ok(isLocalTime(text), text)
  }
  for (const text of [
    '',
    '2024-01-01',
    '2024-01-01T00:00:00Z',
    '2024-13-01T00:00:00',
    '2024-01-01T25:00:00',
    '2024-01-01T00:00:00.',
  ]) {
    assert.ok(!isLocalTime(text), text)
  }
})
