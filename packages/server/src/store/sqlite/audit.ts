import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { AuditEntry, AuditRecord } from '../audit.ts'

const HOUR_MS = 3_600_000

interface Row {
  user_id: string
  actor_kind: AuditEntry['actor']['kind']
  actor_id: string | null
  service: string | null
  client_id: string | null
  operation: string
  allowed: number
  address: string
  user_agent: string
  first_ms: number
  last_ms: number
  count: number
}

export function auditLookups(database: DatabaseSync) {
  const trail = database.prepare(`
    SELECT owner.id AS user_id, actor_kind, actors.id AS actor_id, service, client_id, operation, allowed, address,
      user_agent, first_ms, last_ms, count
    FROM audit JOIN users AS owner ON owner.pk = audit.user LEFT JOIN users AS actors ON actors.pk = audit.actor
    WHERE owner.id = ?1 AND (?2 IS NULL OR last_ms >= ?2) AND (?3 IS NULL OR first_ms <= ?3)
    ORDER BY last_ms DESC, audit.pk DESC LIMIT ?4 OFFSET ?5`)
  return {
    auditTrail(query: { userId: string; fromMs?: number; toMs?: number; offset: number; limit: number }) {
      const { userId, fromMs, toMs, limit, offset } = query
      return (trail.all(userId, fromMs ?? null, toMs ?? null, limit, offset) as unknown as Row[]).map(
        toRecord,
      )
    },
  }
}

function toRecord(row: Row): AuditRecord {
  return {
    userId: row.user_id,
    actor: actorOf(row),
    ...(row.client_id !== null && { clientId: row.client_id }),
    operation: row.operation,
    allowed: row.allowed === 1,
    address: row.address,
    userAgent: row.user_agent,
    firstMs: row.first_ms,
    lastMs: row.last_ms,
    count: row.count,
  }
}

function actorOf({ actor_kind: kind, actor_id: userId, service }: Row): AuditRecord['actor'] {
  if (kind === 'service') return { kind, name: service ?? '' }
  if (kind === 'unknown') return { kind }
  return userId === null ? { kind: 'deleted' } : { kind, userId }
}

/** The verbs that write. Each runs inside a transaction that the caller holds. */
export function auditWrites(database: DatabaseSync) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const addTo = database.prepare(`
    UPDATE audit SET last_ms = max(last_ms, ?), count = count + ? WHERE user = ? AND hour_ms = ? AND same = ?`)
  const inHour = database.prepare('SELECT count(*) AS count FROM audit WHERE user = ? AND hour_ms = ?')
  const insert = database.prepare(`
    INSERT INTO audit (user, same, hour_ms, actor_kind, actor, service, client_id, operation, allowed, address,
      user_agent, first_ms, last_ms, count)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const trim = database.prepare('DELETE FROM audit WHERE last_ms < ?')
  const pkOf = (userId: string) => {
    const row = user.get(userId)
    return row && Number(row.pk)
  }

  return {
    noteAccess({ entries, maxPerHour }: { entries: readonly AuditEntry[]; maxPerHour: number }): void {
      for (const entry of entries) {
        const { actor, clientId, operation, allowed, address, userAgent, firstMs, lastMs, count } = entry
        const owner = pkOf(entry.userId)
        const actorPk = actor.kind === 'person' ? pkOf(actor.userId) : null
        // Either may have gone since.
        if (owner === undefined || actorPk === undefined) continue
        const hourMs = firstMs - (firstMs % HOUR_MS)
        const same = hash('sha256', JSON.stringify([actor, clientId, operation, allowed, address, userAgent]))
        if (Number(addTo.run(lastMs, count, owner, hourMs, same).changes) > 0) continue
        if (Number(inHour.get(owner, hourMs)?.count) >= maxPerHour) continue
        const service = actor.kind === 'service' ? actor.name : null
        insert.run(
          ...[
            owner,
            same,
            hourMs,
            actor.kind,
            actorPk,
            service,
            clientId ?? null,
            operation,
            Number(allowed),
          ],
          ...[address, userAgent, firstMs, lastMs, count],
        )
      }
    },
    trimAudit(beforeMs: number): void {
      trim.run(beforeMs)
    },
  }
}
