import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idFor } from '../../testing/id-for.ts'
import { parseData } from '../parse-data.ts'

const cbg = { type: 'cbg', time: '2024-03-01T08:00:00.000Z', units: 'mmol/L', value: 5.5 }

function payloadOf(json: string): unknown {
  const parsed = parseData([{ ...cbg, payload: JSON.parse(json) }], { idFor })
  assert.ok('data' in parsed, JSON.stringify(parsed))
  return parsed.data[0]?.body.payload
}

function faultsOf(payload: unknown): string[] {
  const parsed = parseData([{ ...cbg, payload }], { idFor })
  return 'problems' in parsed ? parsed.problems.map(({ code, pointer }) => `${code} ${pointer}`) : []
}

/** An object whose JSON takes so many bytes. */
const ofBytes = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) })

test('[DT-8] any keys are kept, also those that JavaScript or a database could trip over', () => {
  for (const json of [
    '{"__proto__":{"a":1},"constructor":null,"a":1}',
    '{"__proto__":1,"$set":{"$inc":1},"":2,"a.b":[null,{"":null}]}',
    '{"\ud800":"\udc00","__proto__":{"__proto__":"\ud800"}}',
  ]) {
    const expected = JSON.parse(json.toWellFormed())
    for (const key of Object.keys(expected)) if (expected[key] === null) delete expected[key]
    assert.equal(JSON.stringify(payloadOf(json)), JSON.stringify(expected))
    assert.equal(Object.getPrototypeOf(payloadOf(json)), Object.prototype)
  }
})

test('[DT-8] nulls at the top are dropped, those below are kept', () => {
  assert.deepEqual(payloadOf('{"a":null,"b":{"c":null},"d":[null]}'), { b: { c: null }, d: [null] })
  assert.deepEqual(faultsOf({}), ['value-empty /0/payload'])
  assert.deepEqual(faultsOf({ a: null }), ['value-empty /0/payload'])
})

test('[DT-8] 4096 bytes of JSON are allowed, <, >, &, U+2028 and U+2029 count six', () => {
  assert.deepEqual(faultsOf(ofBytes(4096)), [])
  assert.deepEqual(faultsOf(ofBytes(4097)), ['size-out-of-range /0/payload'])
  const { a } = ofBytes(4096)
  for (const costly of ['<', '>', '&', '\u2028', '\u2029']) {
    assert.deepEqual(faultsOf({ a: a.slice(6) + costly }), [], costly)
    assert.deepEqual(faultsOf({ a: a.slice(5) + costly }), ['size-out-of-range /0/payload'], costly)
  }
  assert.deepEqual(faultsOf({ a: `${a.slice(4)}😀` }), [])
  assert.deepEqual(faultsOf({ a: `${a.slice(3)}😀` }), ['size-out-of-range /0/payload'])
})

test('[DT-8] a key with a NUL in it is refused at the object, however deep it is', () => {
  assert.deepEqual(faultsOf({ 'a\0': 1 }), ['value-not-valid /0/payload'])
  assert.deepEqual(faultsOf({ a: [{ '\0': 1 }] }), ['value-not-valid /0/payload'])
  assert.deepEqual(faultsOf({ a: 'x\0' }), [])
})

test('[DT-8] what is no JSON is refused', () => {
  for (const odd of [Number.NaN, Number.NEGATIVE_INFINITY, 1n, () => 1, Symbol('x')]) {
    assert.deepEqual(faultsOf({ a: [odd] }), ['value-not-serializable /0/payload'])
  }
  assert.deepEqual(faultsOf({ a: undefined, b: 1 }), [])
})
