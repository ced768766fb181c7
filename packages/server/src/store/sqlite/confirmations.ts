import type { DatabaseSync } from 'node:sqlite'
import type { Confirmation, ConfirmationType } from '../confirmations.ts'
import type { Grant } from '../permissions.ts'

interface Row {
  key_hash: string
  key: string | null
  type: ConfirmationType
  status: Confirmation['status']
  user_id: string
  email: string
  invitee_id: string | null
  permissions: string | null
  nickname: string | null
  created_ms: number
  modified_ms: number
  expires_ms: number
}

export function confirmationLookups(database: DatabaseSync) {
  const select = `SELECT key_hash, key, type, status, users.id AS user_id, email, invitees.id AS invitee_id,
      permissions, nickname,
      confirmations.created_ms, modified_ms, expires_ms
    FROM confirmations JOIN users ON users.pk = confirmations.user
    LEFT JOIN users AS invitees ON invitees.pk = confirmations.invitee`
  const order = 'ORDER BY confirmations.created_ms, key_hash'
  const byKey = database.prepare(`${select} WHERE key_hash = ?`)
  const ofUser = database.prepare(`${select} WHERE users.id = ? AND type = ? ${order}`)
  const toEmails = database.prepare(
    `${select} WHERE (invitees.id = ? OR (invitee IS NULL AND email IN (SELECT value FROM json_each(?)))) AND type = ? ${order}`,
  )
  const all = (rows: unknown) => (rows as Row[]).map(toConfirmation)
  return {
    confirmation(keyHash: string): Confirmation | undefined {
      const row = byKey.get(keyHash)
      return row && toConfirmation(row as unknown as Row)
    },
    confirmationsOf: ({ userId, type }: { userId: string; type: ConfirmationType }) =>
      all(ofUser.all(userId, type)),
    confirmationsTo: (query: { userId: string; emails: readonly string[]; type: ConfirmationType }) =>
      all(toEmails.all(query.userId, JSON.stringify(query.emails), query.type)),
  }
}

function toConfirmation(row: Row): Confirmation {
  return {
    keyHash: row.key_hash,
    ...(row.key !== null && { key: row.key }),
    type: row.type,
    status: row.status,
    userId: row.user_id,
    email: row.email,
    ...(row.invitee_id !== null && { inviteeId: row.invitee_id }),
    ...(row.permissions !== null && { permissions: JSON.parse(row.permissions) }),
    ...(row.nickname !== null && { nickname: row.nickname }),
    createdMs: row.created_ms,
    modifiedMs: row.modified_ms,
    expiresMs: row.expires_ms,
  }
}

/** The verbs that write. Each runs inside a transaction that the caller holds. */
export function confirmationWrites(
  database: DatabaseSync,
  grants: { addPermissions(grant: Grant): 'set' | 'unknown-user' },
) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const pending = database.prepare(`SELECT 1 FROM confirmations
    WHERE user = ? AND type = ? AND email = ? AND status = 'pending' AND expires_ms > ?`)
  const cancel = database.prepare(`UPDATE confirmations SET status = 'canceled', modified_ms = ?
    WHERE user = ? AND type = ? AND email = ? AND status = 'pending'`)
  const insert = database.prepare(`
    INSERT INTO confirmations (key_hash, key, type, status, user, email, invitee, permissions,
      nickname, created_ms, modified_ms,
      expires_ms)
    VALUES (?, ?, ?, ?, ?, ?, (SELECT pk FROM users WHERE id = ?), ?, ?, ?, ?, ?)`)
  const settle = database.prepare(`UPDATE confirmations SET status = ?, modified_ms = ?
    WHERE key_hash = ? AND status = 'pending' AND expires_ms > ?`)
  const renew = database.prepare(
    "UPDATE confirmations SET modified_ms = ?, expires_ms = ? WHERE key_hash = ? AND status = 'pending'",
  )

  return {
    createConfirmation({
      confirmation,
      replaces,
    }: {
      confirmation: Confirmation
      replaces: boolean
    }): 'created' | 'pending' | 'unknown-user' {
      const { keyHash, key, type, status, userId, email, inviteeId, permissions, nickname } = confirmation
      const { createdMs, modifiedMs, expiresMs } = confirmation
      const owner = user.get(userId)
      if (!owner) return 'unknown-user'
      const pk = Number(owner.pk)
      if (replaces) cancel.run(createdMs, pk, type, email)
      else if (pending.get(pk, type, email, createdMs)) return 'pending'
      const words = permissions ? JSON.stringify(permissions) : null
      insert.run(
        keyHash,
        key ?? null,
        type,
        status,
        pk,
        email,
        inviteeId ?? null,
        words,
        nickname ?? null,
        createdMs,
        modifiedMs,
        expiresMs,
      )
      return 'created'
    },

    settleConfirmation(plan: {
      keyHash: string
      status: string
      nowMs: number
      adds?: Grant
    }): 'settled' | 'not-pending' {
      const { keyHash, status, nowMs, adds } = plan
      if (Number(settle.run(status, nowMs, keyHash, nowMs).changes) === 0) return 'not-pending'
      if (adds && grants.addPermissions(adds) !== 'set') throw new Error('a grant needs accounts that exist')
      return 'settled'
    },

    renewConfirmation({
      keyHash,
      nowMs,
      expiresMs,
    }: {
      keyHash: string
      nowMs: number
      expiresMs: number
    }): 'renewed' | 'not-pending' {
      return Number(renew.run(nowMs, expiresMs, keyHash).changes) === 0 ? 'not-pending' : 'renewed'
    },
  }
}
