import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'oidc-provider'
import type { Store } from '../store/port.ts'

const NAME = 'openid keys'
/** Those before the newest still verify what they have signed; id tokens live an hour. */
const KEPT = 3

/** What the server signs with: tokens and cookies. Newest first. */
export interface Keys {
  signing: JWK[]
  cookies: string[]
}

/** The keys, made if there are none yet. */
export async function keysOf(store: Store): Promise<Keys> {
  const stored = await store.secret(NAME)
  return stored === undefined ? rotateKeys(store) : JSON.parse(stored)
}

/** Makes a new key that signs from now on. */
export async function rotateKeys(store: Store): Promise<Keys> {
  const stored = await store.secret(NAME)
  const before: Keys = stored === undefined ? { signing: [], cookies: [] } : JSON.parse(stored)
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const key = {
    ...privateKey.export({ format: 'jwk' }),
    kid: randomBytes(8).toString('hex'),
    alg: 'RS256',
    use: 'sig',
  } as JWK
  const keys: Keys = {
    signing: [key, ...before.signing].slice(0, KEPT),
    cookies: [randomBytes(32).toString('base64url'), ...before.cookies].slice(0, KEPT),
  }
  await store.setSecret(NAME, JSON.stringify(keys))
  return keys
}
