import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { delayAfter, mayRepeat, retryPolicy } from './backoff.ts'
import { type ErrorKind, TidegaugeError } from './errors.ts'

const failed = new TidegaugeError('server-failed', 'x', { status: 503 })

test('[CL-12] a wait is spread evenly below a bound that doubles up to a limit', () => {
  const at = (random: number) =>
    retryPolicy({ maxTries: 10, baseDelayMs: 100, maxDelayMs: 1000 }, () => random)
  const bounds = [1, 2, 3, 4, 5, 6].map((attempt) => delayAfter(failed, attempt, at(0.999999)))
  assert.deepEqual(bounds, [100, 200, 400, 800, 1000, 1000])
  assert.deepEqual(
    [1, 4].map((attempt) => delayAfter(failed, attempt, at(0))),
    [0, 0],
  )
  assert.deepEqual(
    [1, 4].map((attempt) => delayAfter(failed, attempt, at(0.5))),
    [50, 400],
  )
})

test('[CL-12] tries are bounded', () => {
  assert.equal(delayAfter(failed, 3, retryPolicy({ maxTries: 3 })), undefined)
  assert.notEqual(delayAfter(failed, 2, retryPolicy({ maxTries: 3 })), undefined)
})

test('[CL-13] a wait is never shorter than the server asked, and a too long one is not begun', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 600_000 }),
      fc.integer({ min: 1, max: 5 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (retryAfterMs, attempt, random) => {
        const limited = new TidegaugeError('rate-limited', 'x', { status: 429, retryAfterMs })
        const delayMs = delayAfter(
          limited,
          attempt,
          retryPolicy({}, () => random),
        )
        if (retryAfterMs > 300_000) return delayMs === undefined
        return delayMs !== undefined && delayMs >= retryAfterMs && delayMs <= retryAfterMs + 30_000
      },
    ),
  )
})

test('[CL-11] what passes by waiting is repeated; what may have been done already only where that is safe', () => {
  const outcome = (kind: ErrorKind, status?: number) => {
    const error = new TidegaugeError(kind, 'x', { status })
    return [mayRepeat(error, true), mayRepeat(error, false)]
  }
  assert.deepEqual(outcome('network'), [true, false])
  assert.deepEqual(outcome('timeout'), [true, false])
  assert.deepEqual(outcome('timeout', 408), [true, false])
  assert.deepEqual(outcome('truncated'), [true, false])
  assert.deepEqual(outcome('rate-limited', 429), [true, true])
  for (const status of [500, 502, 503, 504]) assert.deepEqual(outcome('server-failed', status), [true, false])
  for (const status of [501, 505]) assert.deepEqual(outcome('server-failed', status), [false, false])
  const final: ErrorKind[] = [
    'invalid',
    'session-expired',
    'not-allowed',
    'data-set-closed',
    'too-large',
    'aborted',
  ]
  for (const kind of final) assert.deepEqual(outcome(kind), [false, false])
})
