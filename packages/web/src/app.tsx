import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { Live } from './live.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { FaultBoundary } from './parts/fault-boundary.tsx'
import { PersonPicker } from './parts/person-picker.tsx'
import { PREFERENCES, Refusal, SessionGate, type SignedIn, useSignedIn } from './session.tsx'
import { defaultPreferences, type Preferences, PreferencesContext, useView } from './view.ts'

const Now = lazy(() => import('./pages/now.tsx'))
const Day = lazy(() => import('./pages/day.tsx'))
const Patterns = lazy(() => import('./pages/patterns.tsx'))
const Calendar = lazy(() => import('./pages/calendar.tsx'))
const Report = lazy(() => import('./pages/report.tsx'))
const Records = lazy(() => import('./pages/records.tsx'))
const People = lazy(() => import('./pages/people.tsx'))
const Account = lazy(() => import('./pages/account.tsx'))

const pages = [
  { path: '/', name: 'Now', page: Now },
  { path: '/day', name: 'Day', page: Day },
  { path: '/patterns', name: 'Patterns', page: Patterns },
  { path: '/calendar', name: 'Calendar', page: Calendar },
  { path: '/report', name: 'Report', page: Report },
  { path: '/records', name: 'Data', page: Records },
  { path: '/people', name: 'People', page: People },
  { path: '/account', name: 'Account', page: Account },
] as const

export function App() {
  return (
    <SessionGate otherwise={(onSession) => <SignIn onSession={onSession} />}>
      <WithPreferences>
        <Live>
          <Frame />
        </Live>
      </WithPreferences>
    </SessionGate>
  )
}

/** Those of the account, and until they have come those that this device knows of the same person. */
function WithPreferences({ children }: { children: React.ReactNode }) {
  const { call, session } = useSignedIn()
  const { userId } = session
  const [preferences, setPreferences] = useState<Preferences>(() => ({
    ...defaultPreferences,
    ...keptPreferences(userId),
  }))
  const keep = useCallback(
    (changes: Partial<Preferences>) => {
      localStorage.setItem(PREFERENCES, JSON.stringify({ ...keptPreferences(userId), ...changes, userId }))
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
      const { units } = (await stored('settings')) as Settings
      const { tidegauge } = (await stored('preferences')) as OwnPreferences
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

function keptPreferences(userId: string): Partial<Preferences> {
  const { userId: whose, ...kept } = JSON.parse(localStorage.getItem(PREFERENCES) ?? '{}')
  return whose === userId ? kept : {}
}

function Frame() {
  const [location] = useLocation()
  const view = useView()
  const { signOut } = useSignedIn()
  const current = pages.find(({ path }) => path === location)
  useEffect(() => {
    document.title = current ? `${current.name} · Tidegauge` : 'Tidegauge'
  }, [current])
  return (
    <>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <header className="top">
        <p className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" /> Tidegauge
        </p>
        <nav aria-label="Pages">
          <ul>
            {pages.map(({ path, name }) => (
              <li key={path}>
                <Link href={view.link(path)} aria-current={path === location ? 'page' : undefined}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <PersonPicker />
        <button type="button" className="quiet" onClick={() => void signOut()}>
          Sign out
        </button>
      </header>
      <main id="page" tabIndex={-1}>
        <FaultBoundary key={location}>
          <Suspense fallback={<p className="loading">Loading…</p>}>
            <Switch>
              {pages.map(({ path, page: Page }) => (
                <Route key={path} path={path}>
                  <Page />
                </Route>
              ))}
              <Route>
                <h1>There is no such page</h1>
                <p>
                  <Link href="/">Go to Now</Link>
                </p>
              </Route>
            </Switch>
          </Suspense>
        </FaultBoundary>
      </main>
      <footer>
        <CopyLink key={location} />
        <p>Not a medical device. No dosing advice.</p>
      </footer>
    </>
  )
}

/** For who shares what they see with somebody who may see it too. */
function CopyLink() {
  const view = useView()
  const [link, setLink] = useState<{ text: string; isCopied: boolean }>()
  const copy = async () => {
    const text = view.here()
    // Some browsers let nobody copy without https.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    setLink({ text, isCopied: isCopied ?? false })
  }
  return (
    <p>
      <button type="button" className="quiet" onClick={() => void copy()}>
        Copy a link to this view
      </button>{' '}
      <span role="status">
        {link && (link.isCopied ? 'Copied: whom you share with sees the same there.' : link.text)}
      </span>
    </p>
  )
}
