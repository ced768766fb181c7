import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { idFor } from '../testing/id-for.ts'
import { acceptAll, explain, parseData } from './parse-data.ts'
import { typesInDataArray } from './registry.ts'
import type { ParsedDatum, Problem } from './wire.ts'

const time = '2024-03-01T08:00:00.000Z'
const cbg = { type: 'cbg', time, units: 'mmol/L', value: 5.5 }

function dataOf(body: unknown): ParsedDatum[] {
  const parsed = parseData(body, { idFor })
  assert.ok(typeof parsed === 'object' && 'data' in parsed, JSON.stringify(parsed))
  return parsed.data
}

function bodiesOf(body: unknown): unknown[] {
  return dataOf(body).map((datum) => datum.body)
}

function problemsOf(body: unknown): Problem[] {
  const parsed = parseData(body, { idFor })
  assert.ok(typeof parsed === 'object' && 'problems' in parsed, JSON.stringify(parsed))
  return parsed.problems
}

function faultsOf(body: unknown): string[] {
  return problemsOf(body).map(({ code, pointer }) => `${code} ${pointer}`)
}

describe('the body', () => {
  test('[DT-1] only an array is a body of data; null is an empty one', () => {
    for (const body of [{}, 'x', 1, true, undefined]) assert.equal(parseData(body, { idFor }), 'not-an-array')
    assert.deepEqual(parseData(null, { idFor }), { data: [] })
    assert.deepEqual(parseData([], { idFor }), { data: [] })
  })

  test('[DT-2] nulls are skipped and pointers count what was sent', () => {
    assert.deepEqual(bodiesOf([null, cbg, null]), [cbg])
    assert.ok(acceptAll([null, cbg, null]), 'the fast way')
    assert.deepEqual(faultsOf([null, cbg, null, { ...cbg, value: 56 }]), ['value-out-of-range /3/value'])
  })

  test('[DT-2] what is neither null nor an object is a fault of the element itself, without meta', () => {
    assert.deepEqual(problemsOf([cbg, [1]]), [
      {
        code: 'type-not-object',
        title: 'type is not object',
        detail: 'type is not object, but []interface {}',
        pointer: '/1',
      },
    ])
  })

  test('[DT-3] faults of the parse phase hide those of the value phase, in the whole body', () => {
    const wrongKind = { ...cbg, deviceId: 1 }
    const wrongValue = { ...cbg, value: 56 }
    assert.deepEqual(faultsOf([wrongValue, wrongKind]), ['type-not-string /1/deviceId'])
    assert.deepEqual(faultsOf([wrongValue]), ['value-out-of-range /0/value'])
  })

  test('[DT-3] within a record the base fields come first, then the fields of its type', () => {
    const body = [
      { type: 'cbg', units: 'x', trend: 'up', deviceId: '', tags: ['b', '', 'b'], timezoneOffset: 1e5 },
    ]
    assert.deepEqual(faultsOf(body), [
      'value-empty /0/deviceId',
      'value-empty /0/tags/1',
      'value-duplicate /0/tags/2',
      'value-not-exists /0/time',
      'value-out-of-range /0/timezoneOffset',
      'value-not-allowed /0/units',
      'value-not-exists /0/value',
      'value-not-allowed /0/trend',
    ])
  })

  test('[DT-4] unknown fields are dropped at every depth, and null is absent', () => {
    const sent = {
      ...cbg,
      guid: 'a',
      uploadId: 3,
      deviceId: null,
      origin: { id: 'o', name: null, extra: [] },
      notes: null,
    }
    assert.deepEqual(bodiesOf([sent]), [{ ...cbg, origin: { id: 'o' } }])
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`unknown${index}`, index]))
    assert.deepEqual(bodiesOf([{ ...many, ...cbg }]), [cbg])
  })

  test('[DT-4] names that every object inherits are unknown fields like others', () => {
    const sent = JSON.parse(
      `[{"__proto__": {"value": 99}, "constructor": 1, "toString": 2, "$set": 3, "": 4, "a.b": 5,
         "type": "cbg", "time": "${time}", "units": "mmol/L", "value": 5.5,
         "origin": {"__proto__": {"id": 1}, "constructor": 2}}]`,
    )
    const [datum] = dataOf(sent)
    assert.deepEqual(datum?.body, { ...cbg, origin: {} })
    assert.equal(Object.getPrototypeOf(datum?.body), Object.prototype)
    assert.deepEqual(faultsOf([{ type: 'constructor' }, { type: '__proto__' }]), [
      'value-not-allowed /0/type',
      'value-not-allowed /1/type',
    ])
    assert.deepEqual(faultsOf([{ ...cbg, units: 'constructor' }]), ['value-not-allowed /0/units'])
  })

  test('[DT-5] a type that is unknown is refused with the names of all', () => {
    const list = typesInDataArray.map((name) => `"${name}"`).join(', ')
    for (const type of ['upload', 'deviceStatus', '']) {
      assert.deepEqual(problemsOf([{ ...cbg, type }]), [
        {
          code: 'value-not-allowed',
          title: 'value is not one of the allowed values',
          detail: `value "${type}" is not one of [${list}]`,
          pointer: '/0/type',
        },
      ])
    }
    assert.equal(typesInDataArray.length, 19)
  })

  test('[DT-5] a bolus, basal or device event without its kind is a fault of the parse phase', () => {
    assert.deepEqual(
      faultsOf([
        { type: 'bolus', time },
        { type: 'basal', time, deliveryType: 'x' },
        { type: 'deviceEvent', time, subType: 'settingsChange' },
        { ...cbg, value: 99 },
      ]),
      ['value-not-exists /0/subType', 'value-not-allowed /1/deliveryType', 'value-not-allowed /2/subType'],
    )
  })

  test('[DT-6] a fault says what kind of record it is in', () => {
    const [bolus, basal] = problemsOf([
      { type: 'bolus', subType: 'dual/square', time, duration: 0, extended: 0 },
      { type: 'basal', deliveryType: 'suspend', time },
    ])
    assert.deepEqual(bolus?.meta, { type: 'bolus', subType: 'dual/square' })
    assert.deepEqual(basal?.meta, { type: 'basal', deliveryType: 'suspend' })
  })

  test('[DT-7] half a surrogate pair comes back as U+FFFD', () => {
    const [datum] = dataOf([
      {
        ...cbg,
        deviceId: 'a\ud800',
        tags: ['\udc00'],
        notes: ['\ud800b'],
        origin: { id: '\ud800' },
        payload: { '\ud800': ['\udfff', { x: 'y\ud800' }] },
      },
    ])
    assert.deepEqual(datum?.body, {
      ...cbg,
      deviceId: 'a\ufffd',
      tags: ['\ufffd'],
      notes: ['\ufffdb'],
      origin: { id: '\ufffd' },
      payload: { '\ufffd': ['\ufffd', { x: 'y\ufffd' }] },
    })
    const [problem] = problemsOf([{ ...cbg, trend: '\ud800' }])
    assert.match(problem?.detail ?? '', /^value "\ufffd" is not one of/)
  })

  test('[DT-9] an integer is any number without a fraction; beyond 64 bits it is the lowest of them', () => {
    const kept = (conversionOffset: number) =>
      dataOf([{ ...cbg, conversionOffset }])[0]?.body.conversionOffset
    assert.equal(kept(1e3), 1000)
    assert.equal(kept(2 ** 53 + 1), 2 ** 53)
    assert.equal(kept(1e300), -(2 ** 63))
    assert.deepEqual(faultsOf([{ ...cbg, conversionOffset: 0.5 }]), ['type-not-int /0/conversionOffset'])
    const [problem] = problemsOf([{ ...cbg, timezoneOffset: 2 ** 62 }])
    assert.equal(problem?.detail, 'value 4611686018427387904 is not between -10080 and 10080')
  })

  test('[DT-9] a number that JSON has no word for is of the wrong kind', () => {
    assert.deepEqual(faultsOf([{ ...cbg, value: Number.POSITIVE_INFINITY, clockDriftOffset: Number.NaN }]), [
      'type-not-int /0/clockDriftOffset',
      'type-not-float64 /0/value',
    ])
  })

  test('[DT-11] tags are kept in the order of their bytes; empty notes are dropped', () => {
    const sent = { ...cbg, tags: ['\u{1f600}', '\uffee', 'b', 'a', 'B'], notes: [] }
    assert.deepEqual(bodiesOf([sent]), [{ ...cbg, tags: ['B', 'a', 'b', '\uffee', '\u{1f600}'] }])
    assert.deepEqual(sent.tags[0], '\u{1f600}', 'what was given is as it was')
  })

  test('[DT-12] an association has an id or a url by its type', () => {
    const id = 'a'.repeat(32)
    const url = 'https://example.org/x'
    const faults = (association: object) => faultsOf([{ ...cbg, associations: [association] }])
    assert.equal(
      dataOf([
        {
          ...cbg,
          associations: [
            { type: 'datum', id },
            { type: 'url', url },
          ],
        },
      ]).length,
      1,
    )
    assert.deepEqual(faults({ type: 'blob', url }), [
      'value-not-exists /0/associations/0/id',
      'value-exists /0/associations/0/url',
    ])
    assert.deepEqual(faults({ type: 'video', id: 'x', url: 'x' }), [
      'value-not-allowed /0/associations/0/type',
    ])
  })

  test('[DT-16] what is nested beyond all measure is refused, not a crash', () => {
    const deep = JSON.parse(`${'[{"ingredients":'.repeat(5000)}null${'}]'.repeat(5000)}`)
    assert.deepEqual(
      faultsOf([{ type: 'food', time, ingredients: deep }]).map((fault) => fault.split(' ')[0]),
      ['value-not-serializable'],
    )
    const payload = JSON.parse(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)
    assert.deepEqual(faultsOf([{ ...cbg, payload }]), ['value-not-serializable /0/payload'])
  })

  test('[DT-17] no more than 100,000 faults are told', () => {
    assert.equal(problemsOf([{ ...cbg, tags: Array.from({ length: 100_002 }, () => '') }]).length, 100_000)
  })
})

