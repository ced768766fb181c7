import type { ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { answer, type Received, type Script, scriptedServer } from './scripted-server.ts'

export type Fields = Record<string, unknown>

/** A server that keeps data sets and data in memory, splits records as the protocol does, and refuses on request. */
export interface SplittingServer {
  baseUrl: string
  requests: Received[]
  /** Newest first, as they are listed. */
  dataSets: Fields[]
  /** What is stored, by data set and origin id. */
  data: Map<string, Fields>
  /** How many records came to a data set, request by request. */
  chunks: { dataSetId: string; records: Fields[] }[]
  /** The faults of a record: pointers inside it. */
  refuse: (record: Fields) => string[]
  /** The faults of a data set. */
  refuseDataSet: (description: Fields) => string[]
  /** Answers instead, when it answers `true`. */
  before: (request: Received, response: ServerResponse) => boolean
}

export async function splittingServer(t: TestContext): Promise<SplittingServer> {
  const world: SplittingServer = {
    baseUrl: '',
    requests: [],
    dataSets: [],
    data: new Map(),
    chunks: [],
    refuse: () => [],
    refuseDataSet: () => [],
    before: () => false,
  }
  const script: Script = (request, response) => {
    if (world.before(request, response)) return
    const { method, path, query, body } = request
    if (method === 'GET' && path.endsWith('/data_sets')) return list(world, query, response)
    if (method === 'POST' && path.endsWith('/data_sets')) return create(world, JSON.parse(body), response)
    const [, dataSetId] = /\/datasets\/(.+)\/data$/.exec(path) ?? []
    if (dataSetId !== undefined) return take(world, dataSetId, JSON.parse(body), response)
    answer(response, 404, {})
  }
  const { baseUrl, requests } = await scriptedServer(t, script)
  return Object.assign(world, { baseUrl, requests })
}

function list({ dataSets }: SplittingServer, query: URLSearchParams, response: ServerResponse): void {
  const name = query.get('client.name')
  answer(
    response,
    200,
    dataSets.filter(({ client }) => name === null || (client as Fields | undefined)?.name === name),
  )
}

function create(world: SplittingServer, description: Fields, response: ServerResponse): void {
  const faults = world.refuseDataSet(description)
  if (faults.length > 0) {
    refusal(response, faults)
    return
  }
  const id = `set-${world.dataSets.length + 1}`
  world.dataSets.unshift({ ...description, id, uploadId: id, type: 'upload' })
  answer(response, 201, { data: world.dataSets[0] })
}

function take(world: SplittingServer, dataSetId: string, records: Fields[], response: ServerResponse): void {
  const faults = records.flatMap((record, n) => world.refuse(record).map((pointer) => `/${n}${pointer}`))
  if (faults.length > 0) {
    refusal(response, faults)
    return
  }
  world.chunks.push({ dataSetId, records })
  for (const record of records) {
    const field = record.type === 'wizard' ? 'bolus' : 'status'
    const inner = record[field]
    if (typeof inner === 'object' && inner !== null) {
      store(world, dataSetId, inner as Fields)
      record[field] = (inner as Fields).id
    }
    store(world, dataSetId, record)
  }
  answer(response, 200, { data: [] })
}

function store({ data }: SplittingServer, dataSetId: string, record: Fields): void {
  const { id } = (record.origin ?? {}) as Fields
  data.set(`${dataSetId} ${id ?? `none ${data.size}`}`, record)
}

function refusal(response: ServerResponse, pointers: string[]): void {
  answer(response, 400, {
    errors: pointers.map((pointer) => ({
      code: 'value-not-valid',
      title: 'refused',
      detail: 'refused',
      source: { pointer },
    })),
  })
}
