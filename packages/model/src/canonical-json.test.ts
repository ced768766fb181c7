import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from './canonical-json.ts'

/** The same value with the members of every object in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  )
}

test('[DT-14] canonical JSON does not hang on the order of keys, and is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      assert.equal(canonicalJson(reversed(value)), text)
      assert.equal(canonicalJson(JSON.parse(text)), text)
      assert.equal(canonicalJson(JSON.parse(JSON.stringify(value))), text)
    }),
  )
})

test('[DT-14] what JSON has no word for is left out, half a surrogate pair is U+FFFD', () => {
  assert.equal(canonicalJson({ b: undefined, a: [undefined, Number.NaN, -0] }), '{"a":[null,null,0]}')
  assert.equal(canonicalJson({ '\ud800': '\udfffx' }), '{"\ufffd":"\ufffdx"}')
  assert.equal(
    canonicalJson(JSON.parse('{"b":1,"__proto__":{"d":1,"c":2}}')),
    '{"__proto__":{"c":2,"d":1},"b":1}',
  )
  assert.equal(canonicalJson(undefined), 'null')
})
