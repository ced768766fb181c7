import type { CallOptions } from './client.ts'
import type { Connection } from './connection.ts'
import { isObject } from './faults.ts'

/** What somebody did on an account, as often as in one hour. */
export interface AuditEntry {
  /** Of the last time; RFC 3339. */
  time: string
  firstTime: string
  count: number
  who: {
    kind: 'owner' | 'person' | 'service' | 'deleted' | 'unknown'
    userId?: string
    username?: string
    name?: string
  }
  /** `read data`, `change a grant`, `sign in`… */
  operation: string
  access: 'read' | 'write'
  /** Whether they were let. */
  allowed: boolean
  /** IP address. */
  address: string
  userAgent: string
  /** The app that the person came with, if one signed them in. */
  app?: string
}

export interface AuditOptions extends CallOptions {
  userId?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
}

const PAGE_SIZE = 100

/** `GET /v1/users/U/audit` of a Tidegauge, newest first, page by page; other servers know nothing of it. */
export async function* auditTrail(connection: Connection, options: AuditOptions): AsyncGenerator<AuditEntry> {
  const { userId, from, to, signal } = options
  const params = { userId: await connection.userId(userId, signal) }
  // What is done meanwhile is no part of it, and must not move pages.
  const end = to ?? new Date()
  for (let page = 0; ; page++) {
    const query = {
      page: String(page),
      size: String(PAGE_SIZE),
      to: end.toISOString(),
      ...(from && { from: from.toISOString() }),
    }
    const answer = await connection.call(
      { method: 'GET', route: '/v1/users/{userId}/audit', params, query },
      { safe: true, signal },
    )
    const entries = answer.json()
    if (!Array.isArray(entries) || !entries.every(isEntry))
      throw answer.unexpected('The answer is no audit trail.')
    yield* entries
    if (entries.length < PAGE_SIZE) return
  }
}

function isEntry(value: unknown): value is AuditEntry {
  return (
    isObject(value) &&
    typeof value.time === 'string' &&
    typeof value.operation === 'string' &&
    isObject(value.who)
  )
}
