import type { Profile, Stats } from '@tidegauge/stats'
import { useLoaded } from './load.ts'
import { useSignedIn } from './session.tsx'
import type { View } from './view.ts'

export interface Wanted {
  from?: Date | undefined
  to?: Date | undefined
}

const keyOf = (view: View, { from, to }: Wanted) =>
  [view.userId, view.units, view.zone, from?.getTime() ?? '', to?.getTime() ?? ''].join(' ')

/** Every number of a window, as the server counts it: the same as in the terminal and in any program. */
export function useStats(view: View, window: Wanted = {}) {
  const { client } = useSignedIn()
  return useLoaded(`stats ${keyOf(view, window)}`, async (signal) => {
    const query = { userId: view.userId, units: view.units, timeZone: view.zone, ...window, signal }
    return (await client.stats(query)) as unknown as Stats
  })
}

/** The profile of a day. */
export function useProfile(
  view: View,
  shape: Wanted & {
    percentiles: readonly number[]
    binMinutes: number
    weekdays?: readonly number[] | undefined
  },
) {
  const { client } = useSignedIn()
  const { percentiles, binMinutes, weekdays } = shape
  const key = `agp ${keyOf(view, shape)} ${percentiles.join()} ${binMinutes} ${weekdays?.join() ?? ''}`
  return useLoaded(key, async (signal) => {
    const query = { userId: view.userId, units: view.units, timeZone: view.zone, ...shape, signal }
    return (await client.agp(query)) as unknown as Profile
  })
}
