import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { usernameOf } from '../auth/accounts.ts'
import { html } from '../pages/html.ts'
import { renderPage } from '../pages/page.ts'
import type { Store, User } from '../store/port.ts'
import { adapters } from './adapter.ts'
import { clientMetadata, type OpenIdClient } from './clients.ts'
import { keysOf } from './keys.ts'

export const REALM = 'tidegauge'
/** Where everything of OpenID Connect lies; the paths are those that clients of Keycloak build by themselves. */
export const REALM_PATH = `/realms/${REALM}`
export const PROTOCOL = '/protocol/openid-connect'

const MINUTE_S = 60
const HOUR_S = 60 * MINUTE_S
const DAY_S = 24 * HOUR_S
/** An app that comes by in this time stays signed in. */
const REFRESH_S = 90 * DAY_S

export interface ProviderParts {
  store: Store
  now: () => number
  /** Under which the server is reached. */
  publicUrl: string
  clients: readonly OpenIdClient[]
}

/** The OpenID Connect side, set up for first-party apps on people's devices. */
export async function createProvider({ store, now, publicUrl, clients }: ProviderParts): Promise<Provider> {
  const { default: OpenIdProvider, interactionPolicy } = await loadLibrary()
  const keys = await keysOf(store)

  // Every client here is the operator's choice, so nobody is asked what it may see. Before an app on this device gets a
  // token, somebody at the device has to say so, though: any other app could open the page.
  const policy = interactionPolicy.base()
  const consent = policy.get('consent')
  for (const check of [...(consent?.checks ?? [])]) {
    if (check.reason !== 'native_client_prompt') consent?.checks.remove(check.reason)
  }

  const configuration: Configuration = {
    adapter: adapters(store, now),
    clients: clientMetadata(clients),
    jwks: { keys: keys.signing },
    cookies: {
      keys: keys.cookies,
      names: { session: 'tidegauge_session', interaction: 'tidegauge_sign_in', resume: 'tidegauge_resume' },
      long: { signed: true, httpOnly: true, sameSite: 'lax', path: REALM_PATH },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    routes: {
      authorization: `${PROTOCOL}/auth`,
      token: `${PROTOCOL}/token`,
      revocation: `${PROTOCOL}/revoke`,
      userinfo: `${PROTOCOL}/userinfo`,
      jwks: `${PROTOCOL}/certs`,
      end_session: `${PROTOCOL}/logout`,
    },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => showPage(ctx, logoutPage(form)),
        postLogoutSuccessSource: (ctx) =>
          showPage(ctx, { title: 'You are signed out', body: html`<p>You may close this page.</p>` }),
      },
    },
    interactions: { policy, url: (_ctx, interaction) => `${REALM_PATH}/sign-in/${interaction.uid}` },
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    responseTypes: ['code'],
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: { openid: ['sub', 'email', 'email_verified', 'preferred_username'], profile: [], email: [] },
    // In the id token too: not every client asks for the userinfo.
    conformIdTokenClaims: false,
    clientBasedCORS: () => true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    async rotateRefreshToken(ctx) {
      // The grant lives as long as what is made from it.
      const grant = ctx.oidc.entities.Grant
      if (grant) await Object.assign(grant, { exp: undefined }).save()
      return true
    },
    ttl: {
      AccessToken: HOUR_S,
      AuthorizationCode: MINUTE_S,
      IdToken: HOUR_S,
      RefreshToken: REFRESH_S,
      Grant: REFRESH_S,
      Session: 14 * DAY_S,
      Interaction: 30 * MINUTE_S,
    },
    async findAccount(_ctx, accountId) {
      const user = await store.userById(accountId)
      return user && { accountId, claims: async () => claimsOf(user) }
    },
    async loadExistingGrant(ctx) {
      const { session, client, provider } = ctx.oidc
      if (!session?.accountId || !client) return undefined
      const known = ctx.oidc.result?.consent?.grantId ?? session.grantIdFor(client.clientId)
      const grant = known === undefined ? undefined : await provider.Grant.find(known)
      if (grant?.accountId === session.accountId) return grant
      const made = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
      made.addOIDCScope('openid offline_access profile email')
      await made.save()
      return made
    },
    renderError: (ctx, out) =>
      showPage(ctx, {
        title: 'That did not work',
        body: html`<p class="error" role="alert">${String(out.error_description ?? out.error)}</p>
<p>Go back to the app and try again. If it comes to this again, the app and this server do not fit together: tell the server’s operator what stands above.</p>`,
      }),
  }
  const provider = new OpenIdProvider(`${publicUrl}${REALM_PATH}`, configuration)
  // Everything about the address is set before a request comes here (openid.ts).
  provider.proxy = true
  provider.use(async (ctx, next) => {
    await next()
    // TidepoolKit signs out on this status alone, and takes any other failure for a broken answer (http.md §1.7).
    const { body } = ctx as { body?: { error?: unknown } }
    const isRefresh = ctx.oidc?.route === 'token' && ctx.oidc.params?.grant_type === 'refresh_token'
    if (isRefresh && body?.error === 'invalid_grant') ctx.status = 401
  })
  return provider
}

/** Loaded when it is first needed: it costs memory that a server without such apps keeps. */
async function loadLibrary(): Promise<typeof import('oidc-provider')> {
  // It says on the console that it knows no release of Node but those for the long term; the log is for our lines.
  const { warn } = console
  console.warn = () => {}
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}

function claimsOf(user: User) {
  return {
    sub: user.id,
    email: user.emails[0] ?? usernameOf(user),
    email_verified: user.emailVerified,
    preferred_username: usernameOf(user),
  }
}

function logoutPage(form: string) {
  // The library's form carries its proof that the page was ours; only the buttons are added.
  const action = /action="([^"]*)"/.exec(form)?.[1] ?? ''
  const xsrf = /value="([^"]*)"/.exec(form)?.[1] ?? ''
  return {
    title: 'Sign out of Tidegauge?',
    body: html`<form method="post" action="${action}"><input type="hidden" name="xsrf" value="${xsrf}">
<button name="logout" value="yes">Sign out</button>
<button class="second">Stay signed in</button></form>`,
  }
}

async function showPage(ctx: KoaContextWithOIDC, page: Parameters<typeof renderPage>[0]): Promise<void> {
  const { headers, text } = renderPage(page)
  ctx.set(headers)
  ctx.body = text
}
