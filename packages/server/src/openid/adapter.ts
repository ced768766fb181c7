import { hash } from 'node:crypto'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { OpenIdEntry, OpenIdKind, Store } from '../store/port.ts'

/**
 * A refresh token that was used up still works so long: its answer may have been lost on the way, and a client that is
 * signed out for that loses readings. Used later it is a stolen one, and the whole grant ends.
 */
const LOST_ANSWER_MS = 60_000

const lasting: readonly string[] = ['Session', 'Grant', 'AccessToken', 'RefreshToken'] satisfies OpenIdKind[]

/** What ids look like in the store: they are secrets, so their hashes. */
export function hashOf(id: string): string {
  return hash('sha256', id)
}

/** Keeps what lasts in the store, and what is of the moment (who is just signing in, codes) in memory. */
export function adapters(store: Store, now: () => number): (kind: string) => Adapter {
  const memory = new Map<string, { payload: AdapterPayload; expiresMs: number }>()
  return (kind) => {
    const passing = passingAdapter(kind, memory, now)
    return lasting.includes(kind) ? lastingAdapter(kind as OpenIdKind, store, now, passing) : passing
  }
}

function lastingAdapter(kind: OpenIdKind, store: Store, now: () => number, passing: Adapter): Adapter {
  const toPayload = (entry: OpenIdEntry | undefined, id: string | undefined): AdapterPayload | undefined => {
    if (!entry || entry.expiresMs <= now()) return undefined
    const { consumedMs, payload } = entry
    const isUsedUp = consumedMs !== undefined && now() - consumedMs > LOST_ANSWER_MS
    return {
      ...JSON.parse(payload),
      ...(id !== undefined && { jti: id }),
      ...(isUsedUp && { consumed: true }),
    }
  }
  return {
    async upsert(id, payload, expiresInSeconds = 0) {
      const { accountId, uid, grantId } = payload
      // A browser in which nobody has signed in yet.
      if (accountId === undefined) return passing.upsert(id, payload, expiresInSeconds)
      const { jti: _id, ...rest } = payload
      await passing.destroy(id)
      const outcome = await store.putOpenId({
        kind,
        idHash: hashOf(id),
        ...(uid !== undefined && { uidHash: hashOf(uid) }),
        ...(grantId !== undefined && kind !== 'Grant' && { grantHash: hashOf(grantId) }),
        userId: accountId,
        // The other name of a session is needed with it.
        payload: JSON.stringify(rest),
        expiresMs: now() + expiresInSeconds * 1000,
      })
      if (outcome === 'unknown-user') throw new Error('the account has gone meanwhile')
      return undefined
    },
    find: async (id) => toPayload(await store.openId(kind, hashOf(id)), id) ?? passing.find(id),
    async findByUid(uid) {
      // Its id is in no answer: a cookie has it.
      return toPayload(await store.openIdSessionByUid(hashOf(uid)), undefined) ?? passing.findByUid(uid)
    },
    findByUserCode: async () => undefined,
    consume: (id) => store.consumeOpenId(kind, hashOf(id), now()),
    async destroy(id) {
      await passing.destroy(id)
      await store.deleteOpenId(kind, hashOf(id))
    },
    revokeByGrantId: (grantId) => store.deleteOpenIdGrant(hashOf(grantId)),
  }
}

/** Whoever opens the sign-in page a million times does not fill the memory. */
const MOST_PASSING = 10_000

function passingAdapter(
  kind: string,
  memory: Map<string, { payload: AdapterPayload; expiresMs: number }>,
  now: () => number,
): Adapter {
  const keyOf = (id: string) => `${kind} ${id}`
  const find = (key: string) => {
    const entry = memory.get(key)
    if (!entry || entry.expiresMs > now()) return entry
    memory.delete(key)
    return undefined
  }
  return {
    async upsert(id, payload, expiresInSeconds = 0) {
      memory.delete(keyOf(id))
      memory.set(keyOf(id), { payload, expiresMs: now() + expiresInSeconds * 1000 })
      const oldest = memory.keys().next()
      if (memory.size > MOST_PASSING && !oldest.done) memory.delete(oldest.value)
    },
    find: async (id) => find(keyOf(id))?.payload,
    async findByUid(uid) {
      for (const [key, { payload }] of memory) {
        if (payload.uid === uid && key.startsWith(`${kind} `)) return find(key)?.payload
      }
      return undefined
    },
    findByUserCode: async () => undefined,
    async consume(id) {
      const entry = find(keyOf(id))
      if (entry) entry.payload = { ...entry.payload, consumed: true }
    },
    async destroy(id) {
      memory.delete(keyOf(id))
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of memory) if (payload.grantId === grantId) memory.delete(key)
    },
  }
}
