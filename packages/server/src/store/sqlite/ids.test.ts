import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { madeIds } from './ids.ts'

const ids = madeIds('0123456789abcdef')

test('[ST-125] a made id is 32 of [0-9a-z] and leads back to its row', () => {
  fc.assert(
    fc.property(
      fc.maxSafeNat().filter((pk) => pk > 0),
      (pk) => {
        assert.match(ids.of(pk), /^[0-9a-z]{32}$/)
        assert.equal(ids.pkOf(ids.of(pk)), pk)
      },
    ),
  )
})

test('[ST-126] an id of another database, or of no row, leads nowhere', () => {
  const rest = '0000000000000001'
  for (const id of [
    `f123456789abcdef${rest}`,
    `0123456789abcdef${rest}0`,
    `0123456789abcdef${rest.slice(1)}`,
    `0123456789abcdef${'0'.repeat(16)}`,
    `0123456789abcdef${'f'.repeat(16)}`,
    `0123456789abcdef${'0'.repeat(15)}g`,
    `0123456789abcdef${'0'.repeat(15)}A`,
    `0123456789abcdef-${rest.slice(1)}`,
    `0123456789abcdef 1${rest.slice(2)}`,
    '',
  ]) {
    assert.equal(ids.pkOf(id), undefined, id)
  }
})
