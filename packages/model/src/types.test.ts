/**
 * The TypeScript types that come out of the declarations. `tsc` is what tests them: each `@ts-expect-error` is a line
 * that must not compile.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  Basal,
  Cbg,
  CgmSettings,
  DataSetInput,
  Datum,
  DeviceEvent,
  DosingDecision,
  DualSquareBolus,
  Food,
  Insulin,
  PumpSettings,
  Wizard,
} from './index.ts'

test('[DT-types-1] the types say what may be sent', () => {
  const cbg: Cbg = {
    type: 'cbg',
    time: '2024-03-01T08:00:00Z',
    units: 'mg/dL',
    value: 100,
    trend: 'constant',
    origin: { id: 'a', payload: { anything: [1] } },
    annotations: [{ code: 'bg/out-of-range' }],
    location: {
      gps: { latitude: { units: 'degrees', value: 1 }, longitude: { units: 'degrees', value: 1 } },
    },
    associations: [{ type: 'url', url: 'https://example.org' }],
  }
  const basal: Basal = {
    type: 'basal',
    deliveryType: 'temp',
    time: '2024-03-01T08:00:00Z',
    duration: 1,
    rate: 1,
    suppressed: {
      type: 'basal',
      deliveryType: 'automated',
      rate: 1,
      suppressed: { type: 'basal', deliveryType: 'scheduled', rate: 1 },
    },
  }
  const food: Food = {
    type: 'food',
    time: '',
    ingredients: [{ ingredients: [{ ingredients: [{ name: 'rye' }] }] }],
  }
  const insulin: Insulin = {
    type: 'insulin',
    time: '',
    formulation: { compounds: [{ amount: 1, formulation: { name: 'a' } }] },
  }
  const bolus: DualSquareBolus = {
    type: 'bolus',
    subType: 'dual/square',
    time: '',
    normal: 1,
    extended: 1,
    duration: 1,
  }
  const wizard: Wizard = { type: 'wizard', time: '', units: 'mg/dL', bgTarget: { target: 100 }, bolus }
  const alarm: DeviceEvent = {
    type: 'deviceEvent',
    subType: 'alarm',
    time: '',
    alarmType: 'other',
    status: { type: 'deviceEvent', subType: 'status', time: '', status: 'resumed', reason: { a: 1 } },
  }
  const pumpSettings: PumpSettings = {
    type: 'pumpSettings',
    time: '',
    activeSchedule: 'a',
    bgTargets: { any: [{ start: 0, low: 4, high: 9 }] },
    overridePresets: { any: { bgTarget: { target: 5 } } },
  }
  const cgmSettings: CgmSettings = {
    type: 'cgmSettings',
    time: '',
    defaultAlerts: { enabled: true, fall: { enabled: true, rate: 2, units: 'mg/dL/minute' } },
    outOfRangeAlerts: { enabled: true, snooze: 0 },
  }
  const decision: DosingDecision = {
    type: 'dosingDecision',
    time: '',
    reason: 'loop',
    units: { bg: 'mg/dL', carb: 'grams', insulin: 'Units' },
    bgForecast: [{ value: 100 }],
  }
  const any: Datum[] = [cbg, basal, food, insulin, bolus, wizard, alarm, pumpSettings, cgmSettings, decision]
  const dataSet: DataSetInput = { client: { name: 'a', private: {} }, deviceTags: ['cgm'] }
  assert.equal(any.length, 10)
  assert.ok(dataSet)

  // @ts-expect-error there is no such unit
  any.push({ type: 'cbg', time: '', units: 'g/L', value: 1 } satisfies Cbg)
  // @ts-expect-error a value is a number
  any.push({ type: 'cbg', time: '', units: 'mg/dL', value: '1' } satisfies Cbg)
  // @ts-expect-error the rate is missing
  any.push({ type: 'basal', deliveryType: 'temp', time: '', duration: 1 } satisfies Basal)
  // @ts-expect-error wrong at a depth
  any.push({ type: 'food', time: '', ingredients: [{ ingredients: [{ name: 1 }] }] } satisfies Food)
  // @ts-expect-error a bolus is sent as a whole
  any.push({ type: 'wizard', time: '', units: 'mg/dL', bolus: 'a' } satisfies Wizard)
  // @ts-expect-error there is no such limit of a fall
  const fall = { enabled: true, level: 2 } satisfies NonNullable<CgmSettings['defaultAlerts']>['fall']
  any.push({ ...cgmSettings, defaultAlerts: { enabled: true, fall } })
  // @ts-expect-error an entry says when it begins
  any.push({ ...pumpSettings, basalSchedules: { any: [{ rate: 1 }] } } satisfies PumpSettings)
  const suppressed = { type: 'basal', deliveryType: 'temp', rate: 1 } as const
  // @ts-expect-error an automated basal takes the place of a scheduled one only
  any.push({ type: 'basal', deliveryType: 'automated', time: '', duration: 1, rate: 1, suppressed })
})
