import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import type { Store } from '../store/port.ts'
import { hashOf } from './adapter.ts'
import type { OpenIdClient } from './clients.ts'
import { rotateKeys } from './keys.ts'
import { createProvider, REALM_PATH } from './provider.ts'

export interface OpenId {
  /** Answers a request under {@link REALM_PATH}. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** The library, for the sign-in page; made when it is first asked for. */
  provider(): Promise<Provider>
  /** Whom an access token stands for, if it is valid. */
  find(token: string): Promise<AccessToken | undefined>
  /** Ends an access token, and whatever came of the same sign-in. */
  revoke(token: string): Promise<void>
  /** A new key signs from now on. */
  rotateKeys(): Promise<void>
}

export interface AccessToken {
  userId: string
  clientId: string
  expiresMs: number
}

export interface OpenIdParts {
  store: Store
  now: () => number
  publicUrl: () => string
  clients: readonly OpenIdClient[]
}

export function createOpenId({ store, now, publicUrl, clients }: OpenIdParts): OpenId {
  let made: { url: string; provider: Promise<Provider> } | undefined
  const provider = (): Promise<Provider> => {
    const url = publicUrl()
    if (made?.url !== url) made = { url, provider: createProvider({ store, now, publicUrl: url, clients }) }
    return made.provider
  }
  const entryOf = (token: string) => store.openId('AccessToken', hashOf(token))
  return {
    provider,
    async answer(request, response) {
      const ready = await provider()
      await ready.callback()(asAddressed(request, publicUrl()), response)
    },
    async find(token) {
      const entry = await entryOf(token)
      if (!entry || entry.expiresMs <= now()) return undefined
      const { clientId } = JSON.parse(entry.payload)
      return { userId: entry.userId, clientId, expiresMs: entry.expiresMs }
    },
    async revoke(token) {
      const entry = await entryOf(token)
      if (entry?.grantHash !== undefined) await store.deleteOpenIdGrant(entry.grantHash)
    },
    async rotateKeys() {
      await rotateKeys(store)
      made = undefined
    },
  }
}

/**
 * The request as one to the public address, whatever its headers say: what the library writes of addresses into its
 * answers is made of these.
 */
export function asAddressed(request: IncomingMessage, publicUrl: string): IncomingMessage {
  const { host, protocol } = new URL(publicUrl)
  const { headers } = request
  headers.host = host
  headers['x-forwarded-proto'] = protocol.slice(0, -1)
  delete headers['x-forwarded-host']
  const original = request.url ?? ''
  Object.assign(request, { originalUrl: original })
  request.url = original.slice(REALM_PATH.length)
  return request
}
