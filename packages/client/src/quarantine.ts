import type { Problem } from '@tidegauge/model'
import type { CallOptions } from './client.ts'
import type { Connection } from './connection.ts'
import { isObject } from './faults.ts'
import { type Answer, jsonBody, type Request } from './request.ts'

/** To which uploads quarantine applies; without any of both to none. */
export interface QuarantineSettings {
  /** To all of the account. */
  enabled: boolean
  /** To those of data sets with one of these client names. */
  clientNames: string[]
}

/** A faulty record that the server keeps aside, until its owner corrects or drops it. */
export interface ParkedRecord {
  id: string
  /** Where it was sent to, and goes when it is corrected. */
  dataSetId: string
  /** Its place in the request that it came in, from 0. */
  index: number
  originId?: string
  /** RFC 3339, in UTC. */
  receivedTime: string
  /** What is wrong with it, the first 100 faults; `pointer` is within the record. */
  problems: Problem[]
}

/** The same, with the record as it was sent. */
export interface WholeParkedRecord extends ParkedRecord {
  record: unknown
}

/** Options of every call about quarantine. */
export interface QuarantineOptions extends CallOptions {
  /** Whose; default: the session's own account. Others than the owner and services are refused. */
  userId?: string | undefined
}

/**
 * Faulty records that a Tidegauge keeps aside instead of refusing the whole upload. Other servers know nothing of it
 * (kind `not-found`).
 */
export interface Quarantine {
  /** `GET /v1/users/U/quarantine/settings` */
  settings(options?: QuarantineOptions): Promise<QuarantineSettings>
  /** Takes the place of what was set before: `PUT /v1/users/U/quarantine/settings`. */
  change(settings: Partial<QuarantineSettings>, options?: QuarantineOptions): Promise<QuarantineSettings>
  /** In the order of parking, fetched page by page while being read: `GET /v1/users/U/quarantine`. */
  list(options?: QuarantineOptions): AsyncIterable<ParkedRecord>
  /** `GET /v1/users/U/quarantine/ID`; kind `not-found` for one that there is not, as of all calls below. */
  get(id: string, options?: QuarantineOptions): Promise<WholeParkedRecord>
  /**
   * Stores a record in the place of the parked one: `PUT /v1/users/U/quarantine/ID`. Rejects with kind `invalid` when
   * it still has faults; then nothing has changed. Sent once.
   */
  correct(id: string, record: object, options?: QuarantineOptions): Promise<void>
  /** Tries the record again as it was sent, say after an update of the server: `POST /v1/users/U/quarantine/ID`. */
  resubmit(id: string, options?: QuarantineOptions): Promise<void>
  /** Drops the record for good: `DELETE /v1/users/U/quarantine/ID`. */
  drop(id: string, options?: QuarantineOptions): Promise<void>
}

/** The server's own default size of a page. */
const pageSize = 100

const settingsRoute = '/v1/users/{userId}/quarantine/settings'
const listRoute = '/v1/users/{userId}/quarantine'
const recordRoute = '/v1/users/{userId}/quarantine/{id}'

export function quarantineOf(connection: Connection): Quarantine {
  async function call(
    request: Omit<Request, 'params'> & { id?: string },
    { userId, signal }: QuarantineOptions = {},
  ): Promise<Answer> {
    const { id, ...rest } = request
    const params = { userId: await connection.userId(userId, signal), ...(id !== undefined && { id }) }
    // A second try of what takes a record out would find it gone, and could not tell why.
    const safe = id === undefined || request.method === 'GET'
    const kinds = { 409: 'data-set-closed' } as const
    return await connection.call({ ...rest, params, kinds }, { safe, signal })
  }

  return {
    settings: async (options) => settingsOf(await call({ method: 'GET', route: settingsRoute }, options)),
    change: async (settings, options) =>
      settingsOf(await call({ method: 'PUT', route: settingsRoute, body: jsonBody(settings) }, options)),
    async *list(options) {
      // One that is dropped meanwhile moves others to the page before.
      const seen = new Set<string>()
      for (let page = 0; ; page++) {
        const query = { page: String(page), size: String(pageSize) }
        const records = listOf(await call({ method: 'GET', route: listRoute, query }, options))
        const unseen = records.filter(({ id }) => !seen.has(id))
        for (const record of unseen) {
          seen.add(record.id)
          yield record
        }
        if (records.length < pageSize || unseen.length === 0) return
      }
    },
    get: async (id, options) => {
      const answer = await call({ method: 'GET', route: recordRoute, id }, options)
      const body = answer.json()
      if (!isParked(body) || !('record' in body)) throw answer.unexpected('The answer is no parked record.')
      return body as WholeParkedRecord
    },
    correct: async (id, record, options) => {
      await call({ method: 'PUT', route: recordRoute, id, body: jsonBody(record) }, options)
    },
    resubmit: async (id, options) => {
      await call({ method: 'POST', route: recordRoute, id }, options)
    },
    drop: async (id, options) => {
      await call({ method: 'DELETE', route: recordRoute, id }, options)
    },
  }
}

function settingsOf(answer: Answer): QuarantineSettings {
  const body = answer.json()
  if (!isObject(body) || typeof body.enabled !== 'boolean' || !Array.isArray(body.clientNames)) {
    throw answer.unexpected('The answer says nothing of quarantine.')
  }
  const { enabled, clientNames } = body
  return { enabled, clientNames: clientNames.filter((name) => typeof name === 'string') }
}

function listOf(answer: Answer): ParkedRecord[] {
  const body = answer.json()
  if (!Array.isArray(body) || !body.every(isParked)) {
    throw answer.unexpected('The answer is no list of parked records.')
  }
  return body
}

function isParked(value: unknown): value is ParkedRecord {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    typeof value.dataSetId === 'string' &&
    typeof value.receivedTime === 'string' &&
    Array.isArray(value.problems)
  )
}
