import {
  formatTime,
  identityFields,
  isDataSetId,
  type ParsedDatum,
  type Problem,
  parseData,
  parseDataSet,
} from '@tidegauge/model'
import type { Identity } from '../auth/identity.ts'
import { requirePermission } from '../auth/permissions.ts'
import { deactivateHash } from '../dedup/deactivate-hash.ts'
import { identityHash } from '../dedup/identity-hash.ts'
import { Refused } from '../failure.ts'
import type { DataSet, Store } from '../store/port.ts'
import { derivedId } from './derived-id.ts'

export interface LegacyUploadParts {
  store: Store
  now: () => number
}

/** Uploaders from before this are told to update. */
export const UPLOADER_MINIMUM = '2.53.0'

type JsonObject = Record<string, unknown>

/**
 * `POST /data/{userId}` as older device drivers use it (http.md §4.4): an upload record, then blocks of records that
 * name it. They are visible at once. A record of which an equal one of the same device is there already is a duplicate
 * and not stored, whatever upload the other one came with.
 *
 * Unlike in the reference a body is stored as a whole or not at all.
 *
 * @returns The places in the body of those that were duplicates.
 */
export async function uploadLegacy(
  parts: LegacyUploadParts,
  who: Identity | undefined,
  userId: string,
  readBody: () => Promise<unknown>,
): Promise<number[]> {
  const caller = await requirePermission(parts.store, who, 'change data', { userId })
  const body = await readBody()
  const items = (Array.isArray(body) ? body : [body]).map((item, index) => objectAt(item, index))
  const uploads = items.flatMap((item, index) => (item.type === 'upload' ? [{ item, index }] : []))
  const data = items.flatMap((item, index) => (item.type === 'upload' ? [] : [{ item, index }]))
  const planned = uploads.map(({ item, index }) => ({
    index,
    dataSet: dataSetOf(parts, caller, userId, item, index),
  }))
  const target = await targetOf(
    parts.store,
    userId,
    data,
    planned.map(({ dataSet }) => dataSet),
  )
  const plan = target && planOf(target, data)

  const duplicates: number[] = []
  for (const { index, dataSet } of planned) {
    if (await isThere(parts.store, dataSet, index)) duplicates.push(index)
    else await parts.store.createDataSet(dataSet)
  }
  if (!target || !plan) return duplicates
  const { records, placesOfHash } = plan
  const { skippedHashes = [] } = await parts.store.write({
    dataSetId: target.id,
    nowMs: parts.now(),
    records,
    skipsEqualHashes: true,
  })
  const skipped = new Set(skippedHashes)
  for (const [hash, places] of placesOfHash)
    duplicates.push(...(skipped.has(hash) ? places : places.slice(1)))
  return [...new Set(duplicates)].sort((a, b) => a - b)
}

function objectAt(item: unknown, index: number): JsonObject {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw refusal(index, 'it is not an object')
  for (const field of ['_active', '_version']) {
    if (field in item) throw refusal(index, 'is not for clients to set', field)
  }
  return item as JsonObject
}

/** What is known of an upload; the rest of the record says nothing that is kept. */
const uploadFields = (
  'client computerTime time timezone timezoneOffset conversionOffset clockDriftOffset timeProcessing version ' +
  'deviceTags deviceTime deviceManufacturers deviceModel deviceSerialNumber deviceId payload annotations'
).split(' ')
const deviceTags: readonly unknown[] = ['activity-monitor', 'bgm', 'cgm', 'insulin-pump']

function dataSetOf(
  { now }: LegacyUploadParts,
  caller: Identity,
  userId: string,
  item: JsonObject,
  index: number,
): DataSet {
  const { uploadId, version } = item
  if (typeof uploadId !== 'string' || !isDataSetId(uploadId))
    throw refusal(index, 'is no upload id', 'uploadId')
  if (typeof version !== 'string' || version === '') throw refusal(index, 'is missing', 'version')
  const uploader = /^tidepool-uploader (\d+)\.(\d+)\.(\d+)/.exec(version)
  if (uploader && isOlder(uploader.slice(1).map(Number))) throw new Refused({ kind: 'uploader-outdated' })
  const parsed = parseDataSet(Object.fromEntries(uploadFields.flatMap((name) => kept(name, item[name]))))
  if (parsed === 'not-an-object') throw refusal(index, 'it is not an object')
  if ('problems' in parsed) throw faultsAt(parsed.problems, [index])
  const { dataSetType: _type, ...fields } = parsed.fields
  const createdMs = now()
  return {
    id: uploadId,
    userId,
    // Open as long as blocks may come, and seen at once: nobody closes it.
    dataSetType: 'normal',
    state: 'open',
    active: true,
    deduplicator: { name: deactivateHash.name, version: deactivateHash.version },
    ...(fields.client?.name !== undefined && { clientName: fields.client.name }),
    ...(fields.deviceId !== undefined && { deviceId: fields.deviceId }),
    fingerprint: '',
    createdMs,
    modifiedMs: createdMs,
    ...(caller.kind === 'person' && { createdUserId: caller.userId }),
    fields: { time: formatTime(createdMs), ...fields },
  }
}

