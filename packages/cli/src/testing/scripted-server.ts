import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'

type Fields = Record<string, unknown>
type Answer = { status: number; body?: unknown; headers?: Record<string, string> }
type Handler = (
  request: { body: unknown; url: URL },
  response: ServerResponse,
) => Answer | undefined | Promise<Answer | undefined>

/** A server of the protocol that does as a test says: it keeps what it is sent by origin id, and refuses on request. */
export interface ScriptedServer {
  url: string
  /** Each request as `METHOD /path`, in order. */
  requests: string[]
  tokensSeen: string[]
  chunks: Fields[][]
  /** What is stored, by origin id, or else by number. */
  stored: Map<string, Fields>
  dataSets: Fields[]
  /** Set to answer otherwise, by `METHOD /path`; undefined goes on to the usual answer. */
  handlers: Record<string, Handler>
  /** What the answer to a chunk says in the header of that name. */
  receipt: (chunk: Fields[]) => string | undefined
  /** The fault of a record, if it has one. */
  refuse: (record: Fields) => { code: string; pointer: string } | undefined
  close(): Promise<void>
}

export const account = {
  userId: '0123456789',
  username: 'ada@example.org',
  password: 'correct horse',
  token: 'token-1',
}

export async function scriptedServer(t: Pick<TestContext, 'after'>): Promise<ScriptedServer> {
  const world: ScriptedServer = {
    url: '',
    requests: [],
    tokensSeen: [],
    chunks: [],
    stored: new Map(),
    dataSets: [],
    handlers: {},
    receipt: () => undefined,
    refuse: () => undefined,
    close: async () => undefined,
  }
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const name = `${request.method} ${url.pathname}`
    world.requests.push(name)
    const token = request.headers['x-tidepool-session-token']
    if (typeof token === 'string') world.tokensSeen.push(token)
    const body = await bodyOf(request)
    const answer =
      (await world.handlers[name]?.({ body, url }, response)) ?? usualAnswer(world, name, body, request)
    if (response.headersSent || response.destroyed) return
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  world.close = async () => {
    server.closeAllConnections()
    if (server.listening) await new Promise((closed) => server.close(closed))
  }
  t.after(() => world.close())
  return world
}

/** The path that takes the chunks of the first data set. */
export const CHUNKS = 'POST /dataservices/v1/datasets/0000000000000000000000000000da7a/data'

function usualAnswer(world: ScriptedServer, name: string, body: unknown, request: IncomingMessage): Answer {
  const { userId, username, password, token } = account
  const data = (value: unknown) => ({ data: value, meta: { trace: { request: 'r' } } })
  switch (name) {
    case 'POST /auth/login': {
      const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
      if (request.headers.authorization !== expected)
        return { status: 401, body: { code: 401, reason: 'No user matched' } }
      return {
        status: 200,
        headers: { 'x-tidepool-session-token': token },
        body: { userid: userId, username },
      }
    }
    case 'POST /auth/logout':
      return { status: 200 }
    case 'GET /auth/user':
    case `GET /auth/user/${userId}`:
      return {
        status: 200,
        body: { userid: userId, username, emails: [username], roles: [], emailVerified: true },
      }
    case 'GET /status':
      return { status: 200, body: { status: 'ok' } }
    case 'GET /dataservices/version':
      return { status: 200, body: data({ version: '9.9.9' }) }
    case `GET /v1/users/${userId}/data_sets`:
      return { status: 200, body: world.dataSets }
    case `POST /v1/users/${userId}/data_sets`: {
      const id = (0xda7a + world.dataSets.length).toString(16).padStart(32, '0')
      const dataSet = {
        ...(body as Fields),
        id,
        uploadId: id,
        type: 'upload',
        createdTime: '2026-01-05T10:00:00.123Z',
      }
      world.dataSets.unshift(dataSet)
      return { status: 201, body: data(dataSet) }
    }
    case `GET /data/${userId}`:
      return { status: 200, body: [...world.stored.values()] }
    default:
      if (/^POST \/dataservices\/v1\/datasets\/\w+\/data$/.test(name))
        return takeChunk(world, body as Fields[], data([]))
      return { status: 404, body: { code: 404 } }
  }
}

function takeChunk(world: ScriptedServer, chunk: Fields[], taken: unknown): Answer {
  const errors = chunk.flatMap((record, n) => {
    const fault = world.refuse(record)
    if (!fault) return []
    const { code, pointer } = fault
    return [
      {
        code,
        title: code,
        detail: `value ${String(record.value)} is wrong`,
        source: { pointer: `/${n}${pointer}` },
      },
    ]
  })
  if (errors.length > 0) return { status: 400, body: errors.length === 1 ? errors[0] : { errors } }
  world.chunks.push(chunk)
  for (const record of chunk) {
    const id = (record.origin as Fields | undefined)?.id
    world.stored.set(typeof id === 'string' ? id : `no origin ${world.stored.size}`, record)
  }
  const receipt = world.receipt(chunk)
  return { status: 200, body: taken, ...(receipt && { headers: { 'x-tidegauge-receipt': receipt } }) }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const bytes = Buffer.concat(pieces)
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString()
  return text === '' ? undefined : JSON.parse(text)
}
