import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bodyOf, type Chunk, chunksOf, type Item, leadingItems, type Parcel, sendable } from './chunks.ts'

const unlimited = { chunkSize: 1000, maxBodyBytes: 1e9 }
const record = fc.record(
  { note: fc.string({ unit: 'grapheme', maxLength: 30 }), value: fc.integer() },
  { noNullPrototype: true },
)
const bytes = (items: readonly Item[]) => bodyOf(sendable(items)).length
async function* toOne(records: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<Parcel> {
  for await (const record of records) yield { dataSetId: 'ds', record }
}
const text = (items: readonly Item[]) => new TextDecoder().decode(bodyOf(sendable(items)))

test('[CL-24] chunks hold every record once and in order, and keep to both limits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 2, max: 300 }),
      fc.integer({ min: 0, max: 35 }),
      async (records, chunkSize, maxBodyBytes, skip) => {
        const given = await Array.fromAsync(chunksOf(toOne(records), { chunkSize, maxBodyBytes }, skip))
        const chunks = given.map(({ items }) => items)
        const bodies = chunks.map(text)
        assert.deepEqual(
          bodies.flatMap((body) => JSON.parse(body)),
          records.slice(skip),
        )
        assert.deepEqual(
          chunks.flat().map((item) => item.index),
          records.map((_, index) => index).slice(skip),
        )
        const ends = chunks.map((items) => (items.at(-1)?.index ?? 0) + 1)
        assert.deepEqual(
          given.map(({ next }) => next),
          ends,
        )
        for (const chunk of chunks) {
          assert.ok(chunk.length <= chunkSize)
          assert.ok(chunk.length === 1 || bytes(chunk) <= maxBodyBytes)
        }
      },
    ),
  )
})

test('[CL-26] of a chunk that is too large, less than the whole and at least one record fits half its size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 2, maxLength: 20 }), async (records) => {
      const [{ items: chunk } = { items: [] }] = await Array.fromAsync(chunksOf(toOne(records), unlimited, 0))
      const maxBodyBytes = Math.floor(bytes(chunk) / 2)
      const part = leadingItems(chunk, { chunkSize: 1000, maxBodyBytes })
      assert.ok(part.length > 0 && part.length < chunk.length)
      assert.deepEqual(part, chunk.slice(0, part.length))
      assert.ok(part.length === 1 || bytes(part) <= maxBodyBytes)
      assert.deepEqual(leadingItems(chunk, unlimited), chunk)
    }),
  )
})

test('[CL-25] a chunk is given out as soon as it is full, without waiting for another record', async () => {
  async function* two() {
    yield { a: 1 }
    yield { a: 2 }
    await new Promise(() => undefined)
  }
  const first = await chunksOf(toOne(two()), { chunkSize: 2, maxBodyBytes: 1e9 }, 0).next()
  assert.equal((first.value as Chunk).items.length, 2)
})

test('[CL-30] what is no record is marked, not sent', async () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const odd = [{ a: 1 }, null, 5, 'x', [1], undefined, cycle, { big: 1n }, { b: 2 }]
  const [{ items: chunk } = { items: [] }] = await Array.fromAsync(chunksOf(toOne(odd), unlimited, 0))
  assert.equal(text(chunk), '[{"a":1},{"b":2}]')
  assert.deepEqual(
    chunk.map((item) => item.problems?.[0]?.code),
    [
      undefined,
      'type-not-object',
      'type-not-object',
      'type-not-object',
      'type-not-object',
      'value-not-serializable',
      'value-not-serializable',
      'value-not-serializable',
      undefined,
    ],
  )
})
