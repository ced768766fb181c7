import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Refused } from '../failure.ts'
import { parseJson } from './json.ts'

const parse = (text: string, nesting = 500) =>
  parseJson(Buffer.from(text), { nesting, jsonValues: 1_000_000 })
const refused = (text: string, nesting = 500) =>
  assert.throws(
    () => parse(text, nesting),
    (error) => error instanceof Refused && error.failure.kind === 'json-malformed',
  )

describe('JSON bodies', () => {
  test('[ER-10] what is JSON comes out as JSON.parse gives it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => assert.deepEqual(parse(text), JSON.parse(text))),
    )
  })

  test('[ER-11] nesting is counted outside strings only, and the limit itself is allowed', () => {
    assert.deepEqual(parse('[[[1]]]', 3), [[[1]]])
    refused('[[[[1]]]]', 3)
    refused('{"a":[{"b":[1]}]}', 3)
    assert.deepEqual(parse('["[[[[[[", "\\"[[[[[["]', 1), ['[[[[[[', '"[[[[[['])
    refused('['.repeat(501) + ']'.repeat(501))
    refused('['.repeat(1_000_000))
    refused('{"a":'.repeat(100_000))
  })

  test('[ER-12] a number that no double holds is refused wherever it stands', () => {
    for (const number of ['1e999', '-1E400', `1${'0'.repeat(310)}`, `${'9'.repeat(400)}.5`, '12.5e308']) {
      refused(`[{"payload":{"a":${number}}}]`)
    }
    assert.deepEqual(parse('[1e21, 1e308, 1e-400, "1e999", 12345678901234567890]'), [
      1e21,
      1e308,
      0,
      '1e999',
      12345678901234567000,
    ])
  })

  test('[ER-13] what is no JSON is refused without a word of its content', () => {
    for (const text of ['', '{', '[1,]', '[1] x', '\ufeff[]', "{'a':1}", '[NaN]', '"a', '[1', 'nul'])
      refused(text)
    assert.throws(
      () => parse('[{"value": 123 secret'),
      (error) => error instanceof Error && !`${error.stack}${JSON.stringify(error)}`.includes('secret'),
    )
  })

  test('[ER-14] a text that stands for more values than allowed is too large, before anything is parsed', () => {
    const few = { nesting: 500, jsonValues: 1000 }
    const tooLarge = (error: unknown) => error instanceof Refused && error.failure.kind === 'too-large'
    for (const text of [
      `[${'[],'.repeat(1000)}[]]`,
      `[${'0,'.repeat(1000)}0]`,
      `[${'{"a":{}},'.repeat(600)}0]`,
    ]) {
      assert.throws(() => parseJson(Buffer.from(text), few), tooLarge)
    }
    const fitting = `["${'[],'.repeat(2000)}", ${'0,'.repeat(900)}1.5e10]`
    assert.deepEqual(parseJson(Buffer.from(fitting), few), JSON.parse(fitting))
  })
})
