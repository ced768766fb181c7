import { hash, randomBytes } from 'node:crypto'
import { type PersonSession, type Store, StoreUnavailable } from '../store/port.ts'

const DAY_MS = 86_400_000
const SESSION_MS = 30 * DAY_MS
/** A session in use is prolonged when it has lost this much of its life: one write a day, not one a request. */
const PROLONG_AFTER_MS = DAY_MS
/** After a refresh the old token still works this long: several tabs refresh at once (http.md §1.3). */
const OVERLAP_MS = 5 * 60_000
/** Of a program, as it says it of itself. */
const LONGEST_NAME = 200

export interface MadeSession {
  token: string
  session: PersonSession
}

export interface Sessions {
  /** A new session that is not stored yet. */
  make(userId: string, userAgent: string): MadeSession
  /** A new session; the token is known to the caller alone, the store has its hash. */
  open(userId: string, userAgent: string): Promise<{ token: string; expiresMs: number }>
  /** Who a token stands for, or undefined; prolongs the session (30 days, rolling). */
  find(token: string): Promise<PersonSession | undefined>
  /** A new token for the holder of a live one. */
  renew(session: PersonSession): Promise<{ token: string; expiresMs: number }>
  /** Ends the session, and those that it was refreshed from or to. */
  close(token: string): Promise<void>
  /** Ends all sessions of a person, but `keep` and those that it was refreshed from or to. */
  closeAll(userId: string, keep?: PersonSession): Promise<void>
}

export function createSessions(store: Store, now: () => number): Sessions {
  type SignedIn = Pick<PersonSession, 'userId' | 'lineage' | 'app' | 'createdMs'>
  const make = (signIn: SignedIn): MadeSession => {
    const token = randomBytes(32).toString('base64url')
    const hash = tokenHash(token)
    return { token, session: { lineage: hash, ...signIn, tokenHash: hash, expiresMs: now() + SESSION_MS } }
  }
  const open = async (signIn: SignedIn) => {
    const { token, session } = make(signIn)
    await store.createSession(session)
    return { token, expiresMs: session.expiresMs }
  }
  const signedIn = (userId: string, userAgent: string): SignedIn => {
    const app = userAgent.trim().slice(0, LONGEST_NAME)
    return { userId, createdMs: now(), ...(app !== '' && { app }) }
  }
  const prolong = async (session: PersonSession, expiresMs: number): Promise<PersonSession> => {
    try {
      // Only from the end that was seen: a refresh may have brought it near meanwhile.
      await store.setSessionExpiry(session.tokenHash, expiresMs, session.expiresMs)
      return { ...session, expiresMs }
    } catch (error) {
      // A full disk must not keep anybody from reading; the next request tries again.
      if (error instanceof StoreUnavailable) return session
      throw error
    }
  }
  return {
    make: (userId, userAgent) => make(signedIn(userId, userAgent)),
    open: (userId, userAgent) => open(signedIn(userId, userAgent)),
    async find(token) {
      const session = await store.session(tokenHash(token))
      if (!session || 'service' in session || session.expiresMs <= now()) return undefined
      const renewedMs = now() + SESSION_MS
      // Short-lived ones (a replaced token in its overlap) are left to end.
      const isFullLength = session.expiresMs - now() > OVERLAP_MS
      if (isFullLength && renewedMs - session.expiresMs > PROLONG_AFTER_MS) {
        return prolong(session, renewedMs)
      }
      return session
    },
    async renew(session) {
      const { userId, lineage, app, createdMs } = session
      // The same sign-in goes on.
      const fresh = await open({ userId, createdMs, ...(lineage && { lineage }), ...(app && { app }) })
      await store.setSessionExpiry(session.tokenHash, Math.min(session.expiresMs, now() + OVERLAP_MS))
      return fresh
    },
    async close(token) {
      await store.deleteSession(tokenHash(token))
    },
    closeAll: (userId, keep) =>
      store.deleteSessionsOf({ userId, ...(keep && { exceptTokenHash: keep.tokenHash }) }),
  }
}

/** To the day: a session is prolonged no more often. */
export function lastUsedMs({ expiresMs, createdMs }: PersonSession): number {
  return Math.max(createdMs, expiresMs - SESSION_MS)
}

function tokenHash(token: string): string {
  return hash('sha256', token)
}
