import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDataSourceUpdate, parseNewDataSource } from './parse-data-source.ts'

function faults(parsed: ReturnType<typeof parseDataSourceUpdate | typeof parseNewDataSource>): string[] {
  assert.ok(typeof parsed === 'object' && 'problems' in parsed, JSON.stringify(parsed))
  return parsed.problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

test('[SO-9] a source has a provider type and name, and no state of its own choosing', () => {
  const acme = { providerType: 'oauth', providerName: 'acme' }
  assert.deepEqual(parseNewDataSource({ ...acme, providerExternalId: null }), { fields: acme })
  assert.deepEqual(faults(parseNewDataSource({ providerName: '', providerType: 'ftp' })), [
    'value-not-allowed /providerType',
    'value-empty /providerName',
  ])
  assert.deepEqual(faults(parseNewDataSource({ ...acme, state: 'connected', id: 'x' })), [
    'not-parsed /state',
    'not-parsed /id',
  ])
  assert.deepEqual(faults(parseNewDataSource({ ...acme, providerName: 'x'.repeat(101) })), [
    'length-out-of-range /providerName',
  ])
})

test('[SO-1] to connect one says with which session; to disconnect none', () => {
  assert.deepEqual(faults(parseDataSourceUpdate({ state: 'connected' })), [
    'value-not-exists /providerSessionId',
  ])
  assert.deepEqual(faults(parseDataSourceUpdate({ state: 'disconnected', providerSessionId: 'x' })), [
    'value-exists /providerSessionId',
  ])
  for (const body of [
    { state: 'error' },
    { state: 'error', providerSessionId: 'x' },
    { providerSessionId: 'x' },
    {},
  ]) {
    assert.deepEqual(parseDataSourceUpdate(body), { fields: body })
  }
})

test('[SO-8] of the two spellings of the data set the newer one wins, and of a list the first', () => {
  const [one, two] = ['a'.repeat(32), `upid_${'b'.repeat(12)}`]
  assert.deepEqual(parseDataSourceUpdate({ dataSetIds: [one, two] }), { fields: { dataSetId: one } })
  assert.deepEqual(parseDataSourceUpdate({ dataSetIds: [one], dataSetId: two }), {
    fields: { dataSetId: two },
  })
  assert.deepEqual(faults(parseDataSourceUpdate({ dataSetIds: [] })), ['value-empty /dataSetIds'])
})

test('[SO-9] a span may be of one instant, and does not end before it begins', () => {
  const at = '2026-01-01T00:00:00.000Z'
  const instant = { earliestDataTime: at, latestDataTime: at }
  assert.deepEqual(parseDataSourceUpdate(instant), { fields: instant })
  assert.deepEqual(
    faults(parseDataSourceUpdate({ ...instant, earliestDataTime: '2026-01-01T00:00:00.001Z' })),
    ['value-not-after /latestDataTime'],
  )
})

test('[SO-9] no body makes it throw, and only an object is one', () => {
  for (const body of [null, [], 'x', 1]) {
    assert.equal(parseNewDataSource(body), 'not-an-object')
    assert.equal(parseDataSourceUpdate(body), 'not-an-object')
  }
  const keys = [
    'providerType',
    'state',
    'error',
    'metadata',
    'dataSetIds',
    'dataSetId',
    'latestDataTime',
    '__proto__',
  ]
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue()), (body) => {
      assert.notEqual(parseNewDataSource(body), 'not-an-object')
      assert.notEqual(parseDataSourceUpdate(body), 'not-an-object')
    }),
  )
})
