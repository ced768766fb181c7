import type { DatabaseSync } from 'node:sqlite'
import type { RestrictedToken } from '../restricted-tokens.ts'

interface Row {
  name: string
  token_hash: string
  user_id: string
  paths: string | null
  created_ms: number
  modified_ms: number | null
  expires_ms: number
}

export function restrictedTokenLookups(database: DatabaseSync) {
  const select = `SELECT name, token_hash, users.id AS user_id, paths, restricted_tokens.created_ms, modified_ms, expires_ms
    FROM restricted_tokens JOIN users ON users.pk = restricted_tokens.user`
  const byHash = database.prepare(`${select} WHERE token_hash = ?`)
  const byName = database.prepare(`${select} WHERE name = ?`)
  const ofUser = database.prepare(
    `${select} WHERE users.id = ? ORDER BY restricted_tokens.created_ms DESC, name`,
  )
  const one = (row: unknown) => (row === undefined ? undefined : toToken(row as Row))
  return {
    byHash: (tokenHash: string) => one(byHash.get(tokenHash)),
    byName: (name: string) => one(byName.get(name)),
    ofUser: (userId: string) => (ofUser.all(userId) as unknown as Row[]).map(toToken),
  }
}

function toToken(row: Row): RestrictedToken {
  return {
    name: row.name,
    tokenHash: row.token_hash,
    userId: row.user_id,
    ...(row.paths !== null && { paths: JSON.parse(row.paths) }),
    createdMs: row.created_ms,
    ...(row.modified_ms !== null && { modifiedMs: row.modified_ms }),
    expiresMs: row.expires_ms,
  }
}

/** The verbs that write. Each runs inside a transaction that the caller holds. */
export function restrictedTokenWrites(database: DatabaseSync) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const insert = database.prepare(`
    INSERT INTO restricted_tokens (name, token_hash, user, paths, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?)`)
  const update = database.prepare(
    'UPDATE restricted_tokens SET paths = ?, modified_ms = ?, expires_ms = ? WHERE name = ?',
  )
  const remove = database.prepare('DELETE FROM restricted_tokens WHERE name = ?')
  const removeOf = database.prepare(
    'DELETE FROM restricted_tokens WHERE user = (SELECT pk FROM users WHERE id = ?)',
  )
  const jsonOf = (paths: readonly string[] | undefined) => (paths ? JSON.stringify(paths) : null)

  return {
    createRestrictedToken(token: RestrictedToken): 'created' | 'unknown-user' {
      const owner = user.get(token.userId)
      if (!owner) return 'unknown-user'
      const { name, tokenHash, paths, createdMs, expiresMs } = token
      insert.run(name, tokenHash, Number(owner.pk), jsonOf(paths), createdMs, expiresMs)
      return 'created'
    },
    updateRestrictedToken(token: Pick<RestrictedToken, 'name' | 'paths' | 'modifiedMs' | 'expiresMs'>): void {
      update.run(jsonOf(token.paths), token.modifiedMs ?? null, token.expiresMs, token.name)
    },
    deleteRestrictedToken(name: string): void {
      remove.run(name)
    },
    deleteRestrictedTokensOf(userId: string): void {
      removeOf.run(userId)
    },
  }
}
