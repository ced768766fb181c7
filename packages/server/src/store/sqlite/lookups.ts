import type { DatabaseSync } from 'node:sqlite'
import type { DataSet, DataSetQuery, PersonSession, Session, User } from '../port.ts'
import {
  type DataSetRow,
  dataSetColumns,
  type SessionRow,
  toDataSet,
  toSession,
  toUser,
  type UserRow,
  userColumns,
} from './rows.ts'
import { toSqlText } from './text.ts'

/** The reading verbs that are one small statement, on a connection of their own. */
export function lookups(database: DatabaseSync) {
  // A deleted account has no name until its rows are destroyed (delete-users.ts).
  const fromUsers = `SELECT ${userColumns} FROM users WHERE id NOT LIKE 'deleted:%'`
  const userById = database.prepare(`${fromUsers} AND id = ?`)
  const userByUsername = database.prepare(`${fromUsers} AND username = ?`)
  const everybody = database.prepare(`${fromUsers} ORDER BY pk`)
  const anyUser = database.prepare(`${fromUsers} LIMIT 1`)
  const withRole = database.prepare(`${fromUsers}
    AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value = ?) AND created_ms BETWEEN ? AND ? ORDER BY id`)
  const fromSessions = `
    SELECT token_hash, users.id AS user_id, service, lineage, app, sessions.created_ms, expires_ms
    FROM sessions LEFT JOIN users ON users.pk = sessions.user`
  const session = database.prepare(`${fromSessions} WHERE token_hash = ?`)
  const sessionsOf = database.prepare(`${fromSessions} WHERE users.id = ?`)
  const fromDataSets = `SELECT ${dataSetColumns} FROM data_sets JOIN users ON users.pk = data_sets.user`
  const dataSet = database.prepare(`${fromDataSets} WHERE data_sets.id = ?`)
  const listed = database.prepare(`${fromDataSets}
    WHERE data_sets.user = (SELECT pk FROM users WHERE id = ?1)
      AND CASE WHEN ?7 THEN data_set_type = 'normal' AND state = 'open' ELSE active = 1 END
      AND (?2 IS NULL OR client_name = ?2) AND (?3 IS NULL OR device_id = ?3) AND (?4 OR deleted_ms IS NULL)
      AND (?8 IS NULL OR EXISTS (SELECT 1 FROM json_each(fields, '$.deviceManufacturers') WHERE value = ?8))
    ORDER BY data_sets.created_ms DESC, data_sets.id DESC LIMIT ?5 OFFSET ?6`)
  const sequence = database.prepare('SELECT seq FROM users WHERE id = ?')

  return {
    userById(userId: string): User | undefined {
      const row = userById.get(userId) as unknown as UserRow | undefined
      return row && toUser(row)
    },
    userByUsername(username: string): User | undefined {
      const row = userByUsername.get(username) as unknown as UserRow | undefined
      return row && toUser(row)
    },
    hasUsers: (): boolean => anyUser.get() !== undefined,
    users: (): User[] => (everybody.all() as unknown as UserRow[]).map(toUser),
    usersWithRole({ role, fromMs, toMs }: { role: string; fromMs?: number; toMs?: number }): User[] {
      const rows = withRole.all(role, fromMs ?? Number.MIN_SAFE_INTEGER, toMs ?? Number.MAX_SAFE_INTEGER)
      return (rows as unknown as UserRow[]).map(toUser)
    },
    session(tokenHash: string): Session | undefined {
      const row = session.get(tokenHash) as unknown as SessionRow | undefined
      return row && toSession(row)
    },
    sessionsOf: (userId: string): PersonSession[] =>
      (sessionsOf.all(userId) as unknown as SessionRow[]).map((row) => toSession(row) as PersonSession),
    dataSet(dataSetId: string): DataSet | undefined {
      const row = dataSet.get(dataSetId) as unknown as DataSetRow | undefined
      return row && toDataSet(row)
    },
    listDataSets(query: DataSetQuery): DataSet[] {
      const { userId, clientName, deviceId, deviceManufacturer, includeDeleted, offset, limit } = query
      const rows = listed.all(
        userId,
        clientName === undefined ? null : toSqlText(clientName),
        deviceId === undefined ? null : toSqlText(deviceId),
        Number(includeDeleted),
        limit,
        offset,
        Number(query.pending ?? false),
        deviceManufacturer ?? null,
      ) as unknown as DataSetRow[]
      return rows.map(toDataSet)
    },
    changeSequence(userId: string): number {
      return Number(sequence.get(userId)?.seq ?? 0)
    },
  }
}
