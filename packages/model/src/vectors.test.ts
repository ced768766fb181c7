/**
 * The recorded answers of the reference (`testdata/vectors/`, each line one request body): status, every fault in its
 * order and wording, what is stored, and the identity fields.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { canonicalJson } from './canonical-json.ts'
import { identityFields } from './identity.ts'
import { explain, parseData } from './parse-data.ts'
import { parseDataSet } from './parse-data-set.ts'
import type { ParsedDatum, Problem } from './wire.ts'

interface Vector {
  name: string
  body: unknown
  status: number
  errors?: {
    code: string
    title: string
    detail: string
    source?: { pointer: string }
    meta?: Problem['meta']
  }[]
  stored?: Record<string, unknown>[]
  identity?: (string | null)[][]
}

function vectorsOf(file: string): Vector[] {
  const text = readFileSync(new URL(`../testdata/vectors/${file}.jsonl`, import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

function faultsOf({ errors = [] }: Vector): Problem[] {
  return errors.map(({ code, title, detail, source, meta }) => ({
    code,
    title,
    detail,
    pointer: source?.pointer ?? '',
    ...(meta && { meta }),
  }))
}

/** As the reference's data fetch shows it; a mark stands for an id that the server will make. */
function withId({ body, id }: ParsedDatum, index: number): Record<string, unknown> {
  return { ...body, id: id ?? `$id${index + 1}` }
}

/** Numbers by value (so that -0 is 0) and keys in any order. */
function assertEqualJson(actual: unknown, expected: unknown, message: string): void {
  assert.equal(canonicalJson(actual), canonicalJson(expected), message)
}

const types = [
  'cbg',
  'smbg',
  'bloodKetone',
  'food',
  'insulin',
  'water',
  'physicalActivity',
  'reportedState',
  'bolus',
  'basal',
]

for (const type of types) {
  describe(`[DT-${type}-1] ${type} is read as the reference reads it`, () => {
    for (const vector of vectorsOf(type)) {
      test(vector.name, () => {
        const parsed = parseData(vector.body)
        assert.ok(typeof parsed === 'object')
        if (vector.status === 400) {
          assert.deepEqual('problems' in parsed ? parsed.problems : [], faultsOf(vector))
          return
        }
        assert.deepEqual('problems' in parsed ? parsed.problems : [], [])
        assert.ok('data' in parsed)
        assertEqualJson(marked(parsed.data.map(withId)), marked(vector.stored ?? []), 'stored')
        const identities = parsed.data.map(identityFields)
        assert.deepEqual(
          identities.map((one) => (one.includes(null) ? null : one)),
          vector.identity,
        )
        assert.deepEqual(explain(vector.body as unknown[]), parsed, 'both ways')
      })
    }
  })
}

/** Ids that the server makes are numbered anew, in the order in which they appear. */
function marked(stored: Record<string, unknown>[]): Record<string, unknown>[] {
  const marks = new Map<unknown, string>()
  return stored.map((document) => {
    if (!String(document.id).startsWith('$id')) return document
    const mark = marks.get(document.id) ?? `$id${marks.size + 1}`
    marks.set(document.id, mark)
    return { ...document, id: mark }
  })
}

const SERVER_OWNED = [
  'id',
  'uploadId',
  'type',
  'byUser',
  'createdTime',
  'createdUserId',
  'modifiedTime',
  'modifiedUserId',
  'deletedTime',
  'deletedUserId',
]

describe('[DT-dataSet-1] the body of a data set is read as the reference reads it', () => {
  for (const vector of vectorsOf('upload')) {
    test(vector.name, () => {
      const parsed = parseDataSet(vector.body)
      if (typeof vector.body !== 'object' || Array.isArray(vector.body)) {
        assert.equal(parsed, 'not-an-object')
        return
      }
      assert.ok(typeof parsed === 'object')
      if (vector.status === 400) {
        assert.deepEqual('problems' in parsed ? parsed.problems : [], faultsOf(vector))
        return
      }
      assert.deepEqual('problems' in parsed ? parsed.problems : [], [])
      assert.ok('fields' in parsed)
      const { _deduplicator, ...stored } = vector.stored?.[0] ?? {}
      const clients = Object.entries({ ...stored, deduplicator: _deduplicator }).filter(
        ([key]) => !SERVER_OWNED.includes(key),
      )
      assertEqualJson(parsed.fields, Object.fromEntries(clients), 'stored')
    })
  }
})
