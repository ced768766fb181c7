import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { NestedTooDeep } from '@tidegauge/client'
import fc from 'fast-check'
import { toSend } from './sendable.ts'

type Fields = Record<string, unknown>
const sent = (record: Fields) => toSend(structuredClone(record))
const originId = (record: Fields) => (sent(record).origin as Fields).id
const id = '0e1a68f272b345f78627f86fc5c81167'
const cbg = { type: 'cbg', time: '2026-01-05T10:00:00.000Z', units: 'mmol/L', value: 5.5 }
const fromServer = {
  ...cbg,
  id,
  uploadId: 'f'.repeat(32),
  createdTime: '2026-01-05T10:00:01.000Z',
  modifiedTime: '2026-01-05T10:00:01.000Z',
  createdUserId: '0123456789',
  guid: '77b5e3bc-7122-4069-b84c-cd5196a4d746',
  provenance: { clientId: 'x' },
  _active: true,
  _deduplicator: { hash: 'x' },
  deviceTime: null,
  payload: { logIndices: [1, null], note: null },
}

describe('a record as it is sent', () => {
  test('[CLI-22] what a server set and what is null is left out; an id, null items of a list and a payload stay', () => {
    assert.deepEqual(sent(fromServer), {
      ...cbg,
      id,
      payload: { logIndices: [1, null], note: null },
      origin: { id, name: 'org.tidegauge.cli', type: 'application' },
    })
  })

  test('[CLI-23] the origin id is the record’s own id', () => {
    assert.equal(originId(fromServer), id)
  })

  test('[CLI-23] an id of a form that no server takes lives on as the origin id alone', () => {
    const record = { ...cbg, id: '5e8f8a9b-1c2d-4e3f-8a9b-1c2d4e3f8a9b' }
    assert.equal(originId(record), record.id)
    assert.equal('id' in sent(record), false)
  })

  for (const [name, odd] of [
    ['no id', {}],
    ['an empty id', { id: '' }],
    ['an id that is a number', { id: 7 }],
    ['an id of over 100 characters', { id: 'x'.repeat(101) }],
  ] as const) {
    test(`[CLI-23] with ${name} the origin id is the SHA-256 of the canonical JSON`, () => {
      const { length } = String(originId({ ...cbg, ...odd }))
      assert.equal(length, 64)
    })
  }

  test('[CLI-23] the hash is that of the JSON with its keys in order, without what a server set and without nulls', () => {
    const canonical = '{"time":"2026-01-05T10:00:00.000Z","type":"cbg","units":"mmol/L","value":5.5}'
    const expected = createHash('sha256').update(canonical).digest('hex')
    assert.equal(originId(cbg), expected)
    const { id: _, payload: __, ...bare } = fromServer
    assert.equal(originId(bare), expected)
  })

  test('[CLI-23] the origin id does not hang on the order of keys, and another record has another one', () => {
    const anyOrder = fc
      .dictionary(fc.string(), fc.jsonValue())
      .chain((record) =>
        fc
          .shuffledSubarray(Object.keys(record), { minLength: Object.keys(record).length })
          .map((keys) => ({ record, keys })),
      )
    fc.assert(
      fc.property(anyOrder, ({ record, keys }) => {
        const [plain, shuffled] = [
          { ...record, value: 1 },
          { value: 1, ...Object.fromEntries(keys.map((key) => [key, record[key]])) },
        ]
        fc.pre(
          !('origin' in record) &&
            !('id' in record) &&
            !('value' in record) &&
            !('__proto__' in record && Object.hasOwn(record, '__proto__')),
        )
        assert.equal(originId(plain), originId(shuffled))
        assert.notEqual(originId(plain), originId({ ...plain, value: 2 }))
      }),
    )
  })

  test('[CLI-23] a second time, sent records are what they were', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        const once = sent(record)
        assert.deepEqual(sent(once), once)
      }),
    )
  })

  test('[CLI-23] an origin without an id keeps its name and type; one with an id is left alone', () => {
    const named = { ...cbg, id, origin: { name: 'com.apple.HealthKit', type: 'service', payload: { a: 1 } } }
    assert.deepEqual(sent(named).origin, {
      name: 'com.apple.HealthKit',
      type: 'service',
      payload: { a: 1 },
      id,
    })
    assert.deepEqual(sent({ ...cbg, id, origin: { name: 'x' } }).origin, {
      name: 'x',
      type: 'application',
      id,
    })
    assert.deepEqual(sent({ ...cbg, id, origin: { id: 'mine' } }), { ...cbg, id, origin: { id: 'mine' } })
    assert.equal(originId({ ...cbg, id, origin: null }), id)
  })

  test('[CLI-22] an origin that is none goes as it is for the server to refuse', () => {
    assert.deepEqual(sent({ ...cbg, origin: 'x' }), { ...cbg, origin: 'x' })
  })

  test('[CLI-22] a key such as __proto__ is one like any other', () => {
    const odd = JSON.parse('{"type":"cbg","nutrition":{"__proto__":{"a":null,"b":1},"$set":1,"":2}}')
    const nutrition = (toSend(odd) as Fields).nutrition as object
    assert.equal(JSON.stringify(nutrition), '{"__proto__":{"b":1},"$set":1,"":2}')
    assert.equal(Object.getPrototypeOf(nutrition), Object.prototype)
  })

  test('[CLI-22] nesting that no server takes is found before the stack ends', () => {
    const deep = JSON.parse(`{"payload":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
    assert.throws(() => toSend(deep), NestedTooDeep)
  })
})
