/**
 * The recorded answers of the reference (`testdata/vectors/`, each line one request body): status, every fault in its
 * order and wording, what is stored, and the identity fields.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { idFor } from '../testing/id-for.ts'
import {
  type Document,
  marked,
  type Vector,
  vectorsOf,
  withInheritedOrigins,
  withShortOrigin,
} from '../testing/vectors.ts'
import { canonicalJson } from './canonical-json.ts'
import { identityFields } from './identity.ts'
import { acceptAll, explain, parseData } from './parse-data.ts'
import { parseDataSet } from './parse-data-set.ts'
import { typesInDataArray } from './registry.ts'
import type { ParsedDatum, Problem } from './wire.ts'

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
function withId({ body, id }: ParsedDatum, index: number): Document {
  return { ...body, id: id ?? `$id${index + 1}` }
}

/** Numbers by value (so that -0 is 0) and keys in any order. */
function assertEqualJson(actual: unknown, expected: unknown, message: string): void {
  assert.equal(canonicalJson(actual), canonicalJson(expected), message)
}

for (const type of typesInDataArray) {
  describe(`[DT-${type}-1] ${type} is read as the reference reads it`, () => {
    for (const vector of vectorsOf(type)) {
      test(vector.name, () => {
        const parsed = parseData(vector.body, { idFor })
        assert.ok(typeof parsed === 'object')
        if (vector.status === 400) {
          assert.deepEqual('problems' in parsed ? parsed.problems : [], faultsOf(vector))
          return
        }
        assert.deepEqual('problems' in parsed ? parsed.problems : [], [])
        assert.ok('data' in parsed)
        const sent = JSON.stringify(vector.body)
        assertEqualJson(
          marked(parsed.data.map(withId).map(withShortOrigin), sent),
          marked(withInheritedOrigins(vector.stored ?? []).map(withShortOrigin), sent),
          'stored',
        )
        const identities = parsed.data.map(identityFields)
        assert.deepEqual(
          identities.map((one) => (one.includes(null) ? null : one)),
          vector.identity,
        )
        assert.deepEqual(explain(vector.body as unknown[]), acceptAll(vector.body as unknown[]), 'both ways')
      })
    }
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
