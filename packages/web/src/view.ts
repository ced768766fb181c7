import type { GlucoseUnits, TargetGroup } from '@tidegauge/stats'
import { createContext, useCallback, useContext, useMemo } from 'react'
import { useSearchParams } from 'wouter'
import { useSignedIn } from './session.tsx'

/** How somebody likes to see things, wherever they look from; kept with their account. */
export interface Preferences {
  units: GlucoseUnits
  /** IANA name; that of the browser unless set. */
  zone: string
  theme: 'auto' | 'light' | 'dark'
  palette: 'consensus' | 'colour-blind'
  /** Whose aims: of most people, of older ones, in pregnancy. */
  aims: TargetGroup
}

export const defaultPreferences: Preferences = {
  units: 'mg/dL',
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  theme: 'auto',
  palette: 'consensus',
  aims: 'standard',
}

export const PreferencesContext = createContext<{
  preferences: Preferences
  change(changes: Partial<Preferences>): Promise<void>
}>({ preferences: defaultPreferences, change: async () => undefined })

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
  set(changes: {
    user?: string | undefined
    from?: Date | undefined
    to?: Date | undefined
    units?: undefined
  }): void
  /** The address of another page with the same view. */
  link(path: string, changes?: { from?: Date; to?: Date }): string
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
          // A link to a time shows the same to everybody who may see it.
          if (changes.from) for (const [name, value] of Object.entries(shared)) after.set(name, value)
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
        const query = new URLSearchParams(text)
        for (const name of ['from', 'to', 'units', 'zone']) query.delete(name)
        if (query.get('user') === session.userId) query.delete('user')
        for (const [name, value] of Object.entries(changes)) query.set(name, value.toISOString())
        const search = query.toString()
        return search === '' ? path : `${path}?${search}`
      },
    }),
    [userId, session.userId, shownUnits, zone, preferences.aims, fromMs, toMs, set, text],
  )
}

function zoneOf(text: string | null): string | undefined {
  try {
    if (text !== null) return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    // A link with a zone that this browser does not know.
  }
  return undefined
}
