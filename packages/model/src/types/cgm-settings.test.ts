import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rules, storedOf } from '../../testing/rules.ts'

const olderAlerts = {
  highAlerts: { enabled: true, level: 400, snooze: 0 },
  lowAlerts: { enabled: false, level: 59, snooze: 900_000 },
  rateOfChangeAlerts: { fallRate: { enabled: true, rate: -3 }, riseRate: { enabled: false, rate: 2 } },
}

rules('cgmSettings', [
  ['nothing is needed', {}],
  ['a transmitter may be unknown', { transmitterId: '' }],
  [
    'it is letters and digits',
    { transmitterId: 'ab-cd' },
    'transmitterId: value "ab-cd" is not valid as transmitter id',
  ],
  [
    'a level has a unit, exactly spelt, and the range of it',
    { defaultAlerts: { enabled: true, low: { enabled: true, level: 49, units: 'mg/dL' } } },
    'defaultAlerts/low/level: value 49 is not between 50 and 150',
  ],
  [
    'no other spelling',
    { defaultAlerts: { enabled: true, low: { enabled: true, level: 100, units: 'mg/dl' } } },
    'defaultAlerts/low/units: value "mg/dl" is not one of ["mg/dL", "mmol/L"]',
  ],
  [
    'a unit without a level is one too many',
    { defaultAlerts: { enabled: true, rise: { enabled: true, units: 'mg/dL/minute' } } },
    'defaultAlerts/rise/units: value exists',
  ],
  [
    'days are days, each once',
    {
      scheduledAlerts: [
        { days: ['monday', 'Monday', 'monday'], start: 0, end: 172_800_000, alerts: { enabled: true } },
      ],
    },
    'scheduledAlerts/0/days/1: value "Monday" is not one of ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]',
    'scheduledAlerts/0/days/2: value is a duplicate',
  ],
  ['the older alerts have the unit of the whole', { units: 'mg/dL', ...olderAlerts }],
  [
    'which says what they may be',
    { units: 'mmol/l', ...olderAlerts },
    'highAlerts/level: value 400 is not between 5.55075 and 22.20299',
    'lowAlerts/level: value 59 is not between 3.27494 and 8.32612',
    'rateOfChangeAlerts/fallRate/rate: value -3 is not one of [-0.16652243973136602, -0.11101495982091067]',
    'rateOfChangeAlerts/riseRate/rate: value 2 is not one of [0.11101495982091067, 0.16652243973136602]',
  ],
  [
    'without one they may be anything',
    { ...olderAlerts, lowAlerts: { enabled: true, level: -1, snooze: 0 } },
  ],
  [
    'they snooze for one of the times that devices offered',
    { outOfRangeAlerts: { enabled: true, snooze: 900_000 } },
    `outOfRangeAlerts/snooze: value 900000 is not one of [0, 60000, ${Array.from({ length: 45 }, (_, n) => 1_200_000 + n * 300_000).join(', ')}]`,
  ],
])

test('[DT-cgmSettings-3] the older alerts are stored in mmol/L, the newer ones as they were sent', () => {
  const alerts = { enabled: true, high: { enabled: true, level: 200, units: 'mg/dL' } }
  const stored = storedOf({ type: 'cgmSettings', units: 'mg/dL', ...olderAlerts, defaultAlerts: alerts })
  assert.equal(stored.units, 'mmol/L')
  assert.deepEqual(stored.highAlerts, { enabled: true, level: 22.20299, snooze: 0 })
  assert.deepEqual(stored.lowAlerts, { enabled: false, level: 3.27494, snooze: 900_000 })
  assert.deepEqual(stored.defaultAlerts, alerts)
})

test('[DT-cgmSettings-4] alerts of a rate come as rateOfChangeAlerts and are stored as rateOfChangeAlert', () => {
  const stored = storedOf({
    type: 'cgmSettings',
    units: 'mg/dL',
    ...olderAlerts,
    rateOfChangeAlert: 'not read',
  })
  assert.equal('rateOfChangeAlerts' in stored, false)
  assert.deepEqual(stored.rateOfChangeAlert, {
    fallRate: { enabled: true, rate: -0.16652 },
    riseRate: { enabled: false, rate: 0.11101 },
  })
})
