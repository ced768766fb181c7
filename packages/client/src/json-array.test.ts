import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonArraySplitter, NotAnArrayError } from './json-array.ts'

const layouts = {
  compact: (values: unknown[]) => JSON.stringify(values),
  indented: (values: unknown[]) => JSON.stringify(values, null, 2),
  'a record on each line': (values: unknown[]) =>
    `[\n${values.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`,
}

/** Strings full of what a careless splitter trips over. */
const tricky = fc.string({
  unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', '\n', 'ä', '😀', 'a'),
  maxLength: 8,
})
const value = fc.oneof(
  fc.dictionary(tricky, fc.oneof(tricky, fc.jsonValue({ maxDepth: 3 })), { maxKeys: 4 }),
  tricky,
  fc.jsonValue({ maxDepth: 2 }),
)

for (const [name, write] of Object.entries(layouts)) {
  test(`[CL-42] a JSON array, ${name}, comes apart alike wherever it is cut`, () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const text = write(values)
        for (let cut = 0; cut <= text.length; cut++) {
          const splitter = new JsonArraySplitter()
          const elements = [...splitter.push(text.slice(0, cut)), ...splitter.push(text.slice(cut))]
          assert.deepEqual(
            elements.map((element) => JSON.parse(element)),
            JSON.parse(text),
          )
          assert.equal(splitter.complete, true)
        }
      }),
    )
  })
}

test('[CL-42] a JSON array comes apart character by character', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), (values) => {
      const splitter = new JsonArraySplitter()
      const elements = Array.from(JSON.stringify(values)).flatMap((char) => splitter.push(char))
      assert.deepEqual(
        elements.map((element) => JSON.parse(element)),
        JSON.parse(JSON.stringify(values)),
      )
    }),
  )
})

test('[CL-39] no beginning of an array is taken for a whole one', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (values) => {
      const text = JSON.stringify(values)
      for (let end = 0; end < text.length; end++) {
        const splitter = new JsonArraySplitter()
        splitter.push(text.slice(0, end))
        assert.equal(splitter.complete, false)
      }
    }),
  )
})

test('[CL-42] what is no JSON array is refused without quoting it', () => {
  for (const text of ['{"a":1}', '<html>', 'null', '[1,]', '[,1]', '[,]', '[1,,2]', '[1] 2', '[1]]', '[][']) {
    assert.throws(
      () => new JsonArraySplitter().push(text),
      (error) => error instanceof NotAnArrayError && !error.message.includes(text),
      text,
    )
  }
})

test('[CL-42] an array may be empty and stand among white space', () => {
  for (const text of ['[]', ' [ \n ] \n', '\r\n[\t]']) {
    const splitter = new JsonArraySplitter()
    assert.deepEqual(splitter.push(text), [])
    assert.equal(splitter.complete, true)
  }
})
