import { createHash } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Failure, Refused } from '../failure.ts'
import { readBody } from '../http/body.ts'
import { parseJson } from '../http/json.ts'
import { atMost } from '../in-turn.ts'
import type { Logger } from '../log.ts'
import { type Act, type ArgumentOf, acts, isAct, type OperatorParts, type ResultOf } from './acts.ts'

/** The operator's door to a running server: HTTP over a socket that the file system guards (mode 0600), `POST /<act>`. */
export interface OperatorSocket {
  path: string
  close(): Promise<void>
}

/** Longer socket paths than this do not fit into the operating system's structure (104 bytes on macOS). */
const MAX_SOCKET_PATH_BYTES = 100
/** Removing an account with years of data takes its time. */
const PATIENCE_MS = 10 * 60_000
const limits = { bodyBytes: 64 * 1024, bodyTimeoutMs: 10_000, nesting: 10, jsonValues: 100 }

export async function openOperatorSocket(
  dataDirectory: string,
  parts: OperatorParts,
  log: Logger,
): Promise<OperatorSocket> {
  const { path, temporaryDirectory } = await socketPath(dataDirectory)
  await rm(path, { force: true }) // left by a killed server; the store's lock says that we are the only one
  const server = createServer((request, response) => {
    carryOut(request, parts).then(
      (answer) => response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body),
      (error) => {
        log.error({ err: error }, 'operator request failed')
        response.writeHead(500).end()
      },
    )
  })
  await listenPrivately(server, path)
  return {
    path,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      if (temporaryDirectory) await rm(temporaryDirectory, { recursive: true, force: true })
    },
  }
}

async function socketPath(dataDirectory: string): Promise<{ path: string; temporaryDirectory?: string }> {
  if (process.platform === 'win32') {
    const name = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 32)
    return { path: `\\\\.\\pipe\\tidegauge-${name}` }
  }
  const path = join(dataDirectory, 'operator.sock')
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return { path }
  const temporaryDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-'))
  return { path: join(temporaryDirectory, 'operator.sock'), temporaryDirectory }
}

async function listenPrivately(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const umask = process.umask(0o177) // from its first moment nobody else may connect
  try {
    server.once('error', reject).listen(path, resolve)
  } finally {
    process.umask(umask)
  }
  await promise
  server.off('error', reject)
  if (process.platform !== 'win32') await chmod(path, 0o600)
}

async function carryOut(
  request: IncomingMessage,
  parts: OperatorParts,
): Promise<{ status: number; body: string }> {
  const name = request.url?.slice(1) ?? ''
  if (request.method !== 'POST' || !isAct(name)) return { status: 404, body: '{}' }
  try {
    const argument = parseJson(await readBody(request, limits, atMost(1)), limits)
    const act = acts[name] as (parts: OperatorParts, argument: unknown) => Promise<unknown>
    return { status: 200, body: JSON.stringify({ result: await act(parts, argument) }) }
  } catch (error) {
    if (error instanceof Refused)
      return { status: 400, body: JSON.stringify({ refused: error.failure.kind }) }
    throw error
  }
}

/** Asks a running server; undefined when nobody listens there any more. */
export async function askRunning<A extends Act>(
  socket: string,
  act: A,
  argument: ArgumentOf<A>,
): Promise<{ result: ResultOf<A> } | { refused: Failure['kind'] } | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | undefined>()
  httpRequest({ socketPath: socket, path: `/${act}`, method: 'POST', timeout: PATIENCE_MS }, resolve)
    .on('error', (error) => (isNobodyThere(error) ? resolve(undefined) : reject(error)))
    .on('timeout', () => reject(new Error('the running server did not answer')))
    .end(JSON.stringify(argument))
  const response = await promise
  if (!response) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  if (response.statusCode !== 200 && response.statusCode !== 400) {
    throw new Error('the running server failed to do it; its log says why')
  }
  return JSON.parse(Buffer.concat(chunks).toString())
}

function isNobodyThere(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')
}
