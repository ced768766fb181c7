import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DedupKey } from '../port.ts'
import { packDedupKey, unpackDedupKey } from './dedup-key.ts'
import type { SqlText } from './text.ts'

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: length, maxLength: length })
const hexOfOneCase = (length: number) =>
  fc
    .tuple(hex(length), fc.boolean())
    .map(([text, upper]) => (upper ? text.toUpperCase() : text.toLowerCase()))
const uuidLike = (digits: fc.Arbitrary<string>) =>
  digits.map((d) => [d.slice(0, 8), d.slice(8, 12), d.slice(12, 16), d.slice(16, 20), d.slice(20)].join('-'))
const anyText = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) })
/** Text that is nearly an id of the packed kinds. */
const nearly = fc
  .tuple(
    fc.oneof(uuidLike(hexOfOneCase(32)), hexOfOneCase(32)),
    fc.nat(35),
    fc.constantFrom('-', 'g', 'A', 'a', '', '0', ' '),
  )
  .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1))

const base64 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes.toBase64())
/** Decodes to as many bytes, but is spelled otherwise. */
const nearlyBase64 = base64.map((one) => one.slice(0, -1).replaceAll('+', '-'))

const text = fc.oneof(
  uuidLike(hexOfOneCase(32)),
  uuidLike(hex(32)),
  hexOfOneCase(32),
  hex(32),
  hexOfOneCase(64),
  nearly,
  fc.string(),
  anyText,
)
const keys: fc.Arbitrary<DedupKey> = fc.oneof(
  text.map((originId) => ({ kind: 'o' as const, originId })),
  text.map((contentSha256) => ({ kind: 'c' as const, contentSha256 })),
  fc.oneof(text, base64, nearlyBase64).map((hash) => ({ kind: 'h' as const, hash })),
)

test('[ST-122] a packed key is the key again, also after the database has had it', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE keys (key ANY) STRICT')
  const insert = database.prepare('INSERT INTO keys VALUES (?) RETURNING key')
  fc.assert(
    fc.property(keys, (key) => {
      assert.deepEqual(unpackDedupKey(packDedupKey(key)), key)
      assert.deepEqual(unpackDedupKey(insert.get(packDedupKey(key))?.key as SqlText), key)
    }),
    { numRuns: 2000 },
  )
})

test('[ST-123] UUIDs, 32 hex digits and SHA-256 are packed to half their size', () => {
  const uuid = randomUUID()
  const origins = [uuid, uuid.toUpperCase(), uuid.replaceAll('-', ''), uuid.replaceAll('-', '').toUpperCase()]
  const packed = origins.map((originId) => packDedupKey({ kind: 'o', originId }))
  for (const key of packed) assert.equal(key.length, 17)
  assert.equal(new Set(packed.map((key) => Buffer.from(key).toString('hex'))).size, 4)
  assert.equal(packDedupKey({ kind: 'c', contentSha256: 'ab'.repeat(32) }).length, 33)
  assert.equal(packDedupKey({ kind: 'h', hash: 'A'.repeat(43).concat('=') }).length, 33)
  assert.equal(packDedupKey({ kind: 'o', originId: 'Loop:42' }), 'Loop:42')
})

test('[ST-124] a marker that no version wrote is an error', () => {
  assert.throws(() => unpackDedupKey(Uint8Array.of(99, 1)), /begins with 99/)
})
