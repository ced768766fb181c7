import { rules } from '../../testing/rules.ts'

const alert = { name: 'low soon', issuedTime: '2024-03-01T08:00:00Z' }

rules('alert', [
  ['a name and when it was issued are enough', alert],
  ['one that waits says how long', { ...alert, trigger: 'delayed' }, 'triggerDelay: value does not exist'],
  ['one that repeats too', { ...alert, trigger: 'repeating', triggerDelay: 86_400 }],
  [
    'one at once does not wait',
    { ...alert, trigger: 'immediate', triggerDelay: 1 },
    'triggerDelay: value exists',
  ],
  ['nor does one of which nobody says when', { ...alert, triggerDelay: -1 }, 'triggerDelay: value exists'],
  ['a sound has a name', { ...alert, sound: 'name' }, 'soundName: value does not exist'],
  ['another has none', { ...alert, sound: 'vibrate', soundName: '' }, 'soundName: value exists'],
  [
    'nothing is acknowledged or retracted before it was issued',
    { ...alert, acknowledgedTime: '2024-03-01T07:59:59.990Z', retractedTime: '2024-02-29T08:00:00Z' },
    'acknowledgedTime: value "2024-03-01T07:59:59.99Z" is not after "2024-03-01T08:00:00Z"',
    'retractedTime: value "2024-02-29T08:00:00Z" is not after "2024-03-01T08:00:00Z"',
  ],
  [
    'at the same instant will do, in whatever zone',
    { ...alert, acknowledgedTime: '2024-03-01T09:00:00+01:00' },
  ],
  [
    'without the one time there is nothing to compare with',
    { name: 'a', acknowledgedTime: '0001-01-01T00:00:00Z' },
    'issuedTime: value does not exist',
  ],
])
