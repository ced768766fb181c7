import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkOf } from './links.ts'
import { surveyOf } from './survey.ts'

const never = () => undefined
const wizard = { type: 'wizard', id: 'w', bolus: 'b' }
const bolus = { type: 'bolus', subType: 'normal', id: 'b', normal: 1 }

test('[CL-50] links are those of bolus calculators, alarms and changes of reservoir, and no other word', () => {
  assert.deepEqual(linkOf(wizard), { field: 'bolus', id: 'b' })
  for (const subType of ['alarm', 'reservoirChange'])
    assert.deepEqual(linkOf({ type: 'deviceEvent', subType, status: 's' }), { field: 'status', id: 's' })
  for (const none of [
    { type: 'deviceEvent', subType: 'status', status: 'suspended' },
    { type: 'wizard', bolus },
    { type: 'wizard', bolus: null },
    { type: 'cbg', bolus: 'b', status: 's' },
    null,
    'wizard',
  ])
    assert.equal(linkOf(none), undefined)
})

test('[CL-50] a link leads to a record of its kind alone; of several with the id, to the last', async () => {
  const later = { ...bolus, normal: 2 }
  const { linked } = await surveyOf(
    [{ type: 'cbg', id: 'b' }, bolus, wizard, later, { ...bolus, id: 'c' }],
    never,
  )
  assert.deepEqual(linked.find({ field: 'bolus', id: 'b' }), { index: 3, record: later })
  assert.equal(linked.find({ field: 'status', id: 'b' }), undefined)
  assert.deepEqual(
    [bolus, { type: 'cbg', id: 'b' }, { ...bolus, id: 'c' }].map((record) => linked.brings(record)),
    [true, false, false],
  )
})

test('[CL-53] the data sets that records describe, and whether there are data of others', async () => {
  const upload = { type: 'upload', uploadId: 'u', time: '2026-01-05T10:00:00Z' }
  const survey = (...records: object[]) => surveyOf([upload, ...records], never)
  assert.equal((await survey({ type: 'cbg', uploadId: 'u' })).hasStrays, false)
  for (const stray of [{ type: 'cbg' }, { type: 'cbg', uploadId: 'v' }, { type: 'upload' }])
    assert.equal((await survey(stray)).hasStrays, true)
  const { uploads } = await survey({ type: 'upload', id: 'only-id' })
  assert.deepEqual([...uploads.keys()], ['u', 'only-id'])
})

test('[CL-53] a deleted data set comes back only where there are data of it', async () => {
  const deleted = { type: 'upload', uploadId: 'u', deletedTime: '2026-01-05T10:00:00Z' }
  assert.equal((await surveyOf([deleted], never)).uploads.size, 0)
  assert.equal((await surveyOf([deleted, { type: 'cbg', uploadId: 'u' }], never)).uploads.size, 1)
})
