import type { DatabaseSync } from 'node:sqlite'
import type { Session, User } from '../port.ts'

export interface NewUser {
  user: User
  onlyIfFirst: boolean
  session: Session | undefined
}

export interface NewExpiry {
  tokenHash: string
  expiresMs: number
  onlyIfExpiresMs: number | undefined
}

/** The writing verbs about accounts and sessions. Each runs inside a transaction that the caller holds. */
export function accountWrites(database: DatabaseSync) {
  const anyUser = database.prepare('SELECT 1 FROM users LIMIT 1')
  const username = database.prepare('SELECT 1 FROM users WHERE username = ?')
  const insertUser = database.prepare(`
    INSERT INTO users (id, username, emails, roles, password_hash, email_verified, terms_accepted, created_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const insertSession = database.prepare(
    'INSERT INTO sessions (token_hash, user, service, lineage, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const setExpiry = database.prepare(
    'UPDATE sessions SET expires_ms = ?1 WHERE token_hash = ?2 AND (?3 IS NULL OR expires_ms = ?3)',
  )
  const deleteSession = database.prepare(`DELETE FROM sessions
    WHERE token_hash = ?1 OR lineage = (SELECT lineage FROM sessions WHERE token_hash = ?1)`)
  const deleteExpired = database.prepare('DELETE FROM sessions WHERE expires_ms < ?')

  const createSession = (session: Session): void => {
    const { tokenHash, lineage = null, createdMs, expiresMs } = session
    if ('service' in session) {
      insertSession.run(tokenHash, null, session.service, lineage, createdMs, expiresMs)
      return
    }
    const owner = user.get(session.userId)
    if (!owner) throw new Error('a session needs an account that exists')
    insertSession.run(tokenHash, Number(owner.pk), null, lineage, createdMs, expiresMs)
  }

  return {
    createUser({ user, onlyIfFirst, session }: NewUser): 'created' | 'taken' | 'not-first' {
      if (onlyIfFirst && anyUser.get()) return 'not-first'
      if (username.get(user.username)) return 'taken'
      insertUser.run(
        user.id,
        user.username,
        JSON.stringify(user.emails),
        JSON.stringify(user.roles),
        user.passwordHash,
        Number(user.emailVerified),
        user.termsAccepted ?? null,
        user.createdMs,
      )
      if (session) createSession(session)
      return 'created'
    },

    createSession,

    setSessionExpiry({ tokenHash, expiresMs, onlyIfExpiresMs }: NewExpiry): void {
      setExpiry.run(expiresMs, tokenHash, onlyIfExpiresMs ?? null)
    },

    deleteSession(tokenHash: string): void {
      deleteSession.run(tokenHash)
    },

    deleteExpiredSessions(nowMs: number): void {
      deleteExpired.run(nowMs)
    },
  }
}
