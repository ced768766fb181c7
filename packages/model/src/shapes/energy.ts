import { quantity } from './quantity.ts'

/** Of food eaten or of an activity. */
export const energy = quantity({
  calories: [0, 10_000_000],
  joules: [0, 41_858_000],
  kilocalories: [0, 10_000],
  kilojoules: [0, 41_858],
})
