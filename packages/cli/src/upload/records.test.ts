import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { recordsIn, UnreadableRecords } from './records.ts'

/** The bytes in pieces that end at these places: where a file is cut is chance. */
async function* inPieces(bytes: Uint8Array, ends: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const end of [
    ...ends.map((end) => end % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ]) {
    yield bytes.subarray(from, end)
    from = end
  }
}

async function read(
  input: string | Uint8Array,
  ends: readonly number[] = [],
): Promise<{ records: unknown[]; error?: Error }> {
  const records: unknown[] = []
  try {
    for await (const record of recordsIn(inPieces(Buffer.from(input as string), ends))) records.push(record)
  } catch (error) {
    return { records, error: error as Error }
  }
  return { records }
}

const space = fc.stringMatching(/^[ \t\n\r]{0,3}$/)
const ends = fc.array(fc.nat(), { maxLength: 12 })
const record = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue())

describe('the records of a file', () => {
  test('[CLI-20] a JSON array is read as JSON.parse reads it, however it is spaced and wherever it is cut', async () => {
    const array = fc.array(fc.tuple(space, record, space), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(
        space,
        array,
        space,
        ends,
        fc.boolean(),
        async (before, items, after, ends, zipped) => {
          const text = `${before}[${items.map(([a, value, b]) => `${a}${JSON.stringify(value)}${b}`).join(',')}]${after}`
          const bytes = Buffer.from(text)
          const { records, error } = await read(zipped ? gzipSync(bytes) : bytes, ends)
          assert.ifError(error)
          assert.deepEqual(records, JSON.parse(text))
        },
      ),
    )
  })

  test('[CLI-20] one record on each line is read, with any line ends and blank lines, wherever it is cut', async () => {
    const lines = fc.array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.constant(undefined)), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        ends,
        fc.boolean(),
        async (lines, lineEnd, closed, ends, zipped) => {
          const text =
            lines.map((line) => (line === undefined ? '' : JSON.stringify(line))).join(lineEnd) +
            (closed ? lineEnd : '')
          const bytes = Buffer.from(text)
          const { records, error } = await read(zipped ? gzipSync(bytes) : bytes, ends)
          assert.ifError(error)
          assert.deepEqual(records, JSON.parse(JSON.stringify(lines.filter((line) => line !== undefined))))
        },
      ),
    )
  })

  for (const [name, text] of [
    ['nothing', ''],
    ['white space', ' \n\t\n'],
    ['an empty array', ' [ ] '],
    ['a byte order mark and an empty array', '\ufeff[]'],
  ]) {
    test(`[CLI-20] ${name} holds no record`, async () => {
      assert.deepEqual(await read(text as string), { records: [] })
    })
  }

  test('[CLI-20] strings may hold what looks like the end of a record', async () => {
    const tricky = { a: '},{"\\"]', 'b\n': ['[', '\u2028'], c: '\\' }
    assert.deepEqual(await read(`[${JSON.stringify(tricky)},${JSON.stringify(tricky)}]`), {
      records: [tricky, tricky],
    })
    assert.deepEqual(await read(`${JSON.stringify(tricky)}\n${JSON.stringify(tricky)}`), {
      records: [tricky, tricky],
    })
  })

  for (const [name, text, before, place] of [
    ['a line that is no JSON', '{"a":1}\n{"b":2}\n{"c":nope}\n{"d":4}\n', 2, 'line 3 (byte 16)'],
    ['a first line that is no JSON', 'Index,Timestamp\n1,2\n', 0, 'line 1 (byte 0)'],
    ['a last line that is cut off', '\n{"a":"ü"}\n{"b":', 1, 'line 3 (byte 12)'],
    ['a JSON record over several lines', '{\n "a": 1\n}\n', 0, 'line 1 (byte 0)'],
    [
      'an element that is no JSON',
      '[\n  {"a":"ü"},\n  {"b":2},\n  {"c":nope},\n{"d":4}]',
      2,
      'line 4 (byte 29)',
    ],
    ['an array that is cut off', '[{"a":1},\n{"b":', 1, 'line 1 (byte 9)'],
    ['an array without its last bracket', '[{"a":1},\n{"b":2}', 1, 'line 1 (byte 9)'],
  ] as const) {
    test(`[CLI-27] ${name} is named by line and byte, and what came before is read: wherever it is cut`, async () => {
      const bytes = Buffer.byteLength(text)
      for (let cut = 0; cut <= bytes; cut++) {
        const { records, error } = await read(text, [cut])
        assert.ok(error instanceof UnreadableRecords, `no error when cut at ${cut}`)
        assert.equal(records.length, before)
        assert.match(error.message, new RegExp(place.replace(/[()]/g, '\\$&')))
        assert.doesNotMatch(error.message, /nope|Timestamp|ü/, 'quotes what it read')
      }
    })
  }

  for (const [name, text] of [
    ['text after the array', '[{"a":1}] {"b":2}'],
    ['a missing element', '[{"a":1},,{"b":2}]'],
    ['a trailing comma', '[{"a":1},]'],
  ] as const) {
    test(`[CLI-27] ${name} is a fault`, async () => {
      assert.ok((await read(text)).error instanceof UnreadableRecords)
    })
  }

  test('[CLI-27] damaged gzip, a cut one, and bytes that are no UTF-8 are faults', async () => {
    const packed = gzipSync('{"a":1}\n'.repeat(20_000))
    assert.match((await read(packed.subarray(0, packed.length - 9))).error?.message ?? '', /gzip/)
    const damaged = Buffer.from(packed)
    damaged.fill(0xff, 20, 40)
    assert.match((await read(damaged)).error?.message ?? '', /gzip/)
    assert.match((await read(Buffer.from('\ufeff{"a":1}', 'utf16le'))).error?.message ?? '', /UTF-8/)
    assert.match((await read(Buffer.from([0x5b, 0x22, 0xc3]))).error?.message ?? '', /UTF-8/)
  })

  for (const [name, head] of [
    ['line', '{"a":"'],
    ['element of an array', '[{"a":"'],
  ] as const) {
    test(`[CLI-33] a ${name} without end is given up after 32 MiB, not held`, async () => {
      let fed = 0
      async function* endless() {
        yield Buffer.from(head)
        for (const piece = Buffer.alloc(1024 * 1024, 'x'); ; fed += piece.length) yield piece
      }
      await assert.rejects(async () => {
        for await (const _ of recordsIn(endless())) assert.fail('a record')
      }, UnreadableRecords)
      assert.ok(fed <= 34 * 1024 * 1024, `${fed} bytes were taken`)
    })
  }

  test('[CLI-20] who stops reading frees the source', async () => {
    for (const pack of [(text: string) => Buffer.from(text), (text: string) => gzipSync(text)]) {
      let freed = false
      async function* source() {
        try {
          for (;;) yield pack('{"a":1}\n'.repeat(1000))
        } finally {
          freed = true
        }
      }
      for await (const _ of recordsIn(source())) break
      await new Promise(setImmediate)
      assert.ok(freed)
    }
  })
})
