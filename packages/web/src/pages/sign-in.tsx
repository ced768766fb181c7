import { createClient, isTidegaugeError, type Session } from '@tidegauge/client'
import { type FormEvent, useEffect, useId, useState } from 'react'
import { said } from '../load.ts'

/** Signing in; on a server without an account, making the first. */
export function SignIn({ onSession }: { onSession: (session: Session, stay: boolean) => void }) {
  const [server, setServer] = useState<{ open: boolean; first: boolean } | undefined>()
  const [isNew, setIsNew] = useState(false)
  const [error, setError] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)
  const hint = useId()
  useEffect(() => {
    document.title = 'Sign in · Tidegauge'
    fetch('/v1/sign-up')
      .then((answer) => answer.json())
      .then((state) => {
        setServer(state)
        setIsNew(state.open && state.first)
      })
      .catch(() => setError('The server cannot be reached.'))
  }, [])
  useEffect(() => {
    const demo = demoCredentials()
    if (!demo) return
    history.replaceState(null, '', location.pathname)
    createClient({ baseUrl: location.origin })
      .login(demo)
      .then((session) => onSession(session, false))
      .catch((problem: unknown) => setError(said(problem)))
  }, [onSession])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [username, password] = [String(form.get('username')), String(form.get('password'))]
    setIsBusy(true)
    setError(undefined)
    try {
      const client = createClient({ baseUrl: location.origin })
      const session = isNew
        ? await client.signUp({ username, password })
        : await client.login({ username, password })
      onSession(session, form.get('stay') !== null)
    } catch (problem) {
      setError(
        isTidegaugeError(problem, 'login-refused') ? 'The address or the password is wrong.' : said(problem),
      )
      setIsBusy(false)
    }
  }
  return (
    <main className="sign-in">
      <p className="brand">
        <img src="/icon.svg" alt="" width="40" height="40" /> Tidegauge
      </p>
      <h1>{isNew ? (server?.first ? 'Welcome. Make the first account' : 'Make an account') : 'Sign in'}</h1>
      {isNew && server?.first && (
        <p>
          This server is new. The account that you make now is yours; after it, nobody else can make one by
          themselves.
        </p>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <label>
          E-mail address
          <input name="username" type="email" autoComplete="username" required />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autoComplete={isNew ? 'new-password' : 'current-password'}
            minLength={isNew ? 8 : undefined}
            aria-describedby={isNew ? hint : undefined}
            required
          />
        </label>
        {isNew && (
          <p className="hint" id={hint}>
            At least 8 characters without spaces. Several words with dashes between them are easy to keep in
            mind and hard to guess.
          </p>
        )}
        <label className="check">
          <input name="stay" type="checkbox" /> Stay signed in on this device
        </label>
        {error !== undefined && (
          <p className="error" role="alert">
            {error}
          </p>
        )}
        <button type="submit" disabled={isBusy}>
          {isNew ? 'Make the account' : 'Sign in'}
        </button>
      </form>
      {server?.open && (
        <button type="button" className="quiet" onClick={() => setIsNew(!isNew)}>
          {isNew ? 'I have an account' : 'Make an account'}
        </button>
      )}
      <p className="small">Not a medical device. No dosing advice.</p>
    </main>
  )
}

/** `tidegauge demo` opens the page so, on this device alone and for a person who does not exist alone. */
function demoCredentials(): { username: string; password: string } | undefined {
  const key = /^#demo=([\w-]+)$/.exec(location.hash)?.[1]
  if (key === undefined || !['localhost', '127.0.0.1', '[::1]'].includes(location.hostname)) return undefined
  try {
    const { username, password } = JSON.parse(atob(key.replaceAll('-', '+').replaceAll('_', '/')))
    return username === 'demo@example.org' ? { username, password } : undefined
  } catch {
    return undefined
  }
}
