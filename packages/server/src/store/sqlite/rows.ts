import type { DataSet, Session, User } from '../port.ts'
import { fromSqlText, type SqlText } from './text.ts'

/** Rows as SQLite gives them, and what they mean. */

export interface UserRow {
  id: string
  username: string
  emails: string
  roles: string
  password_hash: string
  email_verified: number
  terms_accepted: string | null
  created_ms: number
}

export const userColumns =
  'id, username, emails, roles, password_hash, email_verified, terms_accepted, created_ms'

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    emails: JSON.parse(row.emails),
    roles: JSON.parse(row.roles),
    passwordHash: row.password_hash,
    emailVerified: row.email_verified === 1,
    ...(row.terms_accepted !== null && { termsAccepted: row.terms_accepted }),
    createdMs: row.created_ms,
  }
}

export interface SessionRow {
  token_hash: string
  user_id: string | null
  service: string | null
  lineage: string | null
  app: string | null
  created_ms: number
  expires_ms: number
}

export function toSession(row: SessionRow): Session {
  const times = {
    tokenHash: row.token_hash,
    ...(row.lineage !== null && { lineage: row.lineage }),
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
  }
  return row.user_id === null
    ? { ...times, service: row.service ?? '' }
    : { ...times, userId: row.user_id, ...(row.app !== null && { app: row.app }) }
}

export interface DataSetRow {
  id: string
  user_id: string
  data_set_type: DataSet['dataSetType']
  state: DataSet['state']
  active: number
  deduplicator_name: string
  deduplicator_version: string
  client_name: SqlText | null
  device_id: SqlText | null
  fingerprint: string
  created_ms: number
  modified_ms: number
  deleted_ms: number | null
  created_user_id: string | null
  fields: string
}

/** Of `data_sets` joined with `users`. */
export const dataSetColumns = `data_sets.id, users.id AS user_id, data_set_type, state, active, deduplicator_name,
  deduplicator_version, client_name, device_id, fingerprint, data_sets.created_ms, modified_ms, deleted_ms,
  created_user_id, fields`

export function toDataSet(row: DataSetRow): DataSet {
  return {
    id: row.id,
    userId: row.user_id,
    dataSetType: row.data_set_type,
    state: row.state,
    active: row.active === 1,
    deduplicator: { name: row.deduplicator_name, version: row.deduplicator_version },
    ...(row.client_name !== null && { clientName: fromSqlText(row.client_name) }),
    ...(row.device_id !== null && { deviceId: fromSqlText(row.device_id) }),
    fingerprint: row.fingerprint,
    createdMs: row.created_ms,
    modifiedMs: row.modified_ms,
    ...(row.deleted_ms !== null && { deletedMs: row.deleted_ms }),
    ...(row.created_user_id !== null && { createdUserId: row.created_user_id }),
    fields: JSON.parse(row.fields),
  }
}
