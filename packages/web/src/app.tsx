import { lazy, Suspense, useEffect } from 'react'
import { Link, Route, Switch, useLocation } from 'wouter'
import { Live } from './live.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { CopyLink } from './parts/copy-link.tsx'
import { FaultBoundary } from './parts/fault-boundary.tsx'
import { PersonPicker } from './parts/person-picker.tsx'
import { WithPreferences } from './preferences.tsx'
import { SessionGate, useSignedIn } from './session.tsx'
import { useView } from './view.ts'

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
