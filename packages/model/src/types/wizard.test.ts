import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rules, storedOf } from '../../testing/rules.ts'

const bolus = { type: 'bolus', subType: 'normal', time: '2024-03-01T08:00:00Z', normal: 1 }

rules('wizard', [
  ['units are needed', {}, 'units: value does not exist'],
  [
    'its glucose has the range of its units',
    { units: 'mmol/L', bgInput: 56, bgTarget: { target: 56 }, insulinSensitivity: 56 },
    'bgInput: value 56 is not between 0 and 55',
    'bgTarget/target: value 56 is not between 0 and 55',
    'insulinSensitivity: value 56 is not between 0 and 55',
  ],
  [
    'under unknown units that is the only fault',
    { units: 'g/L', bgInput: 1e9, bgTarget: { low: 1e9, high: 1 } },
    'units: value "g/L" is not one of ["mmol/L", "mmol/l", "mg/dL", "mg/dl"]',
  ],
  ['a target and how far from it', { units: 'mg/dL', bgTarget: { target: 100, range: 100 } }],
  [
    'not so far that it could not be',
    { units: 'mg/dL', bgTarget: { target: 100, range: 100.5 } },
    'bgTarget/range: value 100.5 is not between 0 and 100',
  ],
  [
    'the high end is not below the low one',
    { units: 'mg/dL', bgTarget: { low: 100, high: 99 } },
    'bgTarget/high: value 99 is not between 100 and 1000',
  ],
  [
    'a low end out of range is no bound',
    { units: 'mg/dL', bgTarget: { low: 1001, high: 1002 } },
    'bgTarget/low: value 1001 is not between 0 and 1000',
  ],
  [
    'a target with all of it',
    { units: 'mg/dL', bgTarget: { target: 1, range: 1, low: 1, high: 1 } },
    'bgTarget/high: value exists',
    'bgTarget/low: value exists',
  ],
  [
    'a low end has a high one',
    { units: 'mg/dL', bgTarget: { low: 1e9, range: 1 } },
    'bgTarget/high: value does not exist',
  ],
  [
    'neither target nor ends',
    { units: 'mg/dL', bgTarget: { high: 1e9, range: 1e9 } },
    'bgTarget/target: value does not exist',
  ],
  [
    'a bolus is one as a whole, not its id',
    { units: 'mg/dL', bolus: 'a'.repeat(32) },
    'bolus: type is not object, but string',
  ],
  [
    'a bolus has its own rules',
    { units: 'mg/dL', bolus: { ...bolus, time: undefined, normal: 2, expectedNormal: 1 } },
    'bolus/time: value does not exist',
    'bolus/normal: value 2 is not between 0 and 1',
  ],
  [
    'it is a bolus of a kind that there is',
    { units: 'mg/dL', bolus: { ...bolus, subType: 'injected' } },
    'bolus/subType: value "injected" is not one of ["dual/square", "square", "normal", "automated"]',
  ],
  [
    'and nothing else',
    { units: 'mg/dL', bolus: { type: 'basal' } },
    'bolus/type: value "basal" is not one of ["bolus"]',
  ],
])

test('[DT-units-4] a wizard is stored in mmol/L: what was read, the target and the sensitivity', () => {
  const { bgInput, insulinSensitivity, bgTarget, units, carbInput } = storedOf({
    type: 'wizard',
    units: 'mg/dl',
    bgInput: 100,
    insulinSensitivity: 40,
    bgTarget: { target: 100, range: 10 },
    carbInput: 100,
  })
  assert.deepEqual(
    { bgInput, insulinSensitivity, bgTarget, units, carbInput },
    {
      bgInput: 5.55075,
      insulinSensitivity: 2.2203,
      bgTarget: { target: 5.55075, range: 0.55507 },
      units: 'mmol/L',
      carbInput: 100,
    },
  )
})