describe('the datum beside its body', () => {
  test('[DT-15] the id that the client sent stands apart', () => {
    const id = '0123456789abcdefghijklmnopqrstuv'
    assert.deepEqual(dataOf([{ ...cbg, id }])[0], { body: cbg, id, timeMs: Date.parse(time) })
    assert.equal(dataOf([{ ...cbg, id: null }])[0]?.id, undefined)
    assert.deepEqual(faultsOf([{ ...cbg, id: id.toUpperCase() }]), ['value-not-valid /0/id'])
    assert.deepEqual(faultsOf([{ ...cbg, id: '' }]), ['value-empty /0/id'])
  })

  test('[DT-10] digits finer than a millisecond stand apart, as identity hashes need them', () => {
    const [datum] = dataOf([{ ...cbg, time: '2024-03-01T09:00:00.123456700+01:00' }])
    assert.deepEqual(datum, {
      body: { ...cbg, time: '2024-03-01T08:00:00.123Z' },
      timeMs: Date.parse('2024-03-01T08:00:00.123Z'),
      finerThanMs: '4567',
    })
  })

  test('[DT-units-3] glucose that was sent in mg/dL says so', () => {
    assert.deepEqual(dataOf([{ ...cbg, units: 'mg/dl', value: 100 }])[0], {
      body: { ...cbg, value: 5.55075 },
      timeMs: Date.parse(time),
      sentUnits: 'mg/dL',
    })
    assert.equal(dataOf([{ ...cbg, units: 'mmol/l' }])[0]?.sentUnits, undefined)
    const rate = { trendRate: -2.2, trendRateUnits: 'mg/dL/minute' }
    assert.deepEqual(bodiesOf([{ ...cbg, ...rate }]), [
      { ...cbg, trendRate: -0.12212, trendRateUnits: 'mmol/L/minute' },
    ])
    assert.deepEqual(
      bodiesOf([{ ...cbg, trendRate: -200 }]),
      [{ ...cbg, trendRate: -200 }],
      'no units, no check',
    )
  })
})

