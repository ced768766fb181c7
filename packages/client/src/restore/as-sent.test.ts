import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { asSent, NestedTooDeep } from './as-sent.ts'

const name = 'org.example.app'
const id = '0e1a68f272b345f78627f86fc5c81167'
const cbg = { type: 'cbg', time: '2026-01-05T10:00:00.000Z', units: 'mmol/L', value: 5.5 }

test('[CL-59] what a server set and what is null is left out, the id is the origin id, and the record stays as it was', () => {
  const record = {
    ...cbg,
    id,
    uploadId: 'f'.repeat(32),
    guid: 'x',
    createdTime: cbg.time,
    _deduplicator: { hash: 'x' },
    deviceTime: null,
    payload: { list: [1, null, { a: null }], note: null },
  }
  const before = structuredClone(record)
  assert.deepEqual(asSent(record, { name }), {
    ...cbg,
    id,
    payload: { list: [1, null, { a: null }], note: null },
    origin: { name, type: 'application', id },
  })
  assert.deepEqual(record, before)
})

test('[CL-59] a record that has an origin id keeps it; one without any id gets one only where a way to make it is given', () => {
  assert.deepEqual(asSent({ ...cbg, id, origin: { id: 'mine' } }, { name }).origin, { id: 'mine' })
  assert.deepEqual(asSent(cbg, { name }), cbg)
  assert.deepEqual(asSent(cbg, { name, contentId: () => 'made' }).origin, {
    name,
    type: 'application',
    id: 'made',
  })
})

test('[CL-59] without nulls a record is as it was, whatever its keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (payload) => {
      const text = JSON.stringify({ ...cbg, id, origin: { id: 'x' }, payload })
      fc.pre(!text.includes('null'))
      assert.equal(JSON.stringify(asSent(JSON.parse(text), { name })), text)
    }),
  )
  const odd = JSON.parse('{"type":"cbg","nutrition":{"__proto__":{"a":null,"b":1},"$set":1}}')
  const { nutrition } = asSent(odd, { name })
  assert.equal(JSON.stringify(nutrition), '{"__proto__":{"b":1},"$set":1}')
  assert.equal(Object.getPrototypeOf(nutrition), Object.prototype)
})

test('[CL-59] nesting that no server takes is found before the stack ends', () => {
  const deep = JSON.parse(`{"payload":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  assert.throws(() => asSent(deep, { name }), NestedTooDeep)
})
