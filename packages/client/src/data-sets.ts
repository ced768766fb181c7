import type { Connection } from './connection.ts'
import { canonical, deleteOrigin, none } from './deduplicator-names.ts'
import { isTidegaugeError, TidegaugeError } from './errors.ts'
import { isObject } from './faults.ts'
import { interruptible } from './interruptible.ts'
import { type Answer, jsonBody, type Request } from './request.ts'
import { originalOf } from './restore/original.ts'

/** A data set as the server describes it (http.md §3.2): unset keys are absent. */
export interface DataSet {
  id: string
  dataSetType?: 'continuous' | 'normal'
  client?: { name?: string; version?: string; private?: object }
  deduplicator?: { name?: string; version?: string }
  deviceId?: string
  deviceTags?: string[]
  createdTime?: string
  modifiedTime?: string
  /** Set on a data set that was deleted. */
  deletedTime?: string
  [field: string]: unknown
}

/** Which data sets to list; every filter that is given must match. */
export interface ListDataSetsOptions {
  /** `client.name`, exactly. */
  clientName?: string | undefined
  deviceId?: string | undefined
  /** `true` lists deleted data sets too. Default `false`. */
  deleted?: boolean | undefined
  /** Whose; default: the session's own account. */
  userId?: string | undefined
  signal?: AbortSignal | undefined
}

/** What a continuous data set is to be like (http.md §3.3). */
export interface OpenDataSetOptions {
  /** Reverse domain name of the program that uploads: `org.example.pump`. Data sets are found by it. */
  clientName: string
  clientVersion?: string | undefined
  /** Default `org.tidepool.deduplicator.dataset.delete.origin`: a record replaces the one with its `origin.id`. */
  deduplicator?: string | undefined
  /** When given, the data set is found by it too. */
  deviceId?: string | undefined
  deviceTags?: readonly ('activity-monitor' | 'bgm' | 'cgm' | 'insulin-pump')[] | undefined
  deviceManufacturers?: readonly string[] | undefined
  deviceModel?: string | undefined
  deviceSerialNumber?: string | undefined
  /** IANA name. */
  timezone?: string | undefined
  /** Whose; default: the session's own account. */
  userId?: string | undefined
  signal?: AbortSignal | undefined
}

/** The server's own default size of a page. */
const pageSize = 100

/** Data sets, newest first, page by page: `GET /v1/users/{userId}/data_sets` (http.md §3.5). */
export async function* listDataSets(
  connection: Connection,
  { clientName, deviceId, deleted = false, userId, signal }: ListDataSetsOptions,
): AsyncGenerator<DataSet> {
  const params = { userId: await connection.userId(userId, signal) }
  // A data set made meanwhile moves others to the next page; a server that ignores `page` repeats itself for ever.
  const seen = new Set<string>()
  for (let page = 0; ; page++) {
    const request: Request = {
      method: 'GET',
      route: '/v1/users/{userId}/data_sets',
      params,
      query: {
        'client.name': clientName,
        deviceId,
        deleted: String(deleted),
        page: String(page),
        size: String(pageSize),
      },
    }
    const sets = dataSetsOf(await connection.call(request, { safe: true, signal }))
    const unseen = sets.filter((set) => !seen.has(set.id))
    for (const set of unseen) {
      seen.add(set.id)
      yield set
    }
    if (sets.length < pageSize || unseen.length === 0) return
  }
}

/**
 * A new continuous data set: `POST /v1/users/{userId}/data_sets` (http.md §3.3). Sent once: a repeat would make two.
 */
export async function createDataSet(connection: Connection, options: OpenDataSetOptions): Promise<DataSet> {
  const { clientName, clientVersion, deduplicator = deleteOrigin, userId, signal, ...device } = options
  const description = {
    client: { name: clientName, version: clientVersion },
    dataSetType: 'continuous',
    deduplicator: { name: deduplicator },
    ...device,
  }
  return await postDataSet(connection, description, { userId, signal })
}

