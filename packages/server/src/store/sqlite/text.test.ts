import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromSqlText, type SqlText, toSqlText } from './text.ts'

/** Any UTF-16, lone surrogates and NUL among it. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) })

test('[ST-120] any text comes out of a column as it went in', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE texts (text ANY) STRICT')
  const insert = database.prepare('INSERT INTO texts VALUES (?) RETURNING text')
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string()), (text) => {
      assert.equal(fromSqlText(insert.get(toSqlText(text))?.text as SqlText), text)
    }),
  )
  assert.equal(fromSqlText(insert.get(toSqlText('\ud800'))?.text as SqlText), '\ud800')
})

test('[ST-121] well-formed text is kept as text', () => {
  assert.equal(toSqlText('Bayer ü 𝄞'), 'Bayer ü 𝄞')
})
