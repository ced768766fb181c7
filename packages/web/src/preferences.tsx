import type { GlucoseUnits, TargetGroup } from '@tidegauge/stats'
import { createContext, type ReactNode, useCallback, useEffect, useMemo, useState } from 'react'
import { keepPreferences, keptPreferences } from './kept-preferences.ts'
import { Refusal, type SignedIn, useSignedIn } from './session.tsx'

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

/** Those of the account, and until they have come those that this device knows of the same person. */
export function WithPreferences({ children }: { children: ReactNode }) {
  const { call, session } = useSignedIn()
  const { userId } = session
  const [preferences, setPreferences] = useState<Preferences>(() => ({
    ...defaultPreferences,
    ...keptPreferences(userId),
  }))
  const keep = useCallback(
    (changes: Partial<Preferences>) => {
      keepPreferences(userId, changes)
      setPreferences((before) => ({ ...before, ...changes }))
    },
    [userId],
  )
  const stored = useCallback(
    (name: 'settings' | 'preferences') => storedMetadata(call, userId, name),
    [call, userId],
  )
  useEffect(() => {
    const load = async () => {
      const [settings, own] = await Promise.all([stored('settings'), stored('preferences')])
      const [{ units }, { tidegauge }] = [settings as Settings, own as OwnPreferences]
      keep({ ...tidegauge, ...((units?.bg === 'mg/dL' || units?.bg === 'mmol/L') && { units: units.bg }) })
    }
    // What the device knows does until the server can be asked.
    load().catch(() => undefined)
  }, [stored, keep])
  useEffect(() => {
    const { dataset } = document.documentElement
    dataset.theme = preferences.theme
    dataset.palette = preferences.palette
    return () => {
      // Whoever comes next has their own.
      delete dataset.theme
      delete dataset.palette
    }
  }, [preferences.theme, preferences.palette])
  const value = useMemo(
    () => ({
      preferences,
      async change({ units, ...rest }: Partial<Preferences>) {
        keep({ ...rest, ...(units && { units }) })
        // What else is stored there, of this page or of other programs, stays.
        if (units) {
          const before = (await stored('settings')) as Settings
          await call('PUT', `/metadata/${userId}/settings`, { units: { ...before.units, bg: units } })
        }
        if (Object.keys(rest).length > 0) {
          const before = (await stored('preferences')) as OwnPreferences
          const tidegauge = { ...before.tidegauge, ...rest }
          await call('PUT', `/metadata/${userId}/preferences`, { tidegauge })
        }
      },
    }),
    [preferences, keep, call, stored, userId],
  )
  return <PreferencesContext value={value}>{children}</PreferencesContext>
}

/** Units are where the protocol's other clients look for them. */
interface Settings {
  units?: { bg?: unknown }
}

interface OwnPreferences {
  tidegauge?: Partial<Preferences>
}

/** What an account has stored under a name; nothing yet is an empty object. */
async function storedMetadata(call: SignedIn['call'], userId: string, name: string): Promise<object> {
  try {
    return (await call('GET', `/metadata/${userId}/${name}`)) as object
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return {}
    throw error
  }
}
