import type { DatabaseSync } from 'node:sqlite'
import type { FileQuery, StoredFile } from '../files.ts'

interface Row {
  id: string
  user_id: string
  kind: StoredFile['kind']
  digest_md5: string
  media_type: string
  size_bytes: number
  from_ms: number | null
  to_ms: number | null
  created_ms: number
}

export function fileLookups(database: DatabaseSync) {
  const select = `SELECT files.id, users.id AS user_id, kind, digest_md5, media_type, size_bytes, from_ms, to_ms,
    files.created_ms FROM files JOIN users ON users.pk = files.user`
  const byId = database.prepare(`${select} WHERE files.id = ?`)
  const listed = database.prepare(`${select} WHERE users.id = ?1 AND kind = ?2
    AND (?3 IS NULL OR media_type IN (SELECT value FROM json_each(?3)))
    AND (?4 IS NULL OR to_ms >= ?4) AND (?5 IS NULL OR from_ms <= ?5)
    ORDER BY files.created_ms DESC, files.id LIMIT ?6 OFFSET ?7`)
  return {
    file(id: string): StoredFile | undefined {
      const row = byId.get(id)
      return row && toFile(row as unknown as Row)
    },
    files({ userId, kind, mediaTypes, fromMs, toMs, limit, offset }: FileQuery): StoredFile[] {
      const types = mediaTypes ? JSON.stringify(mediaTypes) : null
      const rows = listed.all(userId, kind, types, fromMs ?? null, toMs ?? null, limit, offset)
      return (rows as unknown as Row[]).map(toFile)
    },
  }
}

function toFile(row: Row): StoredFile {
  return {
    id: row.id,
    userId: row.user_id,
    kind: row.kind,
    digestMd5: row.digest_md5,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    ...(row.from_ms !== null && { fromMs: row.from_ms }),
    ...(row.to_ms !== null && { toMs: row.to_ms }),
    createdMs: row.created_ms,
  }
}

/** The verbs that write. Each runs inside a transaction that the caller holds. */
export function fileWrites(database: DatabaseSync) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const insert = database.prepare('INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const remove = database.prepare('DELETE FROM files WHERE id = ?')
  const removeOf = database.prepare(
    'DELETE FROM files WHERE user = (SELECT pk FROM users WHERE id = ?) AND kind = ?',
  )
  return {
    addFile(file: StoredFile): 'added' | 'unknown-user' {
      const owner = user.get(file.userId)
      if (!owner) return 'unknown-user'
      const { id, kind, digestMd5, mediaType, sizeBytes, fromMs, toMs, createdMs } = file
      insert.run(
        id,
        Number(owner.pk),
        kind,
        digestMd5,
        mediaType,
        sizeBytes,
        fromMs ?? null,
        toMs ?? null,
        createdMs,
      )
      return 'added'
    },
    deleteFile(id: string): void {
      remove.run(id)
    },
    deleteFilesOf({ userId, kind }: { userId: string; kind: StoredFile['kind'] }): void {
      removeOf.run(userId, kind)
    },
  }
}
