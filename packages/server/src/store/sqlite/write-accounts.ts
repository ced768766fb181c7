import type { DatabaseSync } from 'node:sqlite'
import type { Grant, Session, User, UserUpdate } from '../port.ts'

export interface NewUser {
  user: User
  onlyIfFirst: boolean
  session: Session | undefined
  grant: Grant | undefined
}

export interface NewExpiry {
  tokenHash: string
  expiresMs: number
  onlyIfExpiresMs: number | undefined
}

/** The writing verbs about accounts and sessions. Each runs inside a transaction that the caller holds. */
export function accountWrites(
  database: DatabaseSync,
  grants: { setPermissions(grant: Grant): 'set' | 'unknown-user' },
) {
  const anyUser = database.prepare("SELECT 1 FROM users WHERE id NOT LIKE 'deleted:%' LIMIT 1")
  const username = database.prepare('SELECT pk FROM users WHERE username = ?')
  const insertUser = database.prepare(`
    INSERT INTO users (id, username, emails, roles, password_hash, email_verified, terms_accepted, created_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const insertSession = database.prepare(
    'INSERT INTO sessions (token_hash, user, service, app, lineage, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const setExpiry = database.prepare(
    'UPDATE sessions SET expires_ms = ?1 WHERE token_hash = ?2 AND (?3 IS NULL OR expires_ms = ?3)',
  )
  const deleteSession = database.prepare(`DELETE FROM sessions
    WHERE token_hash = ?1 OR lineage = (SELECT lineage FROM sessions WHERE token_hash = ?1)`)
  const deleteSessionsOf =
    database.prepare(`DELETE FROM sessions WHERE user = (SELECT pk FROM users WHERE id = ?1)
    AND (?2 IS NULL OR (token_hash <> ?2
      AND lineage IS NOT (SELECT ifnull(lineage, '') FROM sessions WHERE token_hash = ?2)))`)
  const wordsOf = database.prepare(
    'SELECT grantee.id AS grantee_id, words FROM permissions JOIN users AS grantee ON grantee.pk = grantee WHERE user = ?',
  )
  const deleteOtherTokensOf = ['restricted_tokens', 'openid'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE user = (SELECT pk FROM users WHERE id = ?)`),
  )
  const deleteExpired = ['sessions', 'restricted_tokens', 'openid', 'confirmations'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE expires_ms < ?`),
  )

  const createSession = (session: Session): void => {
    const { tokenHash, lineage = null, createdMs, expiresMs } = session
    if ('service' in session) {
      insertSession.run(tokenHash, null, session.service, null, lineage, createdMs, expiresMs)
      return
    }
    const owner = user.get(session.userId)
    if (!owner) throw new Error('a session needs an account that exists')
    insertSession.run(tokenHash, Number(owner.pk), null, session.app ?? null, lineage, createdMs, expiresMs)
  }

  return {
    createUser({ user, onlyIfFirst, session, grant }: NewUser): 'created' | 'taken' | 'not-first' {
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
      if (grant && grants.setPermissions(grant) !== 'set')
        throw new Error('a grant needs a grantee that exists')
      return 'created'
    },

    updateUser({ userId, changes, endCustody }: UserUpdate): 'updated' | 'taken' | 'unknown-user' {
      const found = user.get(userId)
      if (!found) return 'unknown-user'
      const pk = Number(found.pk)
      const owner = changes.username === undefined ? undefined : username.get(changes.username)
      if (owner && Number(owner.pk) !== pk) return 'taken'
      const { emails, roles, emailVerified } = changes
      const columns: Record<string, string | number | undefined> = {
        username: changes.username,
        emails: emails && JSON.stringify(emails),
        roles: roles && JSON.stringify(roles),
        password_hash: changes.passwordHash,
        email_verified: emailVerified === undefined ? undefined : Number(emailVerified),
        terms_accepted: changes.termsAccepted,
      }
      for (const [column, value] of Object.entries(columns)) {
        if (value !== undefined)
          database.prepare(`UPDATE users SET ${column} = ? WHERE pk = ?`).run(value, pk)
      }
      if (endCustody) {
        for (const { grantee_id: granteeId, words } of wordsOf.all(pk)) {
          const permissions = (JSON.parse(String(words)) as Grant['permissions']).filter(
            (word) => word !== 'custodian',
          )
          grants.setPermissions({ userId, granteeId: String(granteeId), permissions })
        }
      }
      return 'updated'
    },

    deleteSessionsOf({ userId, exceptTokenHash }: { userId: string; exceptTokenHash?: string }): void {
      deleteSessionsOf.run(userId, exceptTokenHash ?? null)
      for (const statement of deleteOtherTokensOf) statement.run(userId)
    },

    createSession,

    setSessionExpiry({ tokenHash, expiresMs, onlyIfExpiresMs }: NewExpiry): void {
      setExpiry.run(expiresMs, tokenHash, onlyIfExpiresMs ?? null)
    },

    deleteSession(tokenHash: string): void {
      deleteSession.run(tokenHash)
    },

    deleteExpiredSessions(nowMs: number): void {
      for (const statement of deleteExpired) statement.run(nowMs)
    },
  }
}
