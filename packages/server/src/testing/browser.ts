import { createHash, randomBytes } from 'node:crypto'
import type { World } from './world.ts'

/** As much of a browser as signing in takes: it keeps cookies by their path, and follows nothing by itself. */
export class Browser {
  readonly #world: Pick<World, 'url'>
  readonly #cookies = new Map<string, { value: string; path: string }>()

  constructor(world: Pick<World, 'url'>) {
    this.#world = world
  }

  async open(
    address: string,
    form?: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const url = new URL(address, this.#world.url)
    const cookies = [...this.#cookies].filter(([, { path }]) => url.pathname.startsWith(path))
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        ...(cookies.length > 0 && {
          cookie: cookies.map(([name, { value }]) => `${name}=${value}`).join('; '),
        }),
        ...(form && { origin: this.#world.url }),
        ...headers,
      },
      ...(form && { body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */)
      const [name = '', value = ''] = pair.split('=')
      const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/'
      if (value === '' || attributes.some((one) => /1970/.test(one))) this.#cookies.delete(name)
      else this.#cookies.set(name, { value, path })
    }
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      headers: response.headers,
      text: await response.text(),
    }
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)?.value
  }
}

export interface Page {
  status: number
  /** Where it leads; empty if nowhere. */
  location: string
  headers: Headers
  text: string
}

export const REALM = '/realms/tidegauge'
export const PROTOCOL = `${REALM}/protocol/openid-connect`

export const loop = { client_id: 'tidepool-loop', redirect_uri: 'org.tidepool.tidepoolkit.auth://redirect' }

/** A request to sign in, as TidepoolKit makes it. */
export function authorization(parameters: Record<string, string> = {}) {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    scope: 'openid offline_access',
    code_challenge_method: 'S256',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    ...loop,
    ...parameters,
  })
  return { verifier, address: `${PROTOCOL}/auth?${query}` }
}

/** Signs somebody in and answers the address to which the code goes. */
export async function signInTo(
  browser: Browser,
  address: string,
  { username, password }: { username: string; password: string },
): Promise<URL> {
  const asked = await browser.open(address)
  const page = await browser.open(asked.location)
  if (page.status !== 200) throw new Error(`the sign-in page is ${page.status}`)
  const sent = await browser.open(asked.location, { username, password })
  const resumed = await browser.open(sent.location)
  return new URL(resumed.location)
}
