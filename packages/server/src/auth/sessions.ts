import { hash, randomBytes } from 'node:crypto'
import { type Session, type Store, StoreUnavailable } from '../store/port.ts'

const DAY_MS = 86_400_000
export const SESSION_MS = 30 * DAY_MS
/** A session in use is prolonged when it has lost this much of its life: one write a day, not one a request. */
const PROLONG_AFTER_MS = DAY_MS
/** After a refresh the old token still works this long: several tabs refresh at once (http.md §1.3). */
const OVERLAP_MS = 5 * 60_000

export interface Sessions {
  /** A new session; the token is known to the caller alone, the store has its hash. */
  open(userId: string): Promise<{ token: string; expiresMs: number }>
  /** Who a token stands for, or undefined; prolongs the session (30 days, rolling). */
  find(token: string): Promise<Session | undefined>
  /** A new token for the holder of a live one. */
  renew(session: Session): Promise<{ token: string; expiresMs: number }>
  close(token: string): Promise<void>
}

export function createSessions(store: Store, now: () => number): Sessions {
  const open: Sessions['open'] = async (userId) => {
    const token = randomBytes(32).toString('base64url')
    const createdMs = now()
    const expiresMs = createdMs + SESSION_MS
    await store.createSession({ tokenHash: tokenHash(token), userId, createdMs, expiresMs })
    return { token, expiresMs }
  }
  const prolong = async (session: Session, expiresMs: number): Promise<Session> => {
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
    open,
    async find(token) {
      const session = await store.session(tokenHash(token))
      if (!session || session.expiresMs <= now()) return undefined
      const renewedMs = now() + SESSION_MS
      // Short-lived ones (a replaced token in its overlap) are left to end.
      const isFullLength = session.expiresMs - now() > OVERLAP_MS
      if (isFullLength && renewedMs - session.expiresMs > PROLONG_AFTER_MS) {
        return prolong(session, renewedMs)
      }
      return session
    },
    async renew(session) {
      const fresh = await open(session.userId)
      await store.setSessionExpiry(session.tokenHash, Math.min(session.expiresMs, now() + OVERLAP_MS))
      return fresh
    },
    async close(token) {
      await store.deleteSession(tokenHash(token))
    },
  }
}

function tokenHash(token: string): string {
  return hash('sha256', token)
}
