import type { DatabaseSync } from 'node:sqlite'
import type { Grant, Permission } from '../permissions.ts'

interface GrantRow {
  user_id: string
  grantee_id: string
  words: string
}

/** The verbs about sharing that read, on a connection of their own. */
export function permissionLookups(database: DatabaseSync) {
  const select = `
    SELECT owner.id AS user_id, grantee.id AS grantee_id, words FROM permissions
    JOIN users AS owner ON owner.pk = permissions.user JOIN users AS grantee ON grantee.pk = permissions.grantee`
  const one = database.prepare(`${select} WHERE owner.id = ? AND grantee.id = ?`)
  const by = database.prepare(`${select} WHERE owner.id = ? ORDER BY grantee.id`)
  const to = database.prepare(`${select} WHERE grantee.id = ? ORDER BY owner.id`)

  return {
    grant(userId: string, granteeId: string): Grant {
      const row = one.get(userId, granteeId) as unknown as GrantRow | undefined
      return row ? toGrant(row) : { userId, granteeId, permissions: [] }
    },
    grantsBy: (userId: string): Grant[] => (by.all(userId) as unknown as GrantRow[]).map(toGrant),
    grantsTo: (granteeId: string): Grant[] => (to.all(granteeId) as unknown as GrantRow[]).map(toGrant),
  }
}

function toGrant({ user_id, grantee_id, words }: GrantRow): Grant {
  return { userId: user_id, granteeId: grantee_id, permissions: JSON.parse(words) as Permission[] }
}

/** The verbs about sharing that write. They run inside a transaction that the caller holds. */
export function permissionWrites(database: DatabaseSync) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const remove = database.prepare('DELETE FROM permissions WHERE user = ? AND grantee = ?')
  const replace = database.prepare(`
    INSERT INTO permissions (user, grantee, words) VALUES (?, ?, ?)
    ON CONFLICT (user, grantee) DO UPDATE SET words = excluded.words`)

  const current = database.prepare('SELECT words FROM permissions WHERE user = ? AND grantee = ?')

  const set = ({ userId, granteeId, permissions }: Grant, keep: boolean): 'set' | 'unknown-user' => {
    const owner = user.get(userId)
    const grantee = user.get(granteeId)
    if (!owner || !grantee) return 'unknown-user'
    const pks = [Number(owner.pk), Number(grantee.pk)] as const
    const row = keep ? current.get(...pks) : undefined
    const words = [...new Set([...permissions, ...(row ? JSON.parse(String(row.words)) : [])])].sort()
    if (words.length === 0) remove.run(...pks)
    else replace.run(...pks, JSON.stringify(words))
    return 'set'
  }

  return {
    setPermissions: (grant: Grant) => set(grant, false),
    /** To what is granted already. */
    addPermissions: (grant: Grant) => set(grant, true),
  }
}
