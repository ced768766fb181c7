import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { idFor } from '../testing/id-for.ts'
import { parseData } from './parse-data.ts'
import type { ParsedDatum, Problem } from './wire.ts'

const time = '2024-03-01T08:00:00.000Z'
const cbg = { type: 'cbg', time, units: 'mmol/L', value: 5.5 }
const bolus = { type: 'bolus', subType: 'normal', time, normal: 1 }
const wizard = { type: 'wizard', time, deviceId: 'pump-1', units: 'mmol/L', carbInput: 20, bolus }
const status = { type: 'deviceEvent', subType: 'status', time, status: 'suspended', reason: { a: 1 } }
const alarm = { type: 'deviceEvent', subType: 'alarm', time, alarmType: 'occlusion', status }
const origin = { id: 'o1', name: 'org.example', type: 'application', time }
const id = 'a'.repeat(32)

function dataOf(...body: object[]): ParsedDatum[] {
  const parsed = parseData(body, { idFor })
  assert.ok('data' in parsed, JSON.stringify(parsed))
  return parsed.data
}

/** The record of one body and the one that was inside of it. */
function pairOf(record: object): { outer: ParsedDatum; inner: ParsedDatum } {
  const [outer, inner, ...others] = dataOf(record)
  assert.ok(outer && inner)
  assert.deepEqual(others, [])
  return { outer, inner }
}

const innerIdOf = (record: object) => pairOf(record).inner.id

describe('a record inside of another', () => {
  test('[DT-split-1] is stored beside it, after all others; its id stands where it stood', () => {
    const [first, second, third, fourth, fifth] = dataOf(wizard, alarm, cbg)
    assert.deepEqual(
      [third, fourth, fifth].map((datum) => datum?.body),
      [cbg, bolus, status],
    )
    assert.deepEqual(first?.body, { ...wizard, bolus: fourth?.id })
    assert.deepEqual(second?.body, { ...alarm, status: fifth?.id })
    const reservoirChange = { type: 'deviceEvent', subType: 'reservoirChange', time, status }
    const { outer, inner } = pairOf(reservoirChange)
    assert.deepEqual([outer.body, inner.body], [{ ...reservoirChange, status: inner.id }, status])
  })

  test('[DT-split-1] there need be none', () => {
    const { bolus: _bolus, ...alone } = wizard
    for (const none of [{}, { bolus: null }]) {
      assert.deepEqual(
        dataOf({ ...alone, ...none }).map(({ body }) => body),
        [alone],
      )
    }
  })

  test('[DT-split-2] is brought into its own stored form, and what it does not know is dropped', () => {
    const sent = {
      ...bolus,
      time: '2024-03-01T09:00:00.1234567+01:00',
      tags: ['b', 'a'],
      notes: [],
      index: 3,
    }
    const { inner } = pairOf({ ...wizard, bolus: sent })
    assert.deepEqual(inner, {
      body: { ...bolus, time: '2024-03-01T08:00:00.123Z', tags: ['a', 'b'] },
      id: inner.id,
      timeMs: Date.parse('2024-03-01T08:00:00.123Z'),
      finerThanMs: '4567',
      within: { parent: 0, field: 'bolus' },
    })
  })

  test('[DT-split-3] its faults are told with its path, in the kind of the outer one', () => {
    const parsed = parseData([cbg, { ...alarm, status: { ...status, id: 'x', status: 'paused' } }], { idFor })
    assert.deepEqual(
      ('problems' in parsed ? parsed.problems : []).map(({ code, pointer, meta }: Problem) => [
        code,
        pointer,
        meta,
      ]),
      [
        ['value-not-valid', '/1/status/id', { type: 'deviceEvent', subType: 'alarm' }],
        ['value-not-allowed', '/1/status/status', { type: 'deviceEvent', subType: 'alarm' }],
      ],
    )
  })

  test('[DT-split-4] a wizard does not know the id of an automated bolus', () => {
    const automated = { ...bolus, subType: 'automated' }
    const { outer, inner } = pairOf({ ...wizard, bolus: automated })
    const { bolus: _bolus, ...alone } = wizard
    assert.deepEqual([outer.body, inner.body], [alone, automated])
  })
})

