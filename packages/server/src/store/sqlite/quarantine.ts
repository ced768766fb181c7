import type { DatabaseSync } from 'node:sqlite'
import type { NewParkedRecord, ParkedRecord, QuarantineSettings } from '../quarantine.ts'
import { type PlanMessage, unpackRecords } from './plan-message.ts'
import { fromSqlText, type SqlText, toSqlText } from './text.ts'

interface ParkedRow {
  id: string
  user_id: string
  data_set_id: string
  place: number
  origin_id: SqlText | null
  problems: string
  received_ms: number
  json: string
}

/** A parked record on its way to the writer thread: its problems as JSON text. */
export interface ParkedMessage extends Omit<NewParkedRecord, 'problems'> {
  problemsJson: string
}

export function toParkedMessage({ problems, ...record }: NewParkedRecord): ParkedMessage {
  return { ...record, problemsJson: JSON.stringify(problems) }
}

export function parkedBytes(parked: readonly ParkedMessage[]): number {
  const BYTES_BESIDE_TEXT = 200
  let bytes = 0
  for (const { json, problemsJson } of parked) bytes += json.length + problemsJson.length + BYTES_BESIDE_TEXT
  return bytes
}

/** The verbs about quarantine that read, on a connection of their own. */
export function quarantineLookups(database: DatabaseSync) {
  const settings = database.prepare(`
    SELECT enabled, client_names FROM quarantine_settings
    WHERE user = (SELECT pk FROM users WHERE id = ?)`)
  const select = `
    SELECT parked.id, users.id AS user_id, data_sets.id AS data_set_id, place, origin_id, problems, received_ms, json
    FROM parked JOIN users ON users.pk = parked.user JOIN data_sets ON data_sets.pk = parked.data_set
    WHERE parked.user = (SELECT pk FROM users WHERE id = ?)`
  const list = database.prepare(`${select} ORDER BY parked.pk LIMIT ? OFFSET ?`)
  const one = database.prepare(`${select} AND parked.id = ?`)

  return {
    quarantineSettings(userId: string): QuarantineSettings {
      const row = settings.get(userId)
      if (!row) return { enabled: false, clientNames: [] }
      return { enabled: row.enabled === 1, clientNames: JSON.parse(String(row.client_names)) }
    },
    listParked: ({ userId, offset, limit }: { userId: string; offset: number; limit: number }) =>
      (list.all(userId, limit, offset) as unknown as ParkedRow[]).map(toParked),
    parked({ userId, id }: { userId: string; id: string }): ParkedRecord | undefined {
      const row = one.get(userId, id) as unknown as ParkedRow | undefined
      return row && toParked(row)
    },
  }
}

function toParked(row: ParkedRow): ParkedRecord {
  return {
    id: row.id,
    userId: row.user_id,
    dataSetId: row.data_set_id,
    index: row.place,
    ...(row.origin_id !== null && { originId: fromSqlText(row.origin_id) }),
    problems: JSON.parse(row.problems),
    receivedMs: row.received_ms,
    json: row.json,
  }
}

/** The verbs about quarantine that write. They run inside a transaction that the caller holds. */
export function quarantineWrites(database: DatabaseSync) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const setSettings = database.prepare(`
    INSERT INTO quarantine_settings (user, enabled, client_names) VALUES (?, ?, ?)
    ON CONFLICT (user) DO UPDATE SET enabled = excluded.enabled, client_names = excluded.client_names`)
  const drop = database.prepare(
    'DELETE FROM parked WHERE id = ? AND user = (SELECT pk FROM users WHERE id = ?)',
  )
  const some = database.prepare(`
    SELECT data_set FROM parked WHERE data_set = (SELECT pk FROM data_sets WHERE id = ?) LIMIT 1`)
  const removeOrigin = database.prepare('DELETE FROM parked WHERE data_set = ? AND origin_id = ?')
  const park = database.prepare(`
    INSERT INTO parked (id, user, data_set, place, origin_id, problems, received_ms, json)
    SELECT ?, user, pk, ?, ?, ?, ?, ? FROM data_sets WHERE id = ?
    ON CONFLICT (id) DO NOTHING`)

  return {
    verbs: {
      setQuarantineSettings(settings: QuarantineSettings & { userId: string }): 'set' | 'unknown-user' {
        const found = user.get(settings.userId)
        if (!found) return 'unknown-user'
        const clientNames = [...new Set(settings.clientNames)].sort()
        setSettings.run(Number(found.pk), Number(settings.enabled), JSON.stringify(clientNames))
        return 'set'
      },
      dropParked: ({ userId, id }: { userId: string; id: string }): 'dropped' | 'not-found' =>
        Number(drop.run(id, userId).changes) > 0 ? 'dropped' : 'not-found',
    },
    /** Removes what records with the same origin ids make good. */
    removeMadeGood(plan: PlanMessage): void {
      const dataSet = some.get(plan.dataSetId)?.data_set
      if (dataSet === undefined) return
      for (const { keyOriginId, originId } of unpackRecords(plan)) {
        const id = keyOriginId ?? originId
        if (id !== null) removeOrigin.run(Number(dataSet), toSqlText(id))
      }
    },
    park({ dataSetId, nowMs }: PlanMessage, parked: readonly ParkedMessage[]): void {
      for (const { id, index, originId, problemsJson, json } of parked) {
        const origin = originId === undefined ? null : toSqlText(originId)
        park.run(id, index, origin, problemsJson, nowMs, json, dataSetId)
      }
    },
  }
}
