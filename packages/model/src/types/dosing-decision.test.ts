import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rules, storedOf, time } from '../../testing/rules.ts'

const units = { bg: 'mg/dL', carb: 'grams', insulin: 'Units' }
const decision = { reason: 'loop', units }

rules('dosingDecision', [
  ['units and a reason are needed', {}, 'reason: value does not exist', 'units: value does not exist'],
  ['a bolus is an amount', { ...decision, requestedBolus: { amount: 1 } }],
  ['or what it is made up of', { ...decision, requestedBolus: { normal: 1, extended: 1, duration: 1 } }],
  [
    'not both',
    { ...decision, requestedBolus: { amount: 1, normal: 101, duration: 1 } },
    'requestedBolus/duration: value exists',
    'requestedBolus/normal: value exists',
  ],
  [
    'an extended one has a duration',
    { ...decision, recommendedBolus: { extended: 1 } },
    'recommendedBolus/duration: value does not exist',
  ],
  [
    'nothing is no bolus',
    { ...decision, recommendedBolus: { duration: 1 } },
    'recommendedBolus/duration: value exists',
    'recommendedBolus: values do not exist for any of ["amount", "extended", "normal"]',
  ],
  [
    'what was read is in range, what is foretold need not be',
    {
      ...decision,
      bgHistorical: [{ time, value: 1000.5 }],
      bgForecast: [{ value: 1000.5 }, { value: -3 }],
    },
    'bgHistorical/0/value: value 1000.5 is not between 0 and 1000',
  ],
  [
    'under unknown units nothing is out of range',
    { ...decision, units: { ...units, bg: 'g/L' }, smbg: { time, value: 1e9 } },
    'units/bg: value "g/L" is not one of ["mmol/L", "mmol/l", "mg/dL", "mg/dl"]',
  ],
])

test('[DT-units-4] a decision is stored in mmol/L: readings, forecasts and targets', () => {
  const stored = storedOf({
    type: 'dosingDecision',
    ...decision,
    smbg: { time, value: 100 },
    bgHistorical: [{ time, value: 40 }],
    bgForecast: [{ value: -2.2 }],
    bgTargetSchedule: [
      { start: 0, low: 70, high: 180 },
      { start: 1, target: 100, range: 10 },
    ],
  })
  assert.deepEqual(stored.smbg, { time, value: 5.55075 })
  assert.deepEqual(stored.bgHistorical, [{ time, value: 2.2203 }])
  assert.deepEqual(stored.bgForecast, [{ value: -0.12212 }])
  assert.deepEqual(stored.bgTargetSchedule, [
    { start: 0, low: 3.88552, high: 9.99135 },
    { start: 1, target: 5.55075, range: 0.55507 },
  ])
  assert.deepEqual(stored.units, { ...units, bg: 'mmol/L' })
})

test('[DT-units-5] a forecast beyond all measure becomes the number that the reference makes of it', () => {
  for (const value of [1e300, 1.7e308, -1e300]) {
    const { bgForecast } = storedOf({ type: 'dosingDecision', ...decision, bgForecast: [{ value }] })
    assert.deepEqual(bgForecast, [{ value: -(2 ** 63) / 100_000 }])
  }
})
