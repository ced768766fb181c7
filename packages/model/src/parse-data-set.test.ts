import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDataSet } from './parse-data-set.ts'

function fieldsOf(body: unknown): object {
  const parsed = parseDataSet(body)
  assert.ok(typeof parsed === 'object' && 'fields' in parsed, JSON.stringify(parsed))
  return parsed.fields
}

function faultsOf(body: unknown): string[] {
  const parsed = parseDataSet(body)
  assert.ok(typeof parsed === 'object' && 'problems' in parsed, JSON.stringify(parsed))
  return parsed.problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

test('[DT-dataSet-2] only an object is a data set, null is none', () => {
  for (const body of [null, undefined, [], 'x', 1, true]) assert.equal(parseDataSet(body), 'not-an-object')
})

test('[DT-dataSet-3] nothing is required; the type is normal unless it is said', () => {
  assert.deepEqual(fieldsOf({}), { dataSetType: 'normal' })
  assert.deepEqual(fieldsOf({ dataSetType: null, deviceId: null }), { dataSetType: 'normal' })
  assert.deepEqual(fieldsOf({ dataSetType: 'continuous' }), { dataSetType: 'continuous' })
})

test('[DT-dataSet-4] unknown keys at the top are faults, even with null, after the others and in order', () => {
  assert.deepEqual(faultsOf({ zz: 1, 'a/b': null, constructor: 1, deviceId: 1, dataSetType: 'x' }), [
    'type-not-string /deviceId',
    'not-parsed /a~1b',
    'not-parsed /constructor',
    'not-parsed /zz',
  ])
  assert.deepEqual(faultsOf(JSON.parse('{"__proto__": 1}')), ['not-parsed /__proto__'])
})

test('[DT-dataSet-4] unknown keys below are dropped', () => {
  const body = {
    client: { name: 'org.example', version: '1', build: 3 },
    deduplicator: { name: 'org.example', version: 7 },
  }
  assert.deepEqual(fieldsOf(body), {
    dataSetType: 'normal',
    client: { name: 'org.example', version: '1' },
    deduplicator: { name: 'org.example' },
  })
})

test('[DT-dataSet-5] what the server alone decides is looked at for its kind and left out', () => {
  const owned = {
    id: 'x',
    uploadId: 'upid_1',
    type: 'cbg',
    byUser: '',
    createdUserId: 'x',
    modifiedUserId: 'x',
    deletedUserId: 'x',
    createdTime: '2024-03-01T08:00:00Z',
    modifiedTime: '0001-01-01T00:00:00Z',
    deletedTime: '2024-03-01T08:00:00Z',
  }
  assert.deepEqual(fieldsOf(owned), { dataSetType: 'normal' })
  assert.deepEqual(faultsOf({ deletedTime: 5, createdTime: 'x', id: 7 }), [
    'value-not-parsable /createdTime',
    'type-not-time /deletedTime',
    'type-not-string /id',
  ])
})

test('[DT-dataSet-6] tags and manufacturers are kept in order; times in UTC; private with its nulls', () => {
  const sent = {
    time: '2024-03-01T09:00:00+01:00',
    deviceTags: ['cgm', 'bgm'],
    deviceManufacturers: ['b', 'B', 'a'],
    client: { private: { os: null, delta: { x: 1 } } },
  }
  assert.deepEqual(fieldsOf(sent), {
    dataSetType: 'normal',
    time: '2024-03-01T08:00:00.000Z',
    deviceTags: ['bgm', 'cgm'],
    deviceManufacturers: ['B', 'a', 'b'],
    client: { private: { os: null, delta: { x: 1 } } },
  })
  assert.deepEqual(sent.deviceTags, ['cgm', 'bgm'], 'what was given is as it was')
})
