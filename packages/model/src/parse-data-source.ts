import * as fault from './faults/fault.ts'
import { type Place, placeOfBody } from './faults/place.ts'
import { dependent, isObject, type Members, optional } from './fields/field.ts'
import { metadata } from './fields/free-form.ts'
import { type Fields, type ObjectField, object } from './fields/object.ts'
import { oneOf, text, textLike } from './fields/text.ts'
import { textList } from './fields/text-list.ts'
import { time } from './fields/time.ts'
import { isDataSetId } from './ids.ts'
import { parseTime } from './time.ts'
import type { Problem } from './wire.ts'

const name = text({ max: 100 })
const dataSetId = textLike('as data set id', isDataSetId)

/** The body of `POST /v1/users/{userId}/data_sources` (data-sets.md §10). */
const newDataSource = object({
  providerType: oneOf('oauth'),
  providerName: name,
  providerExternalId: optional(name),
  metadata: optional(metadata),
})

/** The body of `PUT /v1/data_sources/{id}`. To connect is to say with which session; to disconnect is to have none. */
const dataSourceUpdate = object({
  providerSessionId: dependent(({ state }) => sessionIn(state), name),
  providerExternalId: optional(name),
  state: optional(oneOf('connected', 'disconnected', 'error')),
  metadata: optional(metadata),
  error: optional(metadata),
  dataSetId: optional(dataSetId),
  // The older spelling, of which the first counts.
  dataSetIds: optional(textList(dataSetId)),
  earliestDataTime: optional(time),
  latestDataTime: optional(time),
  lastImportTime: optional(time),
})

function sessionIn(state: unknown) {
  if (state === 'connected') return 'required'
  return state === 'disconnected' ? 'forbidden' : 'optional'
}

export interface NewDataSource {
  providerType: 'oauth'
  providerName: string
  providerExternalId?: string
  metadata?: Record<string, unknown>
}

/** What changes; times as they are stored. */
export interface DataSourceUpdateFields {
  providerSessionId?: string
  providerExternalId?: string
  state?: 'connected' | 'disconnected' | 'error'
  metadata?: Record<string, unknown>
  error?: Record<string, unknown>
  dataSetId?: string
  earliestDataTime?: string
  latestDataTime?: string
  lastImportTime?: string
}

type Parsed<T> = { fields: T } | { problems: Problem[] } | 'not-an-object'

/** Reads the body that makes a data source; an unknown key is a fault. What is no object is `not-an-object`. */
export function parseNewDataSource(body: unknown): Parsed<NewDataSource> {
  return parse(body, newDataSource, (fields) => fields as unknown as NewDataSource)
}

/** Reads the body that changes a data source, of whose two spellings of the data set one remains. */
export function parseDataSourceUpdate(body: unknown): Parsed<DataSourceUpdateFields> {
  return parse(
    body,
    dataSourceUpdate,
    ({ dataSetIds, ...fields }) => {
      const first = fields.dataSetId ?? (dataSetIds as string[] | undefined)?.[0]
      return { ...fields, ...(first !== undefined && { dataSetId: first }) } as DataSourceUpdateFields
    },
    inOrder,
  )
}

function inOrder({ earliestDataTime, latestDataTime }: Members, at: Place): void {
  const [earliest, latest] = [earliestDataTime, latestDataTime] as (string | undefined)[]
  if (earliest === undefined || latest === undefined) return
  if ((parseTime(latest) ?? 0) < (parseTime(earliest) ?? 0)) {
    at.in('latestDataTime').report(fault.notAfter(latest, earliest))
  }
}

function parse<T>(
  body: unknown,
  fields: ObjectField<Fields>,
  settle: (read: Record<string, unknown>) => T,
  checkMore?: (read: Members, at: Place) => void,
): Parsed<T> {
  if (!isObject(body)) return 'not-an-object'
  const problems: Problem[] = []
  const at = placeOfBody(problems)
  const read = fields.read(body, at)
  for (const key of Object.keys(body)) {
    if (!Object.hasOwn(fields.schema.properties, key)) at.in(key).report(fault.notParsed)
  }
  if (read === undefined || problems.length > 0) return { problems }
  fields.check(read, at, read, read)
  checkMore?.(read, at)
  return problems.length > 0 ? { problems } : { fields: settle(read) }
}
