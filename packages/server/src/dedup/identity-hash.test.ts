import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseData } from '@tidegauge/model'
import { derivedId } from '../ingest/derived-id.ts'
import { deactivateHash } from './deactivate-hash.ts'
import type { Deduplicator } from './deduplicator.ts'
import { dropHash } from './drop-hash.ts'
import { identityHash } from './identity-hash.ts'

const dataSet = { id: '0123456789abcdef0123456789abcdef', userId: 'abcdef1234' }

function planned(deduplicator: Deduplicator, record: object) {
  const parsed = parseData([record], { idFor: derivedId(dataSet.id) })
  assert.ok('data' in parsed, JSON.stringify(parsed))
  const plan = deduplicator.plan(parsed.data, dataSet)
  assert.ok('records' in plan && plan.records[0])
  return plan.records[0]
}

const reading = {
  type: 'cbg',
  time: '2017-02-05T13:26:51Z',
  deviceId: 'MMT-1711:12345678',
  units: 'mg/dL',
  value: 119,
}
const byDevice = 'c+ICG8ttGYgoydSM7bEFRqunNBCF4P88LN3mAKG/qFQ='
const byDataSet = 'l2+YrX6rE8QM5GhusEd+st6a/tWbIeIqhZQb7bX35uQ='

test('[DD-20] identity hashes are those of the reference, after normalization (scenario 39)', () => {
  assert.equal(identityHash(['alpha', 'bravo', 'charlie']), 'dO3wei6LXqnM+oEql2hguPTmyM0+QnmIZPyxzlvL2xY=')
  assert.equal(planned(deactivateHash, reading).hash, byDevice)
  assert.deepEqual(planned(dropHash, reading).dedupKey, { kind: 'h', hash: byDataSet })
})

test('[DD-20] D7: the same instant in another offset has the same hash (scenario 39)', () => {
  const elsewhere = { ...reading, time: '2017-02-06T00:26:51+11:00' }
  assert.equal(planned(deactivateHash, elsewhere).hash, byDevice)
  assert.deepEqual(planned(dropHash, elsewhere).dedupKey, { kind: 'h', hash: byDataSet })
})

test('[DD-20] digits beyond the millisecond count, zeros at the end do not', () => {
  const at = (time: string) => planned(deactivateHash, { ...reading, time }).hash
  assert.equal(at('2017-02-05T13:26:51.000Z'), byDevice)
  assert.notEqual(at('2017-02-05T13:26:51.0000001Z'), byDevice)
})
