import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idFor } from '../testing/id-for.ts'
import { identityFields } from './identity.ts'
import { parseData } from './parse-data.ts'

function identityOf(datum: object): (string | null)[] {
  const parsed = parseData([datum], { idFor })
  assert.ok('data' in parsed && parsed.data[0])
  return identityFields(parsed.data[0])
}

const at = { deviceId: 'DexG5-123', time: '2020-01-01T19:04:05-08:00' }

test('[DT-14] the identity of a datum is device, instant in UTC, type and what its type adds', () => {
  assert.deepEqual(identityOf({ ...at, type: 'cbg', units: 'mg/dL', value: 100 }), [
    'DexG5-123',
    '2020-01-02T03:04:05Z',
    'cbg',
    'mmol/L',
    '5.55075',
  ])
  assert.deepEqual(identityOf({ ...at, type: 'basal', deliveryType: 'suspend', duration: 1 }).slice(3), [
    'suspend',
  ])
  assert.deepEqual(identityOf({ ...at, type: 'bolus', subType: 'normal', normal: 1 }).slice(3), ['normal'])
  assert.deepEqual(identityOf({ ...at, type: 'food' }).slice(3), [])
})

test('[DT-14] a missing device is null, a fraction is as long as it needs to be', () => {
  const food = { type: 'food', time: '2020-01-02T03:04:05.250Z' }
  assert.deepEqual(identityOf(food), [null, '2020-01-02T03:04:05.25Z', 'food'])
  assert.equal(
    identityOf({ ...food, time: '2020-01-02T03:04:05.0000010Z' })[1],
    '2020-01-02T03:04:05.000001Z',
  )
})

test('[DT-14] numbers are plain decimals', () => {
  const ketone = (value: number) => identityOf({ ...at, type: 'bloodKetone', units: 'mmol/l', value })[4]
  assert.equal(ketone(0.5), '0.5')
  assert.equal(ketone(1.5e-7), '0.00000015')
})
