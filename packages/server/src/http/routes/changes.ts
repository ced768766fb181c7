import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { mayDo, requirePermission } from '../../auth/permissions.ts'
import { Refused } from '../../failure.ts'
import type { Store } from '../../store/port.ts'
import { ParameterReader, queryOf } from '../query-string.ts'
import { dataService, type Route, type RouteRequest, userIdOf } from '../routing.ts'

/** A change is told within this time. */
const LOOK_EVERY_MS = 300
/** Whoever loses the right to look loses the stream. */
const ASK_AGAIN_MS = 5_000
/** Something is said at least so often, so that nobody on the way takes the connection for dead. */
const ALIVE_EVERY_MS = 15_000
/** Of one caller; each costs a look into the store now and then. */
const MOST_STREAMS = 50

interface Wanted {
  userId: string
  /** The last number that the reader knows; without one, they are told at once how things stand. */
  after: number | undefined
  /** The stream ends after its first event: for who waits for one change. */
  once: boolean
}

export interface Changes {
  routes: Route[]
  /** Ends every stream. */
  close(): void
}

/**
 * `GET /v1/users/U/changes?after=SEQ`: an event whenever something of a person has changed, with the change number that was reached.
 * Who comes back with the last number that they saw misses nothing.
 */
export function changesRoutes({ store }: { store: Store }): Changes {
  const closing = new AbortController()
  const streams = new Map<string, number>()

  async function* events(request: RouteRequest, { userId, after, once }: Wanted, gone: AbortSignal) {
    try {
      let told: number | undefined = after
      let askedMs = Date.now()
      let saidMs = 0
      while (!gone.aborted) {
        const nowMs = Date.now()
        if (nowMs - askedMs > ASK_AGAIN_MS) {
          // Not noted again: it is one look, however long.
          if (!(await mayDo(store, await request.identify(), 'read data', { userId }))) return
          askedMs = nowMs
        }
        const changeSequence = await store.changeSequence(userId)
        if (changeSequence !== told) {
          told = changeSequence
          saidMs = nowMs
          yield `id: ${told}\nevent: change\ndata: ${JSON.stringify({ changeSequence })}\n\n`
          if (once) return
        } else if (nowMs - saidMs > ALIVE_EVERY_MS) {
          saidMs = nowMs
          yield ': still here\n\n'
        }
        await sleep(LOOK_EVERY_MS, undefined, { signal: gone }).catch(() => undefined)
      }
    } catch (error) {
      // The account has gone, or the right to look into it: the stream ends, and the next try is told why.
      if (!(error instanceof Refused)) throw error
    }
  }
  /** Counts a stream of a caller, from before its first event until its connection is closed. */
  const begin = (caller: string, connection: ServerResponse): AbortSignal => {
    const others = streams.get(caller) ?? 0
    if (others >= MOST_STREAMS) throw new Refused({ kind: 'too-many-attempts', retryAfterSeconds: 30 })
    streams.set(caller, others + 1)
    const left = new AbortController()
    const end = () => {
      left.abort()
      const rest = (streams.get(caller) ?? 0) - 1
      if (rest > 0) streams.set(caller, rest)
      else streams.delete(caller)
    }
    if (connection.closed) end()
    else connection.once('close', end)
    return left.signal
  }

  return {
    close: () => closing.abort(),
    routes: [
      {
        method: 'GET',
        paths: dataService('/v1/users/:userId/changes'),
        envelope: 'platform-new',
        async handle(request, reply) {
          const userId = userIdOf(request)
          const caller = await requirePermission(store, await request.identify(), 'read data', { userId })
          const reader = new ParameterReader(queryOf(request.url))
          const after = reader.integer('after', 0, Number.MAX_SAFE_INTEGER)
          const once = reader.boolean('once') ?? false
          reader.finish([])
          const name = caller.kind === 'service' ? `service ${caller.name}` : caller.userId
          const left = begin(name, reply.raw)
          const gone = AbortSignal.any([closing.signal, left])
          reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
          return reply.send(
            Readable.from(events(request, { userId, after, once }, gone), { objectMode: false }),
          )
        },
      },
    ],
  }
}
