import { randomBytes } from 'node:crypto'
import { canonicalJson, type DataSetFields, formatTime, type Problem, parseDataSet } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { requirePermission } from '../auth/permissions.ts'
import type { Deduplicator } from '../dedup/deduplicator.ts'
import { deduplicatorFor, deduplicatorNamed, deduplicatorNames } from '../dedup/registry.ts'
import { missing, Refused } from '../failure.ts'
import type { DataSet, Store } from '../store/port.ts'

/** An identical continuous create within this time of one that has no data yet answers that one (D14). */
const REPEATED_CREATE_MS = 60_000

export interface CreateDataSetParts {
  store: Store
  now: () => number
}

/** `POST /v1/users/{userId}/data_sets`. The body is read only for somebody who may upload. */
export async function createDataSet(
  { store, now }: CreateDataSetParts,
  who: Identity | undefined,
  userId: string,
  readBody: () => Promise<unknown>,
): Promise<DataSet> {
  const caller = await requirePermission(store, who, 'create a data set', { userId })
  const body = await readBody()
  const fields = parseFields(body)
  const createdUserId = caller.kind === 'person' ? caller.userId : creatorIn(body)
  const deduplicator = chooseDeduplicator(fields)
  const createdMs = now()
  if (caller.kind === 'service' && !(await store.userById(userId))) {
    throw new Refused({ kind: 'user-not-found' })
  }
  return store.createDataSet(
    {
      id: randomBytes(16).toString('hex'),
      userId,
      dataSetType: fields.dataSetType,
      state: 'open',
      active: fields.dataSetType === 'continuous',
      deduplicator: { name: deduplicator.name, version: deduplicator.version },
      ...(fields.client?.name !== undefined && { clientName: fields.client.name }),
      ...(fields.deviceId !== undefined && { deviceId: fields.deviceId }),
      fingerprint: fingerprint(fields, deduplicator, createdUserId),
      createdMs,
      modifiedMs: createdMs,
      ...(createdUserId !== undefined && { createdUserId }),
      fields: wireFields(fields, createdMs),
    },
    // Normal creates are never merged: each is an upload of its own.
    fields.dataSetType === 'continuous' ? { reuseCreatedSinceMs: createdMs - REPEATED_CREATE_MS } : undefined,
  )
}

/** A service may say on whose behalf it acts (http.md §3.3). */
function creatorIn(body: unknown): string | undefined {
  const { createdUserId } = body as { createdUserId?: string | null }
  return createdUserId || undefined
}

function parseFields(body: unknown): DataSetFields {
  const parsed = parseDataSet(body)
  if (parsed === 'not-an-object') throw new Refused({ kind: 'json-malformed' })
  if ('problems' in parsed) throw new Refused({ kind: 'invalid', problems: parsed.problems })
  return parsed.fields
}

/** Chosen and checked before anything is stored (D5, D6). */
function chooseDeduplicator(fields: DataSetFields): Deduplicator {
  const name = fields.deduplicator?.name
  if (name === undefined) return deduplicatorFor(fields)
  const known = deduplicatorNamed(name)
  if (!known) {
    const allowed = deduplicatorNames.map((one) => JSON.stringify(one)).join(', ')
    throw notAllowed(`value ${JSON.stringify(name)} is not one of [${allowed}]`)
  }
  if (known.byDevice && fields.dataSetType !== 'normal') {
    throw notAllowed(`value ${JSON.stringify(name)} is only for data sets of dataSetType "normal"`)
  }
  if (known.byDevice && fields.deviceId === undefined) throw refusal(missing('/deviceId'))
  return known
}

function notAllowed(detail: string): Refused {
  const title = 'value is not one of the allowed values'
  return refusal({ code: 'value-not-allowed', title, detail, pointer: '/deduplicator/name' })
}

function refusal(problem: Problem): Refused {
  return new Refused({ kind: 'invalid', problems: [problem] })
}

/** Who made it counts too: only that one may delete it with the right to upload (http.md §2.1). */
function fingerprint(
  fields: DataSetFields,
  deduplicator: Deduplicator,
  createdUserId: string | undefined,
): string {
  const { client, dataSetType, deviceId, deviceManufacturers, deviceModel, deviceSerialNumber, deviceTags } =
    fields
  return canonicalJson({
    // Also what it keeps in private: it may say which of many it is.
    client: { name: client?.name, version: client?.version, private: client?.private },
    createdUserId,
    dataSetType,
    deduplicator: deduplicator.name,
    deviceId,
    deviceManufacturers,
    deviceModel,
    deviceSerialNumber,
    deviceTags,
  })
}

/** What goes on the wire of what the client sent; the rest of the object is the server's own. */
function wireFields(fields: DataSetFields, createdMs: number): Record<string, unknown> {
  const { dataSetType: _type, deduplicator: _deduplicator, ...rest } = fields
  return { time: formatTime(createdMs), ...rest }
}
