import type { Clock } from '../src/clock.ts'

/** A clock whose waits end at once and are remembered. */
export function fakeClock(): Clock & { waits: number[] } {
  const waits: number[] = []
  return {
    waits,
    now: () => Date.UTC(2026, 0, 5, 10),
    sleep: async (ms, signal) => {
      waits.push(ms)
      signal?.throwIfAborted()
    },
  }
}
