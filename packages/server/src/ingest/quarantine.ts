import { parseQuarantineSettings } from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { type Operation, requirePermission } from '../auth/permissions.ts'
import { Refused } from '../failure.ts'
import type { ParkedRecord, QuarantineSettings, Store } from '../store/port.ts'
import { judge } from './judge.ts'
import { writableDataSet } from './open-data-set.ts'
import { type Receipt, receiptOf } from './receipt.ts'
import { withinRecord } from './sift.ts'

export interface QuarantineParts {
  store: Store
  now: () => number
}

/** A parked record of an account, as a path names it. */
export interface ParkedName {
  userId: string
  id: string
}

/** `PUT /v1/users/{userId}/quarantine/settings`: takes the place of what was set before. */
export async function changeQuarantineSettings(
  { store }: QuarantineParts,
  who: Identity | undefined,
  userId: string,
  readBody: () => Promise<unknown>,
): Promise<QuarantineSettings> {
  await requirePermission(store, who, 'change quarantine', { userId })
  const parsed = parseQuarantineSettings(await readBody())
  if (parsed === 'not-an-object') throw new Refused({ kind: 'json-malformed' })
  if ('problems' in parsed) throw new Refused({ kind: 'invalid', problems: parsed.problems })
  const { enabled = false, clientNames = [] } = parsed.fields
  const result = await store.setQuarantineSettings({ userId, enabled, clientNames })
  if (result === 'unknown-user') throw new Refused({ kind: 'user-not-found' })
  return store.quarantineSettings(userId)
}

/**
 * `PUT /v1/users/{userId}/quarantine/{id}` with a corrected record, or `POST` without one: the record goes into the
 * data set that it was sent to, by the rules of any upload, and out of quarantine in the same step. With a fault
 * (pointers are within the record) nothing changes.
 *
 * @param readRecord Absent: the record as it was sent.
 */
export async function settleParked(
  { store, now }: QuarantineParts,
  who: Identity | undefined,
  name: ParkedName,
  readRecord?: () => Promise<unknown>,
): Promise<Receipt> {
  const parked = await knownParked(store, who, 'change quarantine', name)
  const dataSet = await writableDataSet(store, who, parked.dataSetId)
  const record: unknown = readRecord ? await readRecord() : JSON.parse(parked.json)
  if (record === null) throw new Refused({ kind: 'json-malformed' })
  const judged = judge([record], dataSet)
  if ('problems' in judged) {
    throw new Refused({ kind: 'invalid', problems: withinRecord(judged.problems) })
  }
  const { records, superseded } = judged
  const count = await store.settleParked({ ...name, plan: { dataSetId: dataSet.id, nowMs: now(), records } })
  if (count === 'not-found') throw new Refused({ kind: 'resource-not-found', id: name.id })
  return receiptOf(count, { superseded })
}

/** `DELETE /v1/users/{userId}/quarantine/{id}`: the record is gone for good. */
export async function dropParked(
  { store }: QuarantineParts,
  who: Identity | undefined,
  name: ParkedName,
): Promise<void> {
  await requirePermission(store, who, 'change quarantine', name)
  const result = await store.dropParked(name)
  if (result === 'not-found') throw new Refused({ kind: 'resource-not-found', id: name.id })
}

/** A parked record that the caller may see or change. */
export async function knownParked(
  store: Store,
  who: Identity | undefined,
  operation: Extract<Operation, `${string} quarantine`>,
  name: ParkedName,
): Promise<ParkedRecord> {
  await requirePermission(store, who, operation, name)
  const parked = await store.parked(name)
  if (!parked) throw new Refused({ kind: 'resource-not-found', id: name.id })
  return parked
}
