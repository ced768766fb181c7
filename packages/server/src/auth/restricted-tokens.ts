import { hash, randomBytes } from 'node:crypto'
import { parseRestrictedToken, type RestrictedTokenFields } from '@tidegauge/model'
import { Refused } from '../failure.ts'
import type { RestrictedToken, Store } from '../store/port.ts'

const HOUR_MS = 3_600_000
const LONGEST_MS = 90 * 24 * HOUR_MS

/** Tokens for links: they stand in an address, so they live short and read only (http.md §1.8). */
export interface RestrictedTokens {
  /** A new one; the token itself is known to the caller alone. */
  make(userId: string, body: unknown): Promise<{ token: string; made: RestrictedToken }>
  /** Whose token this is, if it is valid for a path as it stands in the address. */
  find(token: string, path: string): Promise<RestrictedToken | undefined>
  /** By the token, or by the name that lists give. */
  named(tokenOrName: string): Promise<RestrictedToken | undefined>
  update(token: RestrictedToken, body: unknown): Promise<RestrictedToken>
}

export function createRestrictedTokens(store: Store, now: () => number): RestrictedTokens {
  const fieldsOf = (body: unknown): RestrictedTokenFields => {
    const parsed = parseRestrictedToken(body, now() + LONGEST_MS)
    if (parsed === 'not-an-object') throw new Refused({ kind: 'json-malformed' })
    if ('problems' in parsed) throw new Refused({ kind: 'invalid', problems: parsed.problems })
    return parsed.fields
  }
  return {
    async make(userId, body) {
      const { paths, expiresMs } = fieldsOf(body)
      const token = randomBytes(16).toString('hex')
      const made: RestrictedToken = {
        name: nameOf(token),
        tokenHash: hashOf(token),
        userId,
        ...(paths && { paths }),
        createdMs: now(),
        expiresMs: expiresMs ?? now() + HOUR_MS,
      }
      const outcome = await store.createRestrictedToken(made)
      if (outcome === 'unknown-user') throw new Refused({ kind: 'user-not-found' })
      return { token, made }
    },
    async find(token, path) {
      const found = await store.restrictedTokenByHash(hashOf(token))
      if (!found || found.expiresMs <= now()) return undefined
      return !found.paths || found.paths.some((one) => isUnder(path, one)) ? found : undefined
    },
    named: async (tokenOrName) =>
      (await store.restrictedTokenByHash(hashOf(tokenOrName))) ?? (await store.restrictedToken(tokenOrName)),
    async update(token, body) {
      const { paths, expiresMs } = fieldsOf(body)
      const { name, createdMs, tokenHash, userId } = token
      const updated = {
        name,
        createdMs,
        tokenHash,
        userId,
        ...(paths && { paths }),
        modifiedMs: now(),
        expiresMs: expiresMs ?? token.expiresMs,
      }
      await store.updateRestrictedToken(updated)
      return updated
    },
  }
}

function isUnder(address: string, allowed: string): boolean {
  // The same route with the gateway's prefix.
  const path = address.replace(/^\/dataservices(?=\/)/, '')
  return path === allowed || path.startsWith(allowed.endsWith('/') ? allowed : `${allowed}/`)
}

function hashOf(token: string): string {
  return hash('sha256', token)
}

/** Of the form that a token has on the wire; says nothing of the token. */
function nameOf(token: string): string {
  return hash('sha256', `name of ${token}`).slice(0, 32)
}
