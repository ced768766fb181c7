import type { Identity } from '../auth/identity.ts'
import type { Peer } from '../http/routing.ts'
import type { Logger } from '../log.ts'
import type { Actor, AuditEntry, Store } from '../store/port.ts'

/** What somebody tried on an account. */
export interface Access {
  userId: string
  operation: string
  allowed: boolean
}

/**
 * Notes who does what on whose account. Nobody waits for it: what is noted is gathered, equal things of one hour are
 * one entry with a count, and every few seconds all of it is written in one step.
 */
export interface Trail {
  note(who: Identity | undefined, access: Access, peer: Peer): void
  /** Writes what is gathered. */
  flush(): Promise<void>
  close(): Promise<void>
}

const FLUSH_MS = 5_000
/** Gathered at the most; a flood of different ones is written sooner. */
const MOST_GATHERED = 1_000
/** Of one account: whoever tries everything from everywhere does not fill the disk. */
const MOST_PER_HOUR = 500
const MAX_AGENT = 100
const HOUR_MS = 3_600_000

export function createTrail(store: Pick<Store, 'noteAccess'>, log: Logger, now: () => number): Trail {
  let gathered = new Map<string, AuditEntry>()
  let writing: Promise<void> = Promise.resolve()
  const flush = (): Promise<void> => {
    const entries = [...gathered.values()]
    gathered = new Map()
    if (entries.length > 0) {
      writing = writing
        .then(() => store.noteAccess({ entries, maxPerHour: MOST_PER_HOUR }))
        // On a full disk there is no trail; what people do goes on.
        .catch((error) => log.error({ err: error }, 'the audit trail could not be written'))
    }
    return writing
  }
  const timer = setInterval(flush, FLUSH_MS).unref()
  return {
    note(who, access, { address, userAgent }) {
      const nowMs = now()
      const agent = userAgent.slice(0, MAX_AGENT)
      const actor = actorOf(who)
      const clientId = who?.kind === 'person' ? who.clientId : undefined
      const key = JSON.stringify([access, actor, clientId, address, agent, Math.floor(nowMs / HOUR_MS)])
      const known = gathered.get(key)
      if (known) {
        known.count++
        known.lastMs = nowMs
        return
      }
      gathered.set(key, {
        ...access,
        actor,
        ...(clientId !== undefined && { clientId }),
        address,
        userAgent: agent,
        firstMs: nowMs,
        lastMs: nowMs,
        count: 1,
      })
      if (gathered.size >= MOST_GATHERED) void flush()
    },
    flush,
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}

function actorOf(who: Identity | undefined): Actor {
  if (!who) return { kind: 'unknown' }
  return who.kind === 'service' ? { kind: 'service', name: who.name } : { kind: 'person', userId: who.userId }
}
