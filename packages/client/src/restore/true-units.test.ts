import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withTrueUnits } from './true-units.ts'

const settings = {
  type: 'pumpSettings',
  uploadId: 'upid_000000000001',
  units: { bg: 'mg/dL', carb: 'grams' },
  bgTargets: { standard: [{ start: 21_600_000, target: 6.38336, high: 9.15873 }] },
  insulinSensitivity: [{ start: 0, amount: 2.77537 }],
}

test('[CL-61] pump settings that were converted and name the units from before get their true ones', () => {
  assert.deepEqual(withTrueUnits(settings), { ...settings, units: { bg: 'mmol/L', carb: 'grams' } })
})

for (const [what, more] of [
  ['in mg/dL, as their values show', { bgTargets: { standard: [{ start: 0, low: 80, high: 120 }] } }],
  ['that no server gave', { uploadId: undefined }],
  ['in mmol/L', { units: { bg: 'mmol/L' } }],
  ['without units', { units: undefined }],
  ['of another type', { type: 'cgmSettings' }],
] as const) {
  test(`[CL-61] settings ${what} stay as they are`, () => {
    const record = { ...settings, ...more }
    assert.equal(withTrueUnits(record), record)
  })
}
