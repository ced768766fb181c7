import { rules } from '../../testing/rules.ts'

const anyPart =
  'values do not exist for any of ["basalDelivery", "battery", "bolusDelivery", "deliveryIndeterminant", "reservoir"]'

rules('pumpStatus', [
  ['some part of it must be there', {}, `: ${anyPart}`],
  [
    'that is told last',
    { timezoneOffset: 1e6, tags: [] },
    'tags: value is empty',
    'timezoneOffset: value 1000000 is not between -10080 and 10080',
    `: ${anyPart}`,
  ],
  ['a yes or no is a part', { deliveryIndeterminant: false }],
  [
    'what is scheduled has a time',
    { basalDelivery: { state: 'scheduled' } },
    'basalDelivery/time: value does not exist',
  ],
  [
    'what is just beginning has neither time nor dose',
    { basalDelivery: { state: 'resuming', time: '2024-03-01T08:00:00Z', dose: {} } },
    'basalDelivery/time: value exists',
    'basalDelivery/dose: value exists',
  ],
  [
    'what is temporary has a dose',
    { basalDelivery: { state: 'temporary' } },
    'basalDelivery/dose: value does not exist',
  ],
  [
    'a dose does not end before it began',
    {
      basalDelivery: {
        state: 'temporary',
        dose: { rate: 1, startTime: '2024-03-01T08:00:00Z', endTime: '2024-03-01T07:59:59Z' },
      },
    },
    'basalDelivery/dose/endTime: value "2024-03-01T07:59:59Z" is not after "2024-03-01T08:00:00Z"',
  ],
  [
    'nor does it end without having begun',
    { basalDelivery: { state: 'temporary', dose: { rate: 1, endTime: '2024-03-01T07:59:59Z' } } },
    'basalDelivery/dose/endTime: value exists',
  ],
  ['a bolus that runs has a dose', { bolusDelivery: { state: 'delivering', dose: { amount: 1 } } }],
  ['no other has', { bolusDelivery: { state: 'none', dose: {} } }, 'bolusDelivery/dose: value exists'],
  ['a full battery is at 1', { battery: { remaining: 1, units: 'percent' } }],
  ['units go with what remains', { battery: { remaining: 1 } }, 'battery/units: value does not exist'],
  [
    'and with nothing else',
    { battery: { units: 'percent' } },
    'battery/units: value exists',
    'battery: values do not exist for any of ["state", "remaining"]',
  ],
])

rules('controllerStatus', [
  ['a battery is needed', {}, 'battery: value does not exist'],
  [
    'of which something is known',
    { battery: { time: '2024-03-01T08:00:00Z' } },
    'battery: values do not exist for any of ["state", "remaining"]',
  ],
])
