import type { Range } from '../fields/number.ts'

/** So many hours in the units that durations of settings come in. */
export function upToHours(hours: number): Readonly<Record<'hours' | 'minutes' | 'seconds', Range>> {
  return { hours: [0, hours], minutes: [0, hours * 60], seconds: [0, hours * 3600] }
}
