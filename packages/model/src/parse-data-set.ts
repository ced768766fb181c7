import type { Static } from 'typebox'
import { annotations, clockDriftOffset, conversionOffset, timezoneOffset } from './base-fields.ts'
import { optional } from './fields/field.ts'
import { metadata, metadataWithNulls } from './fields/free-form.ts'
import { object } from './fields/object.ts'
import { anyText, oneOf, text, textOfAtLeast } from './fields/text.ts'
import { sortByBytes, textList } from './fields/text-list.ts'
import { anyTime } from './fields/time.ts'
import { parseStrictly } from './parse-strictly.ts'
import { localTime, reverseDomain, timeZone } from './shapes/names.ts'
import type { DataSetFields, Problem } from './wire.ts'

/** What the server alone decides. A client may send it (copies of an answer, say): of the right kind, and ignored (D18). */
const serverOwned = {
  byUser: optional(anyText),
  createdTime: optional(anyTime),
  createdUserId: optional(anyText),
  deletedTime: optional(anyTime),
  deletedUserId: optional(anyText),
  id: optional(anyText),
  modifiedTime: optional(anyTime),
  modifiedUserId: optional(anyText),
  type: optional(anyText),
  uploadId: optional(anyText),
}

/** The body of `POST /v1/users/{userId}/data_sets` (http.md §3.3), in the order of its faults. */
const dataSet = object({
  annotations: optional(annotations),
  byUser: serverOwned.byUser,
  client: optional(
    object({
      name: optional(text()),
      version: optional(text()),
      private: optional(metadataWithNulls),
    }),
  ),
  clockDriftOffset: optional(clockDriftOffset),
  computerTime: optional(localTime),
  conversionOffset: optional(conversionOffset),
  createdTime: serverOwned.createdTime,
  createdUserId: serverOwned.createdUserId,
  dataSetType: optional(oneOf('continuous', 'normal')),
  deduplicator: optional(object({ name: optional(reverseDomain) })),
  deletedTime: serverOwned.deletedTime,
  deletedUserId: serverOwned.deletedUserId,
  deviceId: optional(text()),
  deviceManufacturers: optional(textList(text(), { unique: true })),
  deviceModel: optional(text()),
  deviceSerialNumber: optional(text()),
  deviceTags: optional(textList(oneOf('activity-monitor', 'bgm', 'cgm', 'insulin-pump'), { unique: true })),
  deviceTime: optional(localTime),
  id: serverOwned.id,
  modifiedTime: serverOwned.modifiedTime,
  modifiedUserId: serverOwned.modifiedUserId,
  payload: optional(metadata),
  time: optional(anyTime),
  timeProcessing: optional(oneOf('across-the-board-timezone', 'none', 'utc-bootstrapping')),
  timezone: optional(timeZone),
  timezoneOffset: optional(timezoneOffset),
  uploadId: serverOwned.uploadId,
  version: optional(textOfAtLeast(5)),
  type: serverOwned.type,
})

/** What a data set may be created with. */
export type DataSetInput = Static<typeof dataSet.schema>
export const dataSetSchema = dataSet.schema

/** The client's part of a data set, or all that is wrong with it. */
export type ParsedDataSet = { fields: DataSetFields } | { problems: Problem[] }

/**
 * Reads the body of a data set's creation. Here an unknown key is a fault (`not-parsed`), though one inside of an
 * object is dropped. Both types of data set pass; `normal` is the default. What the server alone decides is left out.
 *
 * @param body What `JSON.parse` gave. What is no object is `not-an-object`.
 */
export function parseDataSet(body: unknown): ParsedDataSet | 'not-an-object' {
  const parsed = parseStrictly(dataSet, body)
  return parsed === 'not-an-object' || 'problems' in parsed ? parsed : { fields: settle(parsed.read) }
}

function settle(read: Record<string, unknown>): DataSetFields {
  const known = Object.entries(read).filter(([key]) => !Object.hasOwn(serverOwned, key))
  const fields = { dataSetType: 'normal', ...Object.fromEntries(known) } as DataSetFields
  if (fields.deviceManufacturers) sortByBytes(fields.deviceManufacturers)
  if (fields.deviceTags) sortByBytes(fields.deviceTags)
  return fields
}
