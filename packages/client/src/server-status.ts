import { isTidegaugeError } from './errors.ts'
import { isObject } from './faults.ts'
import { send, sendRaw, type Transport } from './request.ts'

/** What `serverStatus` found. */
export interface ServerStatus {
  /** `ok` when the server takes requests. */
  status: string
  /** Whether it answered as Tidegauge does; `false`: only the protocol's own `/v1/time` answered. */
  tidegauge: boolean
  /** The server's software version, where it told (http.md §5.2). */
  version?: string
  /** The server's clock, RFC 3339, where it told. */
  time?: string
  /** Everything that a Tidegauge's `/status` said. */
  details: Record<string, unknown>
}

/**
 * Whether a server is there: Tidegauge's `GET /status`, else the protocol's `GET /v1/time` (http.md §5.2), each once.
 * Throws what a request throws when neither answers.
 */
export async function serverStatus(transport: Transport, signal?: AbortSignal): Promise<ServerStatus> {
  const { text } = await sendRaw(transport, { method: 'GET', route: '/status' }, signal)
  const details = parseStatus(text)
  if (details !== undefined) {
    const time = typeof details.time === 'string' ? { time: details.time } : {}
    const version = details.status === 'ok' ? await versionOf(transport, signal) : undefined
    return {
      status: details.status,
      tidegauge: true,
      ...(version !== undefined && { version }),
      ...time,
      details,
    }
  }
  const answer = await send(transport, { method: 'GET', route: '/v1/time' }, undefined, signal)
  const body = answer.json()
  const data = isObject(body) && isObject(body.data) ? body.data : {}
  if (typeof data.time !== 'string') throw answer.unexpected('The answer tells no time.')
  return { status: 'ok', tidegauge: false, time: data.time, details: {} }
}

/** Not to know it is no failure of a server that answers. */
async function versionOf(transport: Transport, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await send(transport, { method: 'GET', route: '/dataservices/version' }, undefined, signal)
    const body = answer.json()
    const version = isObject(body) && isObject(body.data) ? body.data.version : undefined
    return typeof version === 'string' ? version : undefined
  } catch (error) {
    if (isTidegaugeError(error) && error.kind !== 'aborted') return undefined
    throw error
  }
}

/** Any HTTP status will do: a server that is stopping says so too. Error envelopes have no `status` that is a word. */
function parseStatus(text: string): (Record<string, unknown> & { status: string }) | undefined {
  try {
    const body: unknown = JSON.parse(text)
    if (isObject(body) && typeof body.status === 'string') return { ...body, status: body.status }
  } catch {
    // Another server's page at this address: not a Tidegauge.
  }
  return undefined
}
