import type { DatabaseSync } from 'node:sqlite'
import type { OpenIdEntry, OpenIdKind } from '../openid.ts'

interface Row {
  kind: OpenIdKind
  id_hash: string
  uid_hash: string | null
  grant_hash: string | null
  user_id: string
  payload: string
  consumed_ms: number | null
  expires_ms: number
}

export function openIdLookups(database: DatabaseSync) {
  const select = `SELECT kind, id_hash, uid_hash, grant_hash, users.id AS user_id, payload, consumed_ms, expires_ms
    FROM openid JOIN users ON users.pk = openid.user`
  const byId = database.prepare(`${select} WHERE kind = ? AND id_hash = ?`)
  const byUid = database.prepare(`${select} WHERE uid_hash = ?`)
  const ofUser = database.prepare(`${select} WHERE users.id = ?`)
  const secret = database.prepare('SELECT value FROM secrets WHERE name = ?')
  const one = (row: unknown) => (row === undefined ? undefined : toEntry(row as Row))
  return {
    entry: (kind: OpenIdKind, idHash: string) => one(byId.get(kind, idHash)),
    ofUser: (userId: string) => ofUser.all(userId).map((row) => toEntry(row as unknown as Row)),
    sessionByUid: (uidHash: string) => one(byUid.get(uidHash)),
    secret(name: string): string | undefined {
      const row = secret.get(name)
      return row && String(row.value)
    },
  }
}

function toEntry(row: Row): OpenIdEntry {
  return {
    kind: row.kind,
    idHash: row.id_hash,
    ...(row.uid_hash !== null && { uidHash: row.uid_hash }),
    ...(row.grant_hash !== null && { grantHash: row.grant_hash }),
    userId: row.user_id,
    payload: row.payload,
    ...(row.consumed_ms !== null && { consumedMs: row.consumed_ms }),
    expiresMs: row.expires_ms,
  }
}

/** The verbs that write. Each runs inside a transaction that the caller holds. */
export function openIdWrites(database: DatabaseSync) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const put = database.prepare(`
    INSERT INTO openid (kind, id_hash, uid_hash, grant_hash, user, payload, consumed_ms, expires_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, id_hash) DO UPDATE SET uid_hash = excluded.uid_hash, grant_hash = excluded.grant_hash,
      user = excluded.user, payload = excluded.payload, consumed_ms = excluded.consumed_ms,
      expires_ms = excluded.expires_ms`)
  const consume = database.prepare(
    'UPDATE openid SET consumed_ms = ? WHERE kind = ? AND id_hash = ? AND consumed_ms IS NULL',
  )
  const remove = database.prepare('DELETE FROM openid WHERE kind = ? AND id_hash = ?')
  const removeGrant = database.prepare(
    "DELETE FROM openid WHERE grant_hash = ?1 OR (kind = 'Grant' AND id_hash = ?1)",
  )
  const setSecret = database.prepare(
    'INSERT INTO secrets VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  return {
    putOpenId(entry: OpenIdEntry): 'put' | 'unknown-user' {
      const owner = user.get(entry.userId)
      if (!owner) return 'unknown-user'
      const { kind, idHash, uidHash, grantHash, payload, consumedMs, expiresMs } = entry
      put.run(
        kind,
        idHash,
        uidHash ?? null,
        grantHash ?? null,
        Number(owner.pk),
        payload,
        consumedMs ?? null,
        expiresMs,
      )
      return 'put'
    },
    consumeOpenId({ kind, idHash, nowMs }: { kind: OpenIdKind; idHash: string; nowMs: number }): void {
      consume.run(nowMs, kind, idHash)
    },
    deleteOpenId({ kind, idHash }: { kind: OpenIdKind; idHash: string }): void {
      remove.run(kind, idHash)
    },
    deleteOpenIdGrant(grantHash: string): void {
      removeGrant.run(grantHash)
    },
    setSecret({ name, value }: { name: string; value: string }): void {
      setSecret.run(name, value)
    },
  }
}
