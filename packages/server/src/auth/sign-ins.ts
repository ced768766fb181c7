import { hash } from 'node:crypto'
import type { OpenIdEntry, PersonSession, Store } from '../store/port.ts'
import type { Person } from './identity.ts'
import { lastUsedMs } from './sessions.ts'

/** A way into an account that somebody has opened, and that can be closed by itself. */
export interface SignIn {
  /** Tells them apart; no secret. */
  id: string
  /** With the password; by an app that was let in; of a browser that lets apps in without asking for the password. */
  kind: 'password' | 'app' | 'browser'
  /** What the program says of itself. */
  name?: string
  startedMs: number
  /** To the day. */
  usedMs?: number
  expiresMs: number
  /** The one that asks. */
  isCurrent: boolean
}

export interface SignIns {
  /** The live ones, the latest first. */
  list(userId: string, asking?: Person): Promise<SignIn[]>
  /** Ends one and what came of it; nothing if there is none such. */
  end(userId: string, id: string): Promise<void>
}

export interface SignInsParts {
  store: Store
  now: () => number
  /** Programs that may let people sign in by OpenID Connect. */
  clients: readonly { clientId: string; name: string }[]
}

export function createSignIns({ store, now, clients }: SignInsParts): SignIns {
  const nameOf = (clientId: string) => clients.find((one) => one.clientId === clientId)?.name ?? clientId
  const byPassword = async (userId: string) => {
    const live = (await store.sessionsOf(userId)).filter(({ expiresMs }) => expiresMs > now())
    const lineages = Map.groupBy(live, ({ lineage, tokenHash }) => lineage ?? tokenHash)
    return [...lineages.values()].map((sessions) =>
      sessions.reduce((last, one) => (one.expiresMs > last.expiresMs ? one : last)),
    )
  }
  const byOpenId = async (userId: string) =>
    (await store.openIdOf(userId)).filter(
      ({ kind, expiresMs }) => (kind === 'Grant' || kind === 'Session') && expiresMs > now(),
    )
  return {
    async list(userId, asking) {
      const signIns = [
        ...(await byPassword(userId)).map((session) => ofSession(session, asking?.session)),
        ...(await byOpenId(userId)).map((entry) => ofOpenId(entry, { asking: asking?.clientId, nameOf })),
      ]
      return signIns.sort((a, b) => b.startedMs - a.startedMs)
    },
    async end(userId, id) {
      for (const session of await byPassword(userId)) {
        if (idOf(session) === id) await store.deleteSession(session.tokenHash)
      }
      for (const { kind, idHash } of await byOpenId(userId)) {
        if (openIdOf(idHash) !== id) continue
        if (kind === 'Grant') await store.deleteOpenIdGrant(idHash)
        else await store.deleteOpenId(kind, idHash)
      }
    },
  }
}

/** The same for all that were refreshed from each other; what the store looks up is not given away. */
function idOf({ lineage, tokenHash }: PersonSession): string {
  return hash('sha256', `sign-in ${lineage ?? tokenHash}`).slice(0, 20)
}

function openIdOf(idHash: string): string {
  return hash('sha256', `openid ${idHash}`).slice(0, 20)
}

function ofSession(session: PersonSession, asking: PersonSession | undefined): SignIn {
  return {
    id: idOf(session),
    kind: 'password',
    ...(session.app !== undefined && { name: session.app }),
    startedMs: session.createdMs,
    usedMs: lastUsedMs(session),
    expiresMs: session.expiresMs,
    isCurrent: asking !== undefined && idOf(asking) === idOf(session),
  }
}

function ofOpenId(
  { kind, idHash, payload, expiresMs }: OpenIdEntry,
  { asking, nameOf }: { asking: string | undefined; nameOf: (clientId: string) => string },
): SignIn {
  const { clientId, iat } = JSON.parse(payload) as { clientId?: string; iat: number }
  return {
    id: openIdOf(idHash),
    kind: kind === 'Grant' ? 'app' : 'browser',
    ...(clientId !== undefined && { name: nameOf(clientId) }),
    startedMs: iat * 1000,
    expiresMs,
    isCurrent: clientId !== undefined && clientId === asking,
  }
}
