import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Problem } from '../wire.ts'
import { exists } from './fault.ts'
import { placeOfBody } from './place.ts'

test('[DT-6] a place is a JSON pointer with ~0 and ~1', () => {
  const problems: Problem[] = []
  const at = placeOfBody(problems).in(3).of({ type: 'cbg' })
  at.in('a/b~c').in('').report(exists)
  at.in('\ud800').report(exists)
  assert.deepEqual(
    problems.map(({ pointer }) => pointer),
    ['/3/a~1b~0c/', '/3/\ufffd'],
  )
  assert.deepEqual(problems[0]?.meta, { type: 'cbg' })
})
