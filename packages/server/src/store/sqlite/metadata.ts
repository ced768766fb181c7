import type { DatabaseSync } from 'node:sqlite'
import type { JsonObject, MetadataMerge, MetadataName } from '../metadata.ts'

export function metadataLookups(database: DatabaseSync) {
  const body = database.prepare(
    'SELECT body FROM metadata JOIN users ON users.pk = metadata.user WHERE users.id = ? AND name = ?',
  )
  return {
    metadata(userId: string, name: MetadataName): JsonObject | undefined {
      const row = body.get(userId, name)
      return row && JSON.parse(String(row.body))
    },
  }
}

/** As JSON text: what somebody put into an object (`__proto__`…) is not for cloning between threads. */
export interface MergeMessage extends Omit<MetadataMerge, 'changes'> {
  changesJson: string
}

/** The verb that writes. It runs inside a transaction that the caller holds. */
export function metadataWrites(database: DatabaseSync) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const body = database.prepare('SELECT body FROM metadata WHERE user = ? AND name = ?')
  const replace = database.prepare(`
    INSERT INTO metadata (user, name, body) VALUES (?, ?, ?)
    ON CONFLICT (user, name) DO UPDATE SET body = excluded.body`)

  return {
    mergeMetadata({
      userId,
      name,
      changesJson,
      keepExisting,
      maxBytes,
    }: MergeMessage): { body: string } | 'unknown-user' | 'too-large' {
      const owner = user.get(userId)
      if (!owner) return 'unknown-user'
      const pk = Number(owner.pk)
      const row = body.get(pk, name)
      const existing = row ? JSON.parse(String(row.body)) : {}
      const changes = JSON.parse(changesJson)
      const merged = JSON.stringify(keepExisting ? { ...changes, ...existing } : { ...existing, ...changes })
      if (Buffer.byteLength(merged) > maxBytes) return 'too-large'
      replace.run(pk, name, merged)
      return { body: merged }
    },
  }
}
