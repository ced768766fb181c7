import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Accounts, usernameOf } from '../auth/accounts.ts'
import { type Failure, Refused } from '../failure.ts'
import type { Peer } from '../http/routing.ts'
import { html } from '../pages/html.ts'
import type { Page } from '../pages/page.ts'
import { signInFault } from '../pages/sign-in-fault.ts'
import type { Store } from '../store/port.ts'
import { asAddressed, type OpenId } from './openid.ts'
import { PROTOCOL, REALM_PATH } from './provider.ts'

/** What the person in front of the sign-in page is asked, or where they go on. */
export type Step = { page: Page; status: number } | { redirect: string } | 'answered'

export interface SignInParts {
  store: Store
  accounts: Accounts
  openId: OpenId
  publicUrl: () => string
}

interface Exchange {
  raw: IncomingMessage
  response: ServerResponse
  /** As the path names it; the cookie has to name the same. */
  uid: string
}

/** The page on which a person lets an app in: with address and password, or as who is signed in already. */
export function signInSteps({ store, accounts, openId, publicUrl }: SignInParts) {
  const detailsOf = async ({ raw, response, uid }: Exchange) => {
    const provider = await openId.provider()
    const details = await provider
      .interactionDetails(asAddressed(raw, publicUrl()), response)
      .catch((error) => {
        // No cookie, or one of a sign-in that is over.
        if (error instanceof Error && error.name === 'SessionNotFound') return undefined
        throw error
      })
    return details?.uid === uid ? { provider, details } : undefined
  }
  type Details = NonNullable<Awaited<ReturnType<typeof detailsOf>>>

  const show = async ({ details, provider }: Details, more: { error?: Failure; username?: string } = {}) => {
    const client = await provider.Client.find(String(details.params.client_id))
    const app = client?.clientName ?? 'An app'
    const formTargets = [originOf(String(details.params.redirect_uri))]
    const account = details.session?.accountId
    const user =
      account === undefined || details.prompt.name === 'login' ? undefined : await store.userById(account)
    const page = user
      ? goOnPage(app, usernameOf(user))
      : signInPage(app, more.username ?? String(details.params.login_hint ?? ''), more.error)
    return { page: { ...page, formTargets }, status: more.error ? statusOf(more.error) : 200 }
  }
  const finish = async (exchange: Exchange, { provider }: Details, accountId: string): Promise<Step> => {
    const result = { login: { accountId, remember: false }, consent: {} }
    await provider.interactionFinished(exchange.raw, exchange.response, result, {
      mergeWithLastSubmission: false,
    })
    return 'answered'
  }

  return {
    async open(exchange: Exchange): Promise<Step> {
      const found = await detailsOf(exchange)
      return found ? show(found) : over
    },

    async submit(exchange: Exchange, form: URLSearchParams, peer: Peer): Promise<Step> {
      const found = await detailsOf(exchange)
      if (!found) return over
      const { details } = found
      if (form.get('choice') === 'other') {
        const query = new URLSearchParams({ ...(details.params as Record<string, string>), prompt: 'login' })
        return { redirect: `${REALM_PATH}${PROTOCOL}/auth?${query}` }
      }
      const account = details.session?.accountId
      if (form.get('choice') === 'go on' && details.prompt.name !== 'login' && account !== undefined) {
        return finish(exchange, found, account)
      }
      const [username, password] = [form.get('username') ?? '', form.get('password') ?? '']
      try {
        const user = await accounts.signIn({ username, password, peer })
        return await finish(exchange, found, user.id)
      } catch (error) {
        if (error instanceof Refused) return show(found, { error: error.failure, username })
        throw error
      }
    },
  }
}

const over: Step = {
  status: 400,
  page: {
    title: 'This sign-in is over',
    body: html`<p>It took too long, or was finished in another window. Go back to the app and start again.</p>
<p class="hint">If it says so at once, this browser keeps no cookies of this server.</p>`,
  },
}

function signInPage(app: string, username: string, error: Failure | undefined): Page {
  return {
    title: `Sign in for ${app}`,
    body: html`${error && html`<p class="error" role="alert" id="error">${signInFault(error)}</p>`}
<form method="post">
<label for="username">E-mail address</label>
<input id="username" name="username" type="email" autocomplete="username" required value="${username}"${username === '' && html` autofocus`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${username !== '' && html` autofocus`}${error && html` aria-describedby="error"`}>
<button>Sign in</button>
</form>
<p class="hint">${app} will see and add to your diabetes data.</p>`,
  }
}

function goOnPage(app: string, username: string): Page {
  return {
    title: `Let ${app} in?`,
    body: html`<p>You are signed in as <strong>${username}</strong>. ${app} will see and add to your diabetes data.</p>
<form method="post">
<button name="choice" value="go on" autofocus>Go on as ${username}</button>
<button class="second" name="choice" value="other">Take another account</button>
</form>`,
  }
}

function statusOf(failure: Failure): number {
  if (failure.kind === 'too-many-attempts') return 429
  return failure.kind === 'user-not-verified' ? 403 : 401
}

/** Of a web address its origin, of a program's own address its scheme. */
function originOf(uri: string): string {
  const { origin, protocol } = new URL(uri)
  return origin === 'null' ? protocol : origin
}
