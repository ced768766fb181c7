import { createHash } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Accounts } from '../auth/accounts.ts'
import { Refused } from '../failure.ts'
import { readBody } from '../http/body.ts'
import { atMost } from '../http/in-turn.ts'
import { parseJson } from '../http/json.ts'
import type { Logger } from '../log.ts'

/**
 * The operator's door to a running server: HTTP over a socket that the file system guards (mode 0600). It has
 * one room, `POST /users`.
 */
export interface OperatorSocket {
  path: string
  close(): Promise<void>
}

/** Longer socket paths than this do not fit into the operating system's structure (104 bytes on macOS). */
const MAX_SOCKET_PATH_BYTES = 100
const limits = { bodyBytes: 64 * 1024, bodyTimeoutMs: 10_000, nesting: 10, jsonValues: 100 }

export async function openOperatorSocket(
  dataDirectory: string,
  accounts: Accounts,
  log: Logger,
): Promise<OperatorSocket> {
  const { path, temporaryDirectory } = await socketPath(dataDirectory)
  await rm(path, { force: true }) // left by a killed server; the store's lock says that we are the only one
  const server = createServer((request, response) => {
    addUser(request, accounts).then(
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

async function addUser(
  request: IncomingMessage,
  accounts: Accounts,
): Promise<{ status: number; body: string }> {
  if (request.method !== 'POST' || request.url !== '/users') return { status: 404, body: '{}' }
  try {
    const { username, password } = parseJson(await readBody(request, limits, atMost(1)), limits) as Record<
      string,
      unknown
    >
    const user = await accounts.add(String(username), String(password))
    return { status: 201, body: JSON.stringify({ userId: user.id, username: user.username }) }
  } catch (error) {
    if (error instanceof Refused) return { status: 400, body: JSON.stringify({ kind: error.failure.kind }) }
    throw error
  }
}

/** Asks a running server; undefined when nobody listens there any more. */
export async function askToAddUser(
  socket: string,
  details: { username: string; password: string },
): Promise<{ userId: string; username: string } | { kind: string } | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | undefined>()
  httpRequest({ socketPath: socket, path: '/users', method: 'POST', timeout: 30_000 }, resolve)
    .on('error', (error) => (isNobodyThere(error) ? resolve(undefined) : reject(error)))
    .on('timeout', () => reject(new Error('the running server did not answer')))
    .end(JSON.stringify(details))
  const response = await promise
  if (!response) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  if (response.statusCode !== 201 && response.statusCode !== 400) {
    throw new Error('the running server failed to add the account; its log says why')
  }
  return JSON.parse(Buffer.concat(chunks).toString())
}

function isNobodyThere(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')
}
