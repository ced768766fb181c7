import { randomBytes } from 'node:crypto'
import {
  type DataSourceUpdateFields,
  type Problem,
  parseDataSourceUpdate,
  parseNewDataSource,
  parseTime,
} from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { requirePermission, requireService } from '../auth/permissions.ts'
import { Refused } from '../failure.ts'
import type { DataSource, DataSourceChanges, Store } from '../store/port.ts'

export interface DataSourceParts {
  store: Store
  now: () => number
}

/** `POST /v1/users/{userId}/data_sources`: a link to a provider, not connected yet (data-sets.md §10). */
export async function createDataSource(
  { store, now }: DataSourceParts,
  who: Identity | undefined,
  userId: string,
  readBody: () => Promise<unknown>,
): Promise<DataSource> {
  await requirePermission(store, who, 'change data sources', { userId })
  const fields = accepted(parseNewDataSource(await readBody()))
  const id = randomBytes(16).toString('hex')
  const source: DataSource = { ...fields, id, userId, state: 'disconnected', createdMs: now(), revision: 0 }
  const result = await store.createDataSource(source)
  if (result === 'unknown-user') throw new Refused({ kind: 'user-not-found' })
  return source
}

/** `PUT /v1/data_sources/{id}`: changes what the body names and raises the revision. */
export async function updateDataSource(
  { store, now }: DataSourceParts,
  who: Identity | undefined,
  source: { id: string; revision?: number },
  readBody: () => Promise<unknown>,
): Promise<DataSource> {
  requireService(who)
  const changes = changesOf(accepted(parseDataSourceUpdate(await readBody())))
  const result = await store.updateDataSource({ ...source, nowMs: now(), changes })
  switch (result) {
    case 'not-found':
      throw new Refused({ kind: 'resource-not-found', ...source })
    case 'session-taken':
      throw duplicate('/providerSessionId', 'another data source has this provider session')
    case 'provider-taken':
      throw duplicate('/state', 'another data source of this user and provider is connected or in error')
    default:
      return result
  }
}

/** `DELETE /v1/data_sources/{id}`. The data set that it filled stays. */
export async function deleteDataSource(
  { store }: DataSourceParts,
  who: Identity | undefined,
  source: { id: string; revision?: number },
): Promise<void> {
  requireService(who)
  const result = await store.deleteDataSource(source)
  if (result === 'not-found') throw new Refused({ kind: 'resource-not-found', ...source })
}

/** `DELETE /v1/users/{userId}/data_sources`. */
export async function deleteDataSources(
  { store }: DataSourceParts,
  who: Identity | undefined,
  userId: string,
): Promise<void> {
  await requirePermission(store, who, 'change data sources', { userId })
  await store.deleteDataSources(userId)
}

function changesOf(fields: DataSourceUpdateFields): DataSourceChanges {
  const { earliestDataTime, latestDataTime, lastImportTime, state, ...rest } = fields
  const ms = (key: string, time: string | undefined) => (time === undefined ? {} : { [key]: parseTime(time) })
  return {
    ...rest,
    ...ms('earliestDataMs', earliestDataTime),
    ...ms('latestDataMs', latestDataTime),
    ...ms('lastImportMs', lastImportTime),
    ...(state !== undefined && { state }),
    // What a state takes with it, whatever else is said.
    ...(state === 'connected' && { error: null }),
    ...(state === 'disconnected' && { error: null, providerSessionId: null }),
  }
}

function accepted<T>(parsed: { fields: T } | { problems: Problem[] } | 'not-an-object'): T {
  if (parsed === 'not-an-object') throw new Refused({ kind: 'json-malformed' })
  if ('problems' in parsed) throw new Refused({ kind: 'invalid', problems: parsed.problems })
  return parsed.fields
}

function duplicate(pointer: string, detail: string): Refused {
  const problem: Problem = { code: 'value-duplicate', title: 'value is a duplicate', detail, pointer }
  return new Refused({ kind: 'invalid', problems: [problem] })
}
