import { type Client, createClient, type Session } from '@tidegauge/client'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { forgetPreferences } from './kept-preferences.ts'
import { forgetViews } from './kept-views.ts'

/** Who is signed in on this device, and the SDK's client that speaks for them. */
export interface SignedIn {
  client: Client
  session: Session
  /** Beyond this window of the browser, as they have said when they signed in. */
  staysHere(): boolean
  /** A request to a route of the server that the SDK has no word for. Throws an error with what the server said. */
  call(method: string, path: string, body?: unknown): Promise<unknown>
  signOut(): Promise<void>
}

const KEY = 'tidegauge.session'

/** What the server said, in a sentence. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** There was no answer. */
export class Unreachable extends Error {}

const Context = createContext<SignedIn | undefined>(undefined)

export function useSignedIn(): SignedIn {
  const signedIn = useContext(Context)
  if (!signedIn) throw new Error('nobody is signed in here')
  return signedIn
}

function kept(): Session | undefined {
  const text = localStorage.getItem(KEY) ?? sessionStorage.getItem(KEY)
  return text === null ? undefined : JSON.parse(text)
}

/** Beyond this window of the browser only if somebody said so. */
function keep(session: Session | undefined, beyond: boolean): void {
  localStorage.removeItem(KEY)
  sessionStorage.removeItem(KEY)
  if (session) (beyond ? localStorage : sessionStorage).setItem(KEY, JSON.stringify(session))
}

const staysHere = () => localStorage.getItem(KEY) !== null

/** Shows the app to who is signed in, and `otherwise` to everybody else. */
export function SessionGate({
  children,
  otherwise,
}: {
  children: ReactNode
  otherwise: (onSession: (session: Session, stay: boolean) => void) => ReactNode
}) {
  const [session, setSession] = useState(kept)
  const forget = useCallback(() => {
    keep(undefined, false)
    forgetPreferences()
    // Without a place to keep views there is none to forget.
    forgetViews().catch(() => undefined)
    setSession(undefined)
  }, [])
  const signedIn = useMemo<SignedIn | undefined>(() => {
    if (!session) return undefined
    const client = createClient({
      baseUrl: location.origin,
      session,
      onSession: (fresh) => {
        if (fresh) keep(fresh, staysHere())
        else forget()
      },
    })
    return {
      client,
      session,
      staysHere,
      async call(method, path, body) {
        const answer = await fetch(path, {
          method,
          headers: {
            'x-tidepool-session-token': client.session?.token ?? session.token,
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }).catch((cause: unknown) => {
          throw new Unreachable('The server cannot be reached.', { cause })
        })
        const text = await answer.text()
        if (answer.status === 401) forget()
        if (!answer.ok)
          throw new Refusal(answer.status, sentenceOf(text) ?? `The server answered ${answer.status}.`)
        return text === '' ? undefined : parsed(text)
      },
      async signOut() {
        // Told or not: this device forgets.
        await client.logout().catch(() => undefined)
        forget()
      },
    }
  }, [session, forget])
  if (!signedIn) {
    return otherwise((fresh, stay) => {
      // Of somebody whose session has ended elsewhere something may have stayed.
      forgetViews().catch(() => undefined)
      keep(fresh, stay)
      setSession(fresh)
    })
  }
  return <Context value={signedIn}>{children}</Context>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function sentenceOf(text: string): string | undefined {
  const body = parsed(text) as { reason?: unknown; detail?: unknown; message?: unknown } | string
  if (typeof body === 'string') return body.length > 0 && body.length < 200 ? body : undefined
  const said = body.reason ?? body.detail ?? body.message
  return typeof said === 'string' ? said : undefined
}
