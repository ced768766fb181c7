import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rules, storedOf } from '../../testing/rules.ts'

const settings = { activeSchedule: 'a' }
const units = { bg: 'mg/dL', carb: 'grams' }
const from = (...starts: (number | null)[]) =>
  starts.map((start) => (start === null ? null : { rate: 1, start }))

rules('pumpSettings', [
  ['a schedule begins at midnight', { ...settings, basalSchedule: from(0, 1, 86_400_000) }],
  ['it may be empty', { ...settings, basalSchedule: [] }],
  [
    'not later',
    { ...settings, basalSchedule: from(5, 1) },
    'basalSchedule/0/start: value 5 is not equal to 0',
  ],
  [
    'each entry begins after the one before',
    { ...settings, basalSchedule: from(0, 5, 5, 6) },
    'basalSchedule/2/start: value 5 is not between 6 and 86400000',
  ],
  [
    'after the end of the day nothing begins',
    { ...settings, basalSchedule: from(0, 86_400_001, 9) },
    'basalSchedule/1/start: value 86400001 is not between 1 and 86400000',
    'basalSchedule/2/start: value 9 is not between 86400002 and 86400000',
  ],
  [
    'after one before midnight the next is to begin at 0',
    { ...settings, basalSchedule: from(0, -1, 7) },
    'basalSchedule/1/start: value -1 is not between 1 and 86400000',
    'basalSchedule/2/start: value 7 is not equal to 0',
  ],
  [
    'a missing entry is a fault of its own',
    { ...settings, basalSchedule: from(null, 5) },
    'basalSchedule/0: value does not exist',
    'basalSchedule/1/start: value 5 is not equal to 0',
  ],
  [
    'the other fields of an entry come first',
    { ...settings, basalSchedule: [{ rate: -1, start: 1 }, { start: 1 }, { rate: 1 }] },
    'basalSchedule/0/rate: value -1 is not between 0 and 100',
    'basalSchedule/0/start: value 1 is not equal to 0',
    'basalSchedule/1/rate: value does not exist',
    'basalSchedule/2/start: value does not exist',
  ],
  [
    'there is one schedule, or there are several by name',
    { ...settings, carbRatio: [], carbRatios: { a: [{ amount: -1, start: 9 }] } },
    'carbRatios: value exists',
  ],
  [
    'faults under names come in the order of the names',
    { ...settings, basalSchedules: { b: from(1), 'a/~': from(2), B: null } },
    'basalSchedules/B: value does not exist',
    'basalSchedules/a~1~0/0/start: value 2 is not equal to 0',
    'basalSchedules/b/0/start: value 1 is not equal to 0',
  ],
  [
    'no name has a NUL in it',
    { ...settings, basalSchedules: { 'a\0': [] } },
    'basalSchedules: value "a\\x00" is not valid as key',
  ],
  [
    'its glucose has the range of its units',
    {
      ...settings,
      units,
      bgSafetyLimit: 1001,
      overridePresets: { run: { bgTarget: { low: 1, high: 1001 } } },
    },
    'bgSafetyLimit: value 1001 is not between 0 and 1000',
    'overridePresets/run/bgTarget/high: value 1001 is not between 1 and 1000',
  ],
  ['without units it has none', { ...settings, bgSafetyLimit: -1e9, bgTarget: [{ start: 0, target: 1e9 }] }],
  [
    'another insulin model has a name',
    { ...settings, insulinModel: { modelType: 'other' } },
    'insulinModel/modelTypeOther: value does not exist',
  ],
  [
    'its peak is not after its end',
    { ...settings, insulinModel: { actionDuration: 10, actionPeakOffset: 11 } },
    'insulinModel/actionPeakOffset: value 11 is not between 0 and 10',
  ],
])

test('[DT-pumpSettings-3] names are kept whatever they are', () => {
  const { basalSchedules } = storedOf({
    type: 'pumpSettings',
    ...settings,
    basalSchedules: JSON.parse(
      '{"__proto__": [], "": [], "$set": [], "a.b": [], "a\\nb": [], "\\ud800": []}',
    ),
  })
  assert.deepEqual(Object.keys(basalSchedules as object), ['__proto__', '', '$set', 'a.b', 'a\nb', '\ufffd'])
  assert.equal(Object.getPrototypeOf(basalSchedules), Object.prototype)
})

test('[DT-units-4] settings of a pump are stored in mmol/L, but for what its display shows', () => {
  const target = { target: 100, range: 10 }
  const stored = storedOf({
    type: 'pumpSettings',
    ...settings,
    units: { ...units, insulin: 'Units' },
    display: { bloodGlucose: { units: 'mg/dL' } },
    bgSafetyLimit: 70,
    bgTargetPreprandial: target,
    bgTargetPhysicalActivity: { low: 140, high: 180 },
    bgTargets: { day: [{ ...target, start: 0 }] },
    insulinSensitivities: { day: [{ amount: 40, start: 0 }] },
    overridePresets: { run: { bgTarget: target, duration: 3600 } },
  })
  const inMmol = { target: 5.55075, range: 0.55507 }
  const { type: _type, time: _time, activeSchedule: _active, ...rest } = stored
  assert.deepEqual(rest, {
    units: { bg: 'mmol/L', carb: 'grams', insulin: 'Units' },
    display: { bloodGlucose: { units: 'mg/dL' } },
    bgSafetyLimit: 3.88552,
    bgTargetPreprandial: inMmol,
    bgTargetPhysicalActivity: { low: 7.77105, high: 9.99135 },
    bgTargets: { day: [{ ...inMmol, start: 0 }] },
    insulinSensitivities: { day: [{ amount: 2.2203, start: 0 }] },
    overridePresets: { run: { bgTarget: inMmol, duration: 3600 } },
  })
})

test('[DT-units-4] without units nothing of them is converted', () => {
  const glucose = { bgSafetyLimit: 70, insulinSensitivity: [{ amount: 40, start: 0 }] }
  const { bgSafetyLimit, insulinSensitivity } = storedOf({ type: 'pumpSettings', ...settings, ...glucose })
  assert.deepEqual({ bgSafetyLimit, insulinSensitivity }, glucose)
})
