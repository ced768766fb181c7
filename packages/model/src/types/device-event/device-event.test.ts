import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rules, storedOf } from '../../../testing/rules.ts'

const status = { subType: 'status', status: 'suspended', reason: { suspended: 'manual' } }
const timeChange = { subType: 'timeChange' }
const override = { subType: 'pumpSettingsOverride', overrideType: 'sleep' }
const change = { agent: 'manual', from: '2024-03-01T08:00:00', to: '2024-03-01T09:00:00' }

rules('deviceEvent', [
  ['a status may be without an end', status],
  ['and may last for ever', { ...status, duration: 1e15, expectedDuration: 1e15 }],
  [
    'what is expected is not shorter',
    { ...status, duration: 10, expectedDuration: 9 },
    'expectedDuration: value 9 is not greater than or equal to 10',
  ],
  [
    'a duration that cannot be is no bound',
    { ...status, duration: -1, expectedDuration: -(2 ** 70) },
    'duration: value -1 is not greater than or equal to 0',
    'expectedDuration: value -9223372036854775808 is not greater than or equal to 0',
  ],
  [
    'an alarm brings a status as a whole',
    {
      subType: 'alarm',
      alarmType: 'other',
      status: { ...status, type: 'deviceEvent', time: '2024-03-01T08:00:00Z' },
    },
  ],
  [
    'and no other event',
    { subType: 'alarm', alarmType: 'other', status: { type: 'deviceEvent', subType: 'prime' } },
    'status/subType: value "prime" is not one of ["status"]',
  ],
  [
    'nor its id',
    { subType: 'reservoirChange', status: 'a'.repeat(32) },
    'status: type is not object, but string',
  ],
  [
    'the status of a status is none',
    { ...status, status: { ...status, type: 'deviceEvent' } },
    'status: type is not string, but map[string]interface {}',
  ],
  [
    'what is filled has a measure',
    { subType: 'prime', primeTarget: 'tubing', volume: 1000.5 },
    'volume: value 1000.5 is not between 0 and 1000',
  ],
  [
    'elsewhere it has none',
    { subType: 'prime', primeTarget: 'bottle', volume: 1000.5 },
    'primeTarget: value "bottle" is not one of ["cannula", "tubing"]',
  ],
  [
    'a change of the clock is told in the new form or in the old one',
    timeChange,
    ': values do not exist for one of ["to", "change"]',
  ],
  ['the new one', { ...timeChange, to: { time: '2024-03-01T09:00:00' } }],
  ['the old one', { ...timeChange, change }],
  ['not both', { ...timeChange, to: { timeZoneName: 'UTC' }, change: {} }, 'change: value exists'],
  [
    'the new one says to what',
    { ...timeChange, method: 'manual', change },
    'to: value does not exist',
    'change: value exists',
  ],
  [
    'a clock shows something',
    { ...timeChange, from: {}, to: { time: '0001-01-01T00:00:00' } },
    'from: values do not exist for any of ["time", "timeZoneName"]',
    'to/time: value is empty',
  ],
  [
    'without a zone',
    { ...timeChange, to: { time: '2024-03-01T09:00:00Z' } },
    'to/time: value "2024-03-01T09:00:00Z" is not a parsable time of format "2006-01-02T15:04:05"',
  ],
  ['a preset has a name', { ...override, overrideType: 'preset' }, 'overridePreset: value does not exist'],
  ['no other override has', { ...override, overridePreset: 'a' }, 'overridePreset: value exists'],
  ['a target has units', { ...override, bgTarget: { target: 5 } }, 'units: value does not exist'],
  ['units have a target', { ...override, units: { bg: 'x' } }, 'units: value exists'],
  [
    'an override is expected to last no shorter than it did',
    { ...override, duration: 10, expectedDuration: 9 },
    'expectedDuration: value 9 is not between 10 and 604800000',
  ],
])

test('[DT-deviceEvent-3] what a clock showed is stored as if in UTC; in the old form it stays a text', () => {
  const type = 'deviceEvent'
  const from = { time: '2024-03-01T8:00:00.1239', timeZoneName: 'Europe/Berlin' }
  const stored = storedOf({ type, ...timeChange, from, to: { timeZoneName: 'UTC' } })
  assert.deepEqual(stored.from, { ...from, time: '2024-03-01T08:00:00.123Z' })
  assert.deepEqual(storedOf({ type, ...timeChange, change }).change, change)
})

test('[DT-units-4] a calibration and the target of an override are stored in mmol/L', () => {
  const type = 'deviceEvent'
  const calibration = storedOf({ type, subType: 'calibration', units: 'mg/dL', value: 100 })
  assert.deepEqual([calibration.units, calibration.value], ['mmol/L', 5.55075])
  const { units, bgTarget } = storedOf({
    type,
    ...override,
    units: { bg: 'mg/dl' },
    bgTarget: { low: 140, high: 180 },
  })
  assert.deepEqual(
    { units, bgTarget },
    { units: { bg: 'mmol/L' }, bgTarget: { low: 7.77105, high: 9.99135 } },
  )
})