/** Older drivers send empty values where others send none, and tags of devices that nobody knows any more. */
function kept(name: string, value: unknown): [string, unknown][] {
  if (name === 'deviceTags' && Array.isArray(value)) {
    const known = value.filter((tag) => deviceTags.includes(tag))
    return known.length > 0 ? [[name, known]] : []
  }
  const isEmpty =
    value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  return isEmpty || value === undefined ? [] : [[name, value]]
}

function isOlder(version: number[]): boolean {
  const minimum = UPLOADER_MINIMUM.split('.').map(Number)
  for (const [place, least] of minimum.entries()) {
    const part = version[place] ?? 0
    if (part !== least) return part < least
  }
  return false
}

/** The one upload that the records of a body belong to. */
async function targetOf(
  store: Store,
  userId: string,
  data: readonly { item: JsonObject; index: number }[],
  made: readonly DataSet[],
): Promise<DataSet | undefined> {
  const [first] = data
  if (!first) return undefined
  for (const { item, index } of data) {
    for (const field of ['deviceId', 'uploadId']) {
      if (typeof item[field] !== 'string') throw refusal(index, 'is missing', field)
    }
    if (item.uploadId !== first.item.uploadId) throw refusal(index, 'is another one than before', 'uploadId')
  }
  const id = String(first.item.uploadId)
  const dataSet = made.find((one) => one.id === id) ?? (await store.dataSet(id))
  if (dataSet?.userId !== userId) throw refusal(first.index, 'names no upload of this account', 'uploadId')
  return dataSet
}

function planOf(dataSet: DataSet, data: readonly { item: JsonObject; index: number }[]) {
  const places = data.map(({ index }) => index)
  const parsed = parseData(
    data.map(({ item }) => item),
    { idFor: derivedId(dataSet.id) },
  )
  if ('problems' in parsed) throw faultsAt(parsed.problems, places)
  const plan = deactivateHash.plan(parsed.data, dataSet)
  if ('lacking' in plan) throw new Error('a record without deviceId was refused before')
  const placesOfHash = new Map<string, number[]>()
  for (const [at, datum] of parsed.data.entries()) {
    const hash = hashOf(datum, dataSet.userId)
    const place = places[datum.within?.parent ?? at] ?? 0
    placesOfHash.set(hash, [...(placesOfHash.get(hash) ?? []), place])
  }
  return { records: plan.records, placesOfHash }
}

function hashOf(datum: ParsedDatum, userId: string): string {
  return identityHash([userId, ...identityFields(datum).map(String)])
}

async function isThere(store: Store, { id, userId }: DataSet, index: number): Promise<boolean> {
  const existing = await store.dataSet(id)
  if (existing && existing.userId !== userId) throw refusal(index, 'is taken', 'uploadId')
  return existing !== undefined
}

/** @param places Where in the body the items stand that were judged; a body of one has no place in its pointers. */
function faultsAt(problems: readonly Problem[], places: readonly number[]): Refused {
  const [first] = problems
  const [, head = '', ...rest] = first?.pointer.split('/') ?? []
  const isPlace = /^\d+$/.test(head)
  const index = (isPlace ? places[Number(head)] : places[0]) ?? 0
  const field = (isPlace ? rest : [head, ...rest]).join('.')
  return refusal(index, first?.detail ?? 'it is not valid', field || undefined)
}

function refusal(index: number, reason: string, field?: string): Refused {
  return new Refused({ kind: 'legacy-record-invalid', index, reason, ...(field !== undefined && { field }) })
}
