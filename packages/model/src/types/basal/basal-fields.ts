import { optional } from '../../fields/field.ts'
import { integer, number } from '../../fields/number.ts'

const WEEK_MS = { min: 0, max: 604_800_000 }

/** How long it ran, in milliseconds, and how long it would have if nothing had come between. */
export const durations = {
  duration: integer(WEEK_MS),
  expectedDuration: optional(integer({ ...WEEK_MS, atLeast: 'duration' })),
}

/** Units an hour. */
export const rate = number({ min: 0, max: 100 })

/** 1 is what is scheduled. The rate must be given beside it, and nobody looks whether the two agree. */
export const percent = number({ min: 0, max: 10 })
