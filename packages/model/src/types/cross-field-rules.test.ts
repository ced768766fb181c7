/** Rules that hang on several fields, where the recorded answers leave one out. Expectations are read from the reference. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { idFor } from '../../testing/id-for.ts'
import { rules, time } from '../../testing/rules.ts'
import { parseData } from '../parse-data.ts'

describe('bolus', () => {
  const normal = { subType: 'normal', normal: 1 }
  const square = { subType: 'square', extended: 1, duration: 10 }
  const automated = { subType: 'automated', normal: 1 }
  rules('bolus', [
    ['nothing may be delivered, and nobody asks what was expected', { ...normal, normal: 0 }],
    [
      'normal is at most what was expected',
      { ...normal, expectedNormal: 0.5 },
      'normal: value 1 is not between 0 and 0.5',
    ],
    [
      'an expectation out of range is no bound',
      { ...normal, expectedNormal: 101 },
      'expectedNormal: value 101 is not between 0 and 100',
    ],
    ['normal is needed', { subType: 'normal', expectedNormal: 1 }, 'normal: value does not exist'],
    [
      'an extended one is at most what was expected',
      { ...square, expectedExtended: 1, expectedDuration: 10 },
    ],
    [
      'neither is more than expected',
      { ...square, expectedExtended: 0.5, expectedDuration: 9 },
      'duration: value 10 is not between 0 and 9',
      'extended: value 1 is not between 0 and 0.5',
    ],
    [
      'an expected duration belongs to an expected amount',
      { ...square, expectedExtended: 1 },
      'expectedDuration: value does not exist',
    ],
    ['and to nothing else', { ...square, expectedDuration: 10 }, 'expectedDuration: value exists'],
    [
      'both faults of it are told',
      { ...square, expectedDuration: 86_400_001 },
      'expectedDuration: value 86400001 is not between 0 and 86400000',
      'expectedDuration: value exists',
    ],
    [
      'a dual one has the rules of both, the extended ones first',
      { ...square, subType: 'dual/square', normal: 2, expectedNormal: 1, extended: 101 },
      'extended: value 101 is not between 0 and 100',
      'normal: value 2 is not between 0 and 1',
    ],
    [
      'an automated one that delivered nothing says what was expected',
      { ...automated, normal: 0 },
      'expectedNormal: value does not exist',
    ],
    [
      'an automated one delivers at most what was expected',
      { ...automated, expectedNormal: 0.5 },
      'expectedNormal: value 0.5 is not between 1 and 100',
    ],
    [
      'an amount out of range is no bound',
      { ...automated, normal: 101, expectedNormal: 0.5 },
      'normal: value 101 is not between 0 and 100',
    ],
  ])
})

describe('basal', () => {
  const temp = { deliveryType: 'temp', duration: 10, rate: 1 }
  const scheduled = { type: 'basal', deliveryType: 'scheduled', rate: 1 }
  const suppressing = (...deliveryTypes: string[]): object | undefined => {
    const [deliveryType, ...rest] = deliveryTypes
    if (deliveryType === undefined) return undefined
    return { ...scheduled, deliveryType, ...(rest.length > 0 && { suppressed: suppressing(...rest) }) }
  }
  rules('basal', [
    ['what is expected is not shorter', { ...temp, expectedDuration: 10 }],
    [
      'a shorter expectation is a fault of the expectation',
      { ...temp, expectedDuration: 9 },
      'expectedDuration: value 9 is not between 10 and 604800000',
    ],
    [
      'a temp needs its rate beside a percentage',
      { deliveryType: 'temp', duration: 1, percent: 0.5 },
      'rate: value does not exist',
    ],
    ['a percentage is a factor', { ...temp, percent: 10.5 }, 'percent: value 10.5 is not between 0 and 10'],
    [
      'a temp takes the place of an automated that took that of a scheduled',
      { ...temp, suppressed: suppressing('automated', 'scheduled') },
    ],
    [
      'but not of another temp',
      { ...temp, suppressed: suppressing('temp') },
      'suppressed/deliveryType: value "temp" is not one of ["automated", "scheduled"]',
    ],
    [
      'a suspension takes the place of all three',
      { deliveryType: 'suspend', duration: 1, suppressed: suppressing('temp', 'automated', 'scheduled') },
    ],
    [
      'an automated one only that of a scheduled one',
      { ...temp, deliveryType: 'automated', suppressed: suppressing('automated') },
      'suppressed/deliveryType: value "automated" is not one of ["scheduled"]',
    ],
    [
      'a fault at a depth has its whole path',
      { ...temp, suppressed: { ...suppressing('automated'), suppressed: { ...scheduled, rate: -1 } } },
      'suppressed/suppressed/rate: value -1 is not between 0 and 100',
    ],
    [
      'what is suppressed is a basal',
      { ...temp, suppressed: { ...scheduled, type: 'bolus' } },
      'suppressed/type: value "bolus" is not one of ["basal"]',
    ],
  ])

  test('[DT-basal-3] of what is suppressed, and by a scheduled or a suspended one, the rest is dropped', () => {
    const parsed = parseData(
      [
        { type: 'basal', time, ...temp, suppressed: { ...scheduled, time, duration: 3, id: 'x' } },
        { type: 'basal', time, ...temp, deliveryType: 'scheduled', suppressed: 'anything' },
        { type: 'basal', time, deliveryType: 'suspend', duration: 1, rate: 'anything' },
      ],
      { idFor },
    )
    assert.ok('data' in parsed)
    assert.deepEqual(
      parsed.data.map(({ body }) => body),
      [
        { type: 'basal', time, ...temp, suppressed: scheduled },
        { type: 'basal', time, ...temp, deliveryType: 'scheduled' },
        { type: 'basal', time, deliveryType: 'suspend', duration: 1 },
      ],
    )
  })
})

rules('cbg', [
  [
    'units of a rate go with a rate',
    { units: 'mg/dL', value: 1, trendRateUnits: 'mg/dL/minute' },
    'trendRateUnits: value exists',
  ],
  [
    'unknown units of a missing rate are told once',
    { units: 'mg/dL', value: 1, trendRateUnits: 'x' },
    'trendRateUnits: value exists',
  ],
  [
    'a rate has the range of its units',
    { units: 'mg/dL', value: 1, trendRate: 5.6, trendRateUnits: 'mmol/L/minute' },
    'trendRate: value 5.6 is not between -5.5 and 5.5',
  ],
  [
    'unknown units are the only fault',
    { units: 'g/L', value: 1e9 },
    'units: value "g/L" is not one of ["mmol/L", "mmol/l", "mg/dL", "mg/dl"]',
  ],
  ['1000 mg/dL pass, though they are more than 55 mmol/L', { units: 'mg/dL', value: 1000 }],
  [
    'the first instant of year 1 is no time',
    { units: 'mg/dL', value: 1, time: '0001-01-01T01:00:00+01:00' },
    'time: value is empty',
  ],
  [
    'nor is it in an origin',
    { units: 'mg/dL', value: 1, origin: { time: '0001-01-01T00:00:00Z' } },
    'origin/time: value is empty',
  ],
  [
    'a place has a name or coordinates',
    { units: 'mg/dL', value: 1, location: { x: 1 } },
    'location: values do not exist for any of ["gps", "name"]',
  ],
])

rules('food', [
  ['another meal has a name', { meal: 'other', mealOther: 'tea' }],
  ['without it, it is not said which', { meal: 'other' }, 'mealOther: value does not exist'],
  ['a known meal has none', { meal: 'lunch', mealOther: '' }, 'mealOther: value exists'],
  [
    'an amount is not negative',
    { amount: { units: 'g', value: -0.5 } },
    'amount/value: value -0.5 is not greater than or equal to 0',
  ],
])

rules('reportedState', [
  ['there may be no states', { states: [] }],
  ['another state has a name', { states: [{ state: 'other' }] }, 'states/0/stateOther: value does not exist'],
  [
    'a known one has none',
    { states: [{ state: 'stress', stateOther: 'x' }] },
    'states/0/stateOther: value exists',
  ],
  ['a missing one is a fault', { states: [null] }, 'states/0: value does not exist'],
])

rules('physicalActivity', [
  ['another activity may have a name', { activityType: 'other' }],
  [
    'which is not empty',
    { activityType: 'other', activityTypeOther: '' },
    'activityTypeOther: value is empty',
  ],
  [
    'a known one has none',
    { activityType: 'yoga', activityTypeOther: 'x' },
    'activityTypeOther: value exists',
  ],
])

describe('insulin', () => {
  const simple = { actingType: 'rapid' }
  const compounds = [
    { amount: 1, formulation: { simple } },
    { amount: 2, formulation: { name: 'a' } },
  ]
  rules('insulin', [
    ['a formulation is simple, compound or a name', { formulation: { compounds } }],
    ['a name alone will do', { formulation: { name: 'a' } }],
    ['nothing will not', { formulation: {} }, 'formulation/simple: value does not exist'],
    ['it is not both', { formulation: { simple, compounds } }, 'formulation/compounds: value exists'],
    [
      'a compound is made of formulations',
      { formulation: { compounds: [{ amount: -1, formulation: {} }, null] } },
      'formulation/compounds/0/amount: value -1 is not greater than or equal to 0',
      'formulation/compounds/0/formulation/simple: value does not exist',
      'formulation/compounds/1: value does not exist',
    ],
  ])
})