const recorded: object[] = typesInDataArray
  .flatMap((type) =>
    readFileSync(new URL(`../testdata/vectors/${type}.jsonl`, import.meta.url), 'utf8')
      .split('\n')
      .filter(Boolean),
  )
  .map((line) => JSON.parse(line))
  .filter(({ status }) => status === 200)
  .flatMap(({ body }) => body)
  .filter((record) => record !== null)

/** Every object or list in a value, with the keys to it. */
function parts(value: unknown): (Record<string, unknown> | unknown[])[] {
  if (typeof value !== 'object' || value === null) return []
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(parts)]
}

const names = [
  ...new Set(
    recorded.flatMap((record) =>
      parts(record).flatMap((part) => (Array.isArray(part) ? [] : Object.keys(part))),
    ),
  ),
]

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    'x',
    '\ud800',
    0,
    -0,
    -1,
    0.5,
    1e300,
    true,
    [],
    {},
    [null],
    [''],
    ['a', 'a'],
    { a: null },
  ),
  fc.constantFrom<unknown>(
    'mg/dL',
    'mmol/l',
    'feet',
    'other',
    'url',
    'temp',
    'normal',
    '0001-01-01T00:00:00Z',
    { '\0': 1 },
  ),
  fc.jsonValue(),
)

/** Recorded good data with one thing changed somewhere. */
const mutated = fc
  .record({
    record: fc.constantFrom(...recorded),
    where: fc.nat(),
    name: fc.constantFrom(...names),
    what: fc.constantFrom('set', 'add', 'remove'),
    value: odd,
  })
  .map(({ record, where, name, what, value }) => {
    const changed = structuredClone(record) as Record<string, unknown>
    const all = parts(changed)
    const part = all[where % all.length]
    if (Array.isArray(part)) {
      if (what === 'add') part.push(value)
      else part.splice(where % (part.length + 1), 1, ...(what === 'set' ? [value] : []))
    } else if (part) {
      const keys = Object.keys(part)
      const key = what === 'add' ? name : (keys[where % keys.length] ?? name)
      if (what === 'remove') delete part[key]
      else if (key !== '__proto__') part[key] = value
    }
    return changed
  })