describe('its origin', () => {
  test('[DT-split-5] is that of the outer one, with its type behind the id', () => {
    const { outer, inner } = pairOf({ ...wizard, origin })
    assert.deepEqual(inner.body.origin, { ...origin, id: 'o1:bolus' })
    assert.deepEqual(outer.body.origin, origin)
    assert.equal(pairOf({ ...alarm, origin }).inner.body.origin?.id, 'o1:deviceEvent')
    const { id: _id, ...nameless } = origin
    assert.deepEqual(pairOf({ ...wizard, origin: nameless }).inner.body.origin, nameless)
    assert.equal(pairOf(wizard).inner.body.origin, undefined)
  })

  test('[DT-split-5] is its own, if it was sent with one', () => {
    const own = { name: 'org.example.pump' }
    assert.deepEqual(pairOf({ ...wizard, origin, bolus: { ...bolus, origin: own } }).inner.body.origin, own)
  })

  test('[DT-split-5] has an id that can be sent again, be that of the outer one as long as may be', () => {
    const long = { ...origin, id: '😀'.repeat(100) }
    const { body, id } = pairOf({ ...wizard, origin: long }).inner
    assert.match(body.origin?.id ?? '', /^[0-9a-f]{32}:bolus$/)
    assert.equal(dataOf({ ...body, id }).length, 1)
    const other = pairOf({ ...wizard, origin: { ...long, id: `${'😀'.repeat(99)}x` } }).inner
    assert.notEqual(body.origin?.id, other.body.origin?.id)
    assert.equal(
      pairOf({ ...wizard, origin: { id: 'x'.repeat(94) } }).inner.body.origin?.id,
      `${'x'.repeat(94)}:bolus`,
    )
  })
})

describe('its id', () => {
  test('[DT-split-6] is its own, if it was sent with one', () => {
    const { outer, inner } = pairOf({ ...wizard, origin, bolus: { ...bolus, id } })
    assert.deepEqual([inner.id, outer.body.bolus], [id, id])
  })

  test('[DT-split-7] follows from the origin id of the outer one, whatever else changes', () => {
    const made = innerIdOf({ ...wizard, origin })
    assert.match(made ?? '', /^[0-9a-z]{32}$/)
    const changed = {
      ...wizard,
      origin: { ...origin, name: 'x' },
      id,
      carbInput: 21,
      bolus: { ...bolus, normal: 2 },
    }
    assert.equal(innerIdOf(changed), made)
    assert.notEqual(innerIdOf({ ...wizard, origin: { ...origin, id: 'o2' } }), made)
    assert.notEqual(innerIdOf({ ...alarm, origin }), made, 'another type')
  })

  test('[DT-split-7] without that, from the id of the outer one', () => {
    const made = innerIdOf({ ...wizard, id })
    assert.equal(innerIdOf({ ...wizard, id, carbInput: 21 }), made)
    assert.notEqual(innerIdOf({ ...wizard, id: 'b'.repeat(32) }), made)
    assert.notEqual(innerIdOf({ ...wizard, origin: { id } }), made, 'an origin with that id')
  })

  test('[DT-split-7] without either, from all of what was sent', () => {
    const made = innerIdOf(wizard)
    const inOtherOrder = Object.fromEntries(Object.entries(wizard).toReversed())
    assert.equal(innerIdOf({ ...inOtherOrder, unknown: 1 }), made)
    for (const other of [
      { ...wizard, carbInput: 21 },
      { ...wizard, bolus: { ...bolus, normal: 2 } },
      { ...wizard, bolus: { ...bolus, time: '2024-03-01T08:00:00.0001Z' } },
      { ...wizard, units: 'mg/dL' },
    ]) {
      assert.notEqual(innerIdOf(other), made)
    }
  })
})
