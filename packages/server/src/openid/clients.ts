import type { ClientMetadata } from 'oidc-provider'

/** A program that may send people here to sign in. None of them has a secret: they run on people's devices. */
export interface OpenIdClient {
  clientId: string
  /** What the sign-in page calls it. */
  name: string
  redirectUris: readonly string[]
}

/** The clients that exist, with the redirects of their registrations at Tidepool (http.md §1.7). */
export const knownClients: readonly OpenIdClient[] = [
  { clientId: 'tidepool-loop', name: 'Loop', redirectUris: ['org.tidepool.tidepoolkit.auth://redirect'] },
  { clientId: 'xdrip', name: 'xDrip+', redirectUris: ['xdrip://callback/tidepool'] },
  { clientId: 'aaps', name: 'AndroidAPS', redirectUris: ['aaps://callback/tidepool'] },
  {
    clientId: 'tidepool-uploader',
    name: 'Tidepool Uploader',
    redirectUris: ['tidepooluploader://localhost/keycloak-redirect'],
  },
  {
    clientId: 'tidepool-uploader-sso',
    name: 'Tidepool Uploader',
    redirectUris: ['tidepooluploader://localhost/keycloak-redirect'],
  },
  { clientId: 'blip', name: 'Tidepool for the web', redirectUris: ['http://localhost:3000/'] },
]

/** Why a list of clients cannot be used. */
export class ClientsError extends Error {}

const FORBIDDEN_SCHEMES = ['javascript:', 'data:', 'file:', 'vbscript:', 'blob:', 'about:']
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** The operator's own clients, from the text of a JSON file; one with the id of a known client takes its place. */
export function parseClients(text: string): OpenIdClient[] {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    throw new ClientsError('it is not JSON')
  }
  if (!Array.isArray(list)) throw new ClientsError('it must be a list')
  return list.map((item, place) => {
    const where = `entry ${place + 1}`
    const { clientId, name, redirectUris } = (item ?? {}) as { [key: string]: unknown }
    if (typeof clientId !== 'string' || !/^[\x21-\x7e]{1,100}$/.test(clientId)) {
      throw new ClientsError(`${where}: clientId must be a word of at most 100 characters`)
    }
    if (name !== undefined && (typeof name !== 'string' || name === '' || name.length > 100)) {
      throw new ClientsError(`${where}: name must be a text of 1 to 100 characters`)
    }
    if (!Array.isArray(redirectUris) || redirectUris.length === 0) {
      throw new ClientsError(`${where}: redirectUris must be a list of at least one address`)
    }
    for (const uri of redirectUris) {
      const fault = faultOfRedirect(uri)
      if (fault) throw new ClientsError(`${where}: redirectUris: ${fault}`)
    }
    return { clientId, name: name ?? clientId, redirectUris }
  })
}

function faultOfRedirect(uri: unknown): string | undefined {
  const url = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri) : undefined
  if (!url) return `${JSON.stringify(uri)} is no address`
  if (url.href.includes('#')) return `${uri} must have no fragment`
  if (FORBIDDEN_SCHEMES.includes(url.protocol)) return `${uri} is not where a code may go`
  if (url.protocol === 'http:' && !LOOPBACK.includes(url.hostname)) {
    return `${uri} would send the code in the clear; use https, or the program's own scheme`
  }
  return undefined
}

/** The known clients and the operator's, as the library wants them. */
export function clientMetadata(own: readonly OpenIdClient[]): ClientMetadata[] {
  const all = new Map([...knownClients, ...own].map((client) => [client.clientId, client]))
  return [...all.values()].map(({ clientId, name, redirectUris }) => ({
    client_id: clientId,
    client_name: name,
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...redirectUris],
    // Of native programs a loopback redirect may have any port.
    application_type: redirectUris.every((uri) => uri.startsWith('https:')) ? 'web' : 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    id_token_signed_response_alg: 'RS256',
  }))
}