/** Names under which an object or a list of objects has known fields; elsewhere (payloads, maps) any name is one. */
const SHAPES = new Set(
  `origin location gps suppressed nutrition amount distance dose formulation associations ingredients bolus bgTarget
   recommended units status battery basalDelivery bolusDelivery reservoir device notifications food smbg carbsOnBoard
   bgForecast bgTargetSchedule recommendedBolus errors from to change defaultAlerts low snooze scheduledAlerts alerts
   highAlerts rateOfChangeAlerts riseRate basal rateMaximum basalSchedule carbRatio insulinModel display`.split(
    /\s+/,
  ),
)

/** The record and those of its parts that have known fields. */
function shapesIn(part: object): object[] {
  const below = Object.entries(part)
    .filter(([name]) => SHAPES.has(name))
    .flatMap(([, value]) => value)
    .filter((value) => typeof value === 'object' && value !== null)
  return [part, ...below.flatMap(shapesIn)]
}

describe('any input', () => {
  test('[DT-16] parsing never throws and never changes what it was given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(fc.oneof(mutated, fc.jsonValue()))), (body) => {
        const before = JSON.stringify(body)
        parseData(body, { idFor })
        assert.equal(JSON.stringify(body), before)
      }),
      { numRuns: 300 },
    )
  })

  test('[DT-16] the fast way accepts what the explaining way finds no fault in, with the same result', () => {
    fc.assert(
      fc.property(mutated, (record) => {
        const slow = explain([record])
        assert.deepEqual(acceptAll([record]), 'data' in slow ? slow : undefined)
      }),
      { numRuns: 6000 },
    )
  })

  test('[DT-4] an unknown field never changes the result', () => {
    const unknown = fc.string().filter((name) => !names.includes(name) && name !== '__proto__')
    fc.assert(
      fc.property(mutated, fc.nat(), unknown, fc.jsonValue(), (record, where, name, value) => {
        const more = structuredClone(record)
        const shapes = shapesIn(more)
        Object.assign(shapes[where % shapes.length] ?? {}, { [name]: value })
        assert.deepEqual(parseData([more], { idFor }), parseData([record], { idFor }))
      }),
      { numRuns: 500 },
    )
  })
})
