import type { GlucoseUnits, TargetGroup } from '@tidegauge/stats'
import { useCallback, useContext, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { PreferencesContext } from './preferences.tsx'
import { useSignedIn } from './session.tsx'

/** What the address says of the view: whose data, which time, zone and units. A link shows the same to everybody who may. */
export interface View {
  userId: string
  isOwn: boolean
  units: GlucoseUnits
  zone: string
  /** Of who looks. */
  aims: TargetGroup
  from: Date | undefined
  to: Date | undefined
  /** Changes what the address says; undefined takes it out. */
  set(changes: Readonly<Record<string, string | Date | undefined>>): void
  /** The address of another page with the same view. */
  link(path: string, changes?: { from?: Date; to?: Date }): string
  /** The whole address of what is shown now, for somebody else. */
  here(): string
}

export function useView(): View {
  const { session } = useSignedIn()
  const { preferences } = useContext(PreferencesContext)
  const [search, setSearch] = useSearchParams()
  const instant = (name: string) => {
    const ms = Date.parse(search.get(name) ?? '')
    return Number.isNaN(ms) ? undefined : new Date(ms)
  }
  const units = search.get('units')
  const fromMs = instant('from')?.getTime()
  const toMs = instant('to')?.getTime()
  const userId = search.get('user') ?? session.userId
  const zone = zoneOf(search.get('zone')) ?? preferences.zone
  const text = search.toString()
  const shownUnits = units === 'mg/dL' || units === 'mmol/L' ? units : preferences.units
  const shared = useMemo(() => ({ user: userId, units: shownUnits, zone }), [userId, shownUnits, zone])
  const set = useCallback<View['set']>(
    (changes) => {
      setSearch(
        (before) => {
          const after = new URLSearchParams(before)
          // What was chosen shows the same to everybody who follows the link and may see it.
          const isChoice = Object.entries(changes).some(([name, value]) => name !== 'user' && value)
          if (isChoice) for (const [name, value] of Object.entries(shared)) after.set(name, value)
          for (const [name, value] of Object.entries(changes)) {
            if (value === undefined) after.delete(name)
            else after.set(name, value instanceof Date ? value.toISOString() : value)
          }
          return after
        },
        { replace: true },
      )
    },
    [setSearch, shared],
  )
  return useMemo(
    () => ({
      userId,
      isOwn: userId === session.userId,
      units: shownUnits,
      zone,
      aims: preferences.aims,
      from: fromMs === undefined ? undefined : new Date(fromMs),
      to: toMs === undefined ? undefined : new Date(toMs),
      set,
      link(path, changes = {}) {
        const query = new URLSearchParams(userId === session.userId ? {} : { user: userId })
        for (const [name, value] of Object.entries(changes)) query.set(name, value.toISOString())
        const search = query.toString()
        return search === '' ? path : `${path}?${search}`
      },
      here() {
        const query = new URLSearchParams(text)
        for (const [name, value] of Object.entries(shared)) query.set(name, value)
        return `${location.origin}${location.pathname}?${query}`
      },
    }),
    [userId, session.userId, shownUnits, zone, preferences.aims, fromMs, toMs, set, text, shared],
  )
}

/** One of a few, which stands in the address too; what is not chosen does not. */
export function useChoice<T extends string>(
  name: string,
  options: readonly (readonly [value: T, text: string])[],
  otherwise: T,
): [T, (value: T) => void] {
  const [search] = useSearchParams()
  const { set } = useView()
  const asked = search.get(name)
  const value = options.find(([option]) => option === asked)?.[0] ?? otherwise
  const choose = useCallback(
    (chosen: T) => set({ [name]: chosen === otherwise ? undefined : chosen }),
    [set, name, otherwise],
  )
  return [value, choose]
}

function zoneOf(text: string | null): string | undefined {
  try {
    if (text !== null) return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    // A link with a zone that this browser does not know.
  }
  return undefined
}
