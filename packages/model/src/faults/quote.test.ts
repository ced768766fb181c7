import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimal, quote, quoteList } from './quote.ts'

test('[DT-6] texts stand in quotes, what does not print is escaped', () => {
  assert.equal(quote('a"b\\c'), '"a\\"b\\\\c"')
  assert.equal(quote('\0\u0007\b\t\n\v\f\r\u001f\u007f'), '"\\x00\\a\\b\\t\\n\\v\\f\\r\\x1f\\x7f"')
  assert.equal(quote('é漢😀 \u00a0\u2028\u{e0001}'), '"é漢😀 \\u00a0\\u2028\\U000e0001"')
  assert.equal(quote('\ud800'), '"\ufffd"')
  assert.equal(quoteList(['a', 'b c']), '["a", "b c"]')
})

test('[DT-6] numbers are the shortest decimals, never with an exponent', () => {
  assert.equal(decimal(55), '55')
  assert.equal(decimal(-0.1), '-0.1')
  assert.equal(decimal(-0), '-0')
  assert.equal(decimal(1e21), '1000000000000000000000')
  assert.equal(decimal(-1.25e22), '-12500000000000000000000')
  assert.equal(decimal(5e-7), '0.0000005')
  assert.equal(decimal(-1.5e-10), '-0.00000000015')
  assert.equal(Number(decimal(Number.MAX_VALUE)), Number.MAX_VALUE)
  assert.equal(Number(decimal(5e-324)), 5e-324)
})
