import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFaults } from './faults.ts'

const shapes: [name: string, body: unknown, expected: Partial<ReturnType<typeof readFaults>>][] = [
  [
    'E1',
    {
      errors: [
        {
          code: 'data-set-closed',
          title: 'data set with specified id is closed for new data',
          detail: 'Data set with id 0f is closed for new data',
          status: '409',
        },
      ],
      meta: { trace: { request: '6f1e', session: 'a1' } },
    },
    {
      code: 'data-set-closed',
      problems: [
        {
          code: 'data-set-closed',
          title: 'data set with specified id is closed for new data',
          detail: 'Data set with id 0f is closed for new data',
          pointer: '',
        },
      ],
      trace: { request: '6f1e', session: 'a1' },
    },
  ],
  [
    'E2, one',
    {
      code: 'value-out-of-range',
      title: 'value is out of range',
      detail: 'value 61 is not between 0 and 55',
      source: { pointer: '/3/value' },
      meta: { type: 'cbg' },
    },
    {
      code: 'value-out-of-range',
      problems: [
        {
          code: 'value-out-of-range',
          title: 'value is out of range',
          detail: 'value 61 is not between 0 and 55',
          pointer: '/3/value',
          meta: { type: 'cbg' },
        },
      ],
      trace: {},
    },
  ],
  [
    'E2, several, one without a title',
    {
      errors: [
        { code: 'value-not-exists', detail: 'value does not exist', source: { pointer: '/0/time' } },
        { code: 'type-not-object', title: 'type is not object', detail: 'is int', source: { pointer: '/1' } },
      ],
    },
    {
      code: 'value-not-exists',
      problems: [
        { code: 'value-not-exists', title: '', detail: 'value does not exist', pointer: '/0/time' },
        { code: 'type-not-object', title: 'type is not object', detail: 'is int', pointer: '/1' },
      ],
    },
  ],
  [
    'E3',
    { code: 401, reason: 'No user matched the given details' },
    { code: '401', problems: [problem('401', 'No user matched the given details')] },
  ],
  [
    'E4',
    { status: 403, id: 'abc-1', code: 'data_cant_view', message: 'user is not authorized to view data' },
    {
      code: 'data_cant_view',
      problems: [problem('data_cant_view', 'user is not authorized to view data')],
      trace: { request: 'abc-1' },
    },
  ],
  [
    'E5',
    { statusCode: 400, message: 'bad upload' },
    { code: '400', problems: [problem('400', 'bad upload')] },
  ],
  ['E6', { Error: 'Resource not found' }, { code: undefined, problems: [problem('', 'Resource not found')] }],
  ['E7', 'Unauthorized', { code: undefined, problems: [] }],
  [
    'E8',
    { error: 'invalid_grant', error_description: 'Token is not active' },
    { code: 'invalid_grant', problems: [problem('invalid_grant', 'Token is not active')] },
  ],
  ['something else', { hello: 'world' }, { code: undefined, problems: [], trace: {} }],
]

for (const [name, body, expected] of shapes) {
  test(`[CL-15] an error body of shape ${name} is understood`, () => {
    const faults = readFaults(JSON.stringify(body))
    assert.deepEqual({ ...faults, ...expected }, faults)
  })
}

test('[CL-15] what is no JSON names no fault', () => {
  for (const text of ['', '<html>502</html>', 'Unauthorized', '{"code":']) {
    assert.deepEqual(readFaults(text), { code: undefined, problems: [], trace: {} })
  }
})

function problem(code: string, title: string) {
  return { code, title, detail: title, pointer: '' }
}