/** As {@link createDataSet}, with any description. */
export async function postDataSet(
  connection: Connection,
  description: object,
  { userId, signal }: { userId: string | undefined; signal: AbortSignal | undefined },
): Promise<DataSet> {
  const request: Request = {
    method: 'POST',
    route: '/v1/users/{userId}/data_sets',
    params: { userId: await connection.userId(userId, signal) },
    body: jsonBody(description),
  }
  const answer = await connection.call(request, { safe: false, signal })
  const body = answer.json()
  const set = dataSetOf(isObject(body) ? body.data : undefined)
  if (set === undefined) throw answer.unexpected('The answer is no data set.')
  return set
}

/** Whether a request that failed so may have been carried out all the same. */
export function mayHaveBeenMade(error: unknown): boolean {
  return isTidegaugeError(error, 'network', 'timeout', 'truncated', 'server-failed')
}

/** Finds or makes data sets; calls for the same one at the same time share one answer. */
export class DataSetOpener {
  readonly #connection: Connection
  readonly #underWay = new Map<string, Promise<DataSet>>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** See `Client.openDataSet`. */
  async open({ signal, ...options }: OpenDataSetOptions): Promise<DataSet> {
    const userId = await this.#connection.userId(options.userId, signal)
    const key = JSON.stringify([userId, options.clientName, options.deviceId, options.deduplicator])
    const underWay = this.#underWay.get(key) ?? this.#findOrCreate({ ...options, userId })
    this.#underWay.set(key, underWay)
    const forget = () => {
      if (this.#underWay.get(key) === underWay) this.#underWay.delete(key)
    }
    underWay.then(forget, forget)
    try {
      return await interruptible(underWay, signal)
    } catch (error) {
      // Others may wait for the same answer: it is left to come.
      if (signal?.aborted)
        throw new TidegaugeError('aborted', 'Stopped by the caller while opening a data set.')
      throw error
    }
  }

  async #findOrCreate(options: OpenDataSetOptions): Promise<DataSet> {
    const found = await this.#find(options)
    if (found !== undefined) return found
    try {
      return await createDataSet(this.#connection, options)
    } catch (error) {
      if (!mayHaveBeenMade(error)) throw error
      const made = await this.#find(options)
      if (made === undefined) throw error
      return made
    }
  }

  async #find({
    clientName,
    deviceId,
    userId,
    deduplicator,
  }: OpenDataSetOptions): Promise<DataSet | undefined> {
    // One restored from elsewhere only when there is no other: it may be younger, and the first to be found later.
    let restored: DataSet | undefined
    for await (const set of listDataSets(this.#connection, { clientName, deviceId, userId })) {
      if (!fits(set, deduplicator ?? deleteOrigin)) continue
      if (originalOf(set) === undefined) return set
      restored ??= set
    }
    return restored
  }
}

/** Whether a repeat of an upload to this data set does no harm: `none` alone stores everything again. */
export function deduplicates(set: DataSet): boolean {
  return canonical(set.deduplicator?.name) !== none
}

/** Whether records can be sent to this data set, and sent again without harm. */
export function takesAgain(set: DataSet): boolean {
  return isOpen(set) && deduplicates(set)
}

/** A program may have made data sets of another kind under the same client name. */
function fits(set: DataSet, deduplicator: string): boolean {
  const name = set.deduplicator?.name
  return isOpen(set) && (name === undefined || canonical(name) === canonical(deduplicator))
}

function isOpen(set: DataSet): boolean {
  return set.dataSetType === 'continuous' && set.deletedTime === undefined && set.state !== 'closed'
}

function dataSetsOf(answer: Answer): DataSet[] {
  const body = answer.json()
  // Bare here; wrapped on the alias `/datasets`, and in the published API description.
  const list = isObject(body) ? body.data : body
  if (!Array.isArray(list)) throw answer.unexpected('The answer is no list of data sets.')
  const sets = list.map(dataSetOf).filter((set) => set !== undefined)
  if (sets.length < list.length) throw answer.unexpected('The answer lists something that is no data set.')
  return sets
}

function dataSetOf(value: unknown): DataSet | undefined {
  if (!isObject(value)) return undefined
  const id = value.id ?? value.uploadId
  return typeof id === 'string' && id !== '' ? { ...value, id } : undefined
}
