import assert from 'node:assert/strict'
import { TidegaugeError } from '../src/errors.ts'

/** The `TidegaugeError` that `promise` rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<TidegaugeError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(outcome instanceof TidegaugeError, `expected a TidegaugeError, got ${String(outcome)}`)
  return outcome
}
