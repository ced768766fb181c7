import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDataSet } from '@tidegauge/model'
import { descriptionOf, originalOf, withoutFaulty } from './original.ts'

const deleteOrigin = 'org.tidepool.deduplicator.dataset.delete.origin'

/** As the platform gives one back. */
const upload = {
  _dataState: 'open',
  _deduplicator: { name: 'org.tidepool.hash-deactivate-old', version: '1.1.0' },
  _state: 'open',
  byUser: '3a0995ec91',
  client: { name: 'org.tidepool.uploader', version: '2.2.5', private: { os: 'x', delta: null } },
  computerTime: '2018-01-31T10:31:14',
  conversionOffset: 0,
  dataSetType: 'normal',
  deviceId: 'Libre-1',
  deviceManufacturers: ['Abbott'],
  deviceModel: 'FreeStyle Libre',
  deviceSerialNumber: null,
  deviceTags: ['bgm', 'cgm'],
  guid: '92544406f6e149a5bd9e6907d957917b',
  id: '09a66b040ca4490491648e533cb389d0',
  revision: 2,
  state: 'closed',
  time: '2018-01-31T10:31:14-08:00',
  timeProcessing: 'across-the-board-timezone',
  timezone: 'US/Pacific',
  timezoneOffset: -480,
  type: 'upload',
  uploadId: '813e81db0b01477b94f5e55b809da77d',
  version: '2.2.5',
}

test('[CL-54] a data set is made with all that a create takes, and keeps in private what it was', () => {
  const description = descriptionOf(upload, upload.uploadId)
  assert.deepEqual(description, {
    client: {
      name: 'org.tidepool.uploader',
      version: '2.2.5',
      private: {
        os: 'x',
        original: { uploadId: upload.uploadId, dataSetType: 'normal', deduplicator: upload._deduplicator },
      },
    },
    computerTime: '2018-01-31T10:31:14',
    conversionOffset: 0,
    dataSetType: 'continuous',
    deduplicator: { name: deleteOrigin },
    deviceId: 'Libre-1',
    deviceManufacturers: ['Abbott'],
    deviceModel: 'FreeStyle Libre',
    deviceTags: ['bgm', 'cgm'],
    time: '2018-01-31T10:31:14-08:00',
    timeProcessing: 'across-the-board-timezone',
    timezone: 'US/Pacific',
    timezoneOffset: -480,
    version: '2.2.5',
  })
  const parsed = parseDataSet(JSON.parse(JSON.stringify(description)))
  assert.ok(parsed !== 'not-an-object' && 'fields' in parsed, JSON.stringify(parsed))
})

test('[CL-53] restored from where it was restored, a data set is still the original one', () => {
  const description = descriptionOf(upload, upload.uploadId)
  const readBack = { ...description, uploadId: 'f'.repeat(32), id: 'f'.repeat(32), type: 'upload' }
  assert.deepEqual(descriptionOf(readBack, readBack.uploadId), description)
  assert.equal(originalOf(readBack)?.uploadId, upload.uploadId)
  assert.equal(originalOf(upload), undefined)
})

test('[CL-54] a continuous data set keeps a deduplicator that takes a record again without doubling it', () => {
  const of = (name?: string, dataSetType = 'continuous') =>
    descriptionOf({ dataSetType, ...(name && { deduplicator: { name } }) }, 'a').deduplicator
  const older = `${deleteOrigin}.older`
  assert.deepEqual(of(older), { name: older })
  assert.deepEqual(of('org.tidepool.continuous.origin'), { name: deleteOrigin })
  for (const name of ['org.tidepool.deduplicator.none', 'org.tidepool.continuous', 'x', undefined])
    assert.deepEqual(of(name), { name: deleteOrigin }, String(name))
  assert.deepEqual(of(older, 'normal'), { name: deleteOrigin })
})

test('[CL-54] what a client keeps in private gives way where there is no room for what the data set was', () => {
  const fits = { a: '<'.repeat(600) }
  const of = (kept: object) =>
    (descriptionOf({ client: { private: kept } }, 'a') as { client: { private: object } }).client.private
  assert.deepEqual(of(fits), { ...fits, original: { uploadId: 'a' } })
  assert.deepEqual(of({ a: '<'.repeat(680) }), { original: { uploadId: 'a' } })
})

test('[CL-54] what a server refuses of a description is left out, but never what it is found by', () => {
  const description = descriptionOf(
    { ...upload, dataSetType: 'continuous', deduplicator: { name: `${deleteOrigin}.older` } },
    'a',
  )
  const less = withoutFaulty(description, [
    '/deviceTags/0',
    '/client/version',
    '/version',
    '/deduplicator/name',
  ])
  const { deviceTags: _, version: __, ...rest } = description
  const { private: kept } = description.client as { private: object }
  assert.deepEqual(less, {
    ...rest,
    client: { name: 'org.tidepool.uploader', private: kept },
    deduplicator: { name: deleteOrigin },
  })
  assert.deepEqual(withoutFaulty(description, ['/client/private'])?.client, {
    name: 'org.tidepool.uploader',
    version: '2.2.5',
    private: { original: originalOf(description) },
  })
  for (const pointer of ['', '/dataSetType', '/unheard-of'])
    assert.equal(withoutFaulty(description, [pointer]), undefined, pointer)
})
