import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rules, storedOf } from '../../testing/rules.ts'

rules('controllerSettings', [
  ['something must be set', {}, ': values do not exist for any of ["device", "notifications"]'],
  ['false is a setting', { notifications: { alert: false } }],
  [
    'an empty device is none',
    { device: {} },
    'device: values do not exist for any of ["firmwareVersion", "hardwareVersion", "manufacturers", "model", "name", "serialNumber", "softwareVersion"]',
  ],
])

test('[DT-controllerSettings-3] manufacturers are kept in the order of their bytes', () => {
  for (const type of ['controllerSettings', 'cgmSettings', 'pumpSettings']) {
    const fields = { manufacturers: ['b', 'ä', 'B'] }
    const stored = storedOf(
      type === 'controllerSettings' ? { type, device: fields } : { type, ...fields, activeSchedule: 'a' },
    )
    const { manufacturers } = (stored.device ?? stored) as typeof fields
    assert.deepEqual(manufacturers, ['B', 'b', 'ä'], type)
  }
})
