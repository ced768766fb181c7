import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Refused } from '../failure.ts'
import type { ServiceSession, Store } from '../store/port.ts'

const SERVICE_SESSION_MS = 24 * 60 * 60_000

/** Other programs of the operator that sign in with the server's secret and may do everything (http.md §1.5). */
export interface Services {
  /** A token for 24 hours, or a refusal: the secret is wrong, or this server has none and takes no service. */
  signIn(name: string, secret: string): Promise<{ token: string; expiresMs: number }>
  find(token: string): Promise<ServiceSession | undefined>
  renew(session: ServiceSession): Promise<{ token: string; expiresMs: number }>
  close(token: string): Promise<void>
}

/** @param secret Undefined: nobody is a service, also with a token from before. */
export function createServices(store: Store, secret: string | undefined, now: () => number): Services {
  // Hashed with the secret, so that no token outlives it.
  const tokenHash = (token: string) =>
    secret === undefined ? undefined : createHmac('sha256', secret).update(token).digest('hex')

  const open = async (service: string) => {
    const token = randomBytes(32).toString('base64url')
    const hash = tokenHash(token)
    if (hash === undefined) throw new Refused({ kind: 'server-secret-wrong' })
    const createdMs = now()
    const expiresMs = createdMs + SERVICE_SESSION_MS
    await store.createSession({ tokenHash: hash, service, createdMs, expiresMs })
    return { token, expiresMs }
  }

  return {
    async signIn(name, given) {
      if (secret === undefined || !isSame(given, secret)) throw new Refused({ kind: 'server-secret-wrong' })
      return open(name)
    },
    async find(token) {
      const hash = tokenHash(token)
      const session = hash === undefined ? undefined : await store.session(hash)
      return session && 'service' in session && session.expiresMs > now() ? session : undefined
    },
    renew: ({ service }) => open(service),
    async close(token) {
      const hash = tokenHash(token)
      if (hash !== undefined) await store.deleteSession(hash)
    },
  }
}

/** Takes the same time whatever is different, the length too. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
