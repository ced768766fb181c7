import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openStore, type Parts } from '../compose.ts'
import { type Config, configFrom, defaultLimits, type Limits } from '../config.ts'
import { silentLog } from '../log.ts'
import { type RunningServer, startServer } from '../start.ts'
import type { Permission, Store } from '../store/port.ts'

/** A real server on a free port with its data in a temporary folder, and a short way to speak to it. */
export interface World extends AsyncDisposable {
  readonly url: string
  readonly dataDirectory: string
  readonly uploaderPorts: RunningServer['uploaderPorts']
  /** What the server keeps its data in, for what has no route. */
  readonly store: Store
  /** A new account, signed in. */
  person(): Promise<Person>
  /** A new continuous data set of this person; answers its id. */
  dataSet(owner: Person, fields?: object): Promise<string>
  /** Lets somebody do something on somebody's account. */
  grant(owner: Person, grantee: Person, ...permissions: Permission[]): Promise<void>
  /** Signs in as a service; answers the token. */
  service(): Promise<string>
  send(method: string, path: string, request?: Sent): Promise<Answer>
  /** Ends the server; its files stay until the world is disposed of. */
  stop(): Promise<void>
  /** All that is in the database of records and data sets, inside and all. */
  stored(): { data: object[]; dataSets: object[]; users: object[] }
}

export interface Person {
  userId: string
  username: string
  password: string
  token: string
}

export interface Sent {
  /** Goes into the session token header. */
  token?: string
  headers?: Record<string, string>
  /** Sent as it is when a string or bytes, else as JSON. */
  body?: unknown
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails if it is not there
  json: any
}

export interface WorldOptions
  extends Partial<Parts>,
    Partial<Omit<Config, 'port' | 'limits' | 'serverSecret'>> {
  limits?: Partial<Limits>
  /** null: the server has none. */
  serverSecret?: string | null
}

export const SERVER_SECRET = 'known-to-the-operator'

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const {
    limits,
    serverSecret = SERVER_SECRET,
    store: given,
    log = silentLog(),
    now,
    ...configured
  } = options
  const dataDirectory = configured.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'tidegauge-test-')))
  const config: Config = {
    ...configFrom({}),
    signUp: 'open',
    ...configured,
    port: 0,
    dataDirectory,
    limits: { ...defaultLimits, ...limits },
    ...(serverSecret !== null && { serverSecret }),
  }
  const store = given ?? (await openStore({ dataDirectory }))
  const server = await startServer(config, { log, store, ...(now && { now }) })
  let people = 0

  const send: World['send'] = async (method, path, { token, headers, body } = {}) => {
    const raw = typeof body === 'string' || body instanceof Uint8Array
    const response = await fetch(server.url + path, {
      method,
      headers: {
        ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
        ...(token !== undefined && { 'x-tidepool-session-token': token }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parsed(text) }
  }

  return {
    url: server.url,
    dataDirectory,
    uploaderPorts: server.uploaderPorts,
    store,
    send,
    async person() {
      const username = `person${++people}@example.org`
      const password = `correct:horse-${people}`
      const answer = await send('POST', '/auth/user', { body: { username, emails: [username], password } })
      const token = answer.headers.get('x-tidepool-session-token')
      if (answer.status !== 201 || token === null) throw new Error(`sign-up answered ${answer.status}`)
      return { userId: answer.json.userid, username, password, token }
    },
    async dataSet(owner, fields) {
      const body = {
        client: { name: 'org.example.pump', version: '1.0.0' },
        dataSetType: 'continuous',
        deduplicator: { name: 'org.tidepool.deduplicator.dataset.delete.origin' },
        ...fields,
      }
      const answer = await send('POST', `/v1/users/${owner.userId}/data_sets`, { token: owner.token, body })
      if (answer.status !== 201) throw new Error(`create answered ${answer.status}`)
      return answer.json.data.id
    },
    stored() {
      const database = new DatabaseSync(join(dataDirectory, 'tidegauge.db'), { readOnly: true })
      try {
        const all = (table: string) => database.prepare(`SELECT * FROM ${table} ORDER BY pk`).all()
        return { data: all('data'), dataSets: all('data_sets'), users: all('users') }
      } finally {
        database.close()
      }
    },
    async grant(owner, grantee, ...permissions) {
      const grant = { userId: owner.userId, granteeId: grantee.userId, permissions }
      if ((await store.setPermissions(grant)) !== 'set') throw new Error('there is no such account')
    },
    async service() {
      const headers = { 'x-tidepool-server-name': 'importer', 'x-tidepool-server-secret': SERVER_SECRET }
      const answer = await send('POST', '/auth/serverlogin', { headers })
      const token = answer.headers.get('x-tidepool-session-token')
      if (answer.status !== 200 || token === null) throw new Error(`serverlogin answered ${answer.status}`)
      return token
    },
    stop: () => server.close(),
    async [Symbol.asyncDispose]() {
      await server.close()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A plain reading in mmol/L. */
export function cbgAt(time: string, fields: object = {}): Record<string, unknown> {
  return { type: 'cbg', time, value: 5, units: 'mmol/L', deviceId: 'device-1', ...fields }
}

/** `count` readings five minutes apart, each with an origin id of its own. */
export function cbgs(count: number, { prefix = 'o', value = 5 }: { prefix?: string; value?: number } = {}) {
  const start = Date.UTC(2026, 0, 5)
  return Array.from({ length: count }, (_, i) =>
    cbgAt(new Date(start + i * 300_000).toISOString(), { value, origin: { id: `${prefix}${i}` } }),
  )
}
