import { type Accounts, usernameOf } from '../../auth/accounts.ts'
import type { Addresses } from '../../confirm/addresses.ts'
import type { Invitations } from '../../confirm/invitations.ts'
import { type Failure, Refused } from '../../failure.ts'
import { type Html, html } from '../../pages/html.ts'
import { type Page, renderPage } from '../../pages/page.ts'
import { signInFault } from '../../pages/sign-in-fault.ts'
import type { Permission, Store } from '../../store/port.ts'
import type { Route, RouteRequest } from '../routing.ts'
import { refuseOtherSites } from './openid.ts'

export interface PageParts {
  store: Store
  accounts: Accounts
  invitations: Invitations
  addresses: Addresses
  publicUrl: () => string
}

interface Shown {
  status?: number
  page: Page
}

/** Pages that links lead to: an invitation, a new password, an address to confirm. Opening one changes nothing. */
export function pageRoutes({ store, accounts, invitations, addresses, publicUrl }: PageParts): Route[] {
  const page = (
    path: string,
    show: (key: string, tried?: { error: Failure; form: URLSearchParams }) => Promise<Shown>,
    submit: (key: string, form: URLSearchParams, request: RouteRequest) => Promise<Shown>,
  ): Route[] => [
    {
      method: 'GET',
      paths: [path],
      envelope: 'page',
      handle: async (request, reply) => answer(reply, await show(request.parameter('key'))),
    },
    {
      method: 'POST',
      paths: [path],
      envelope: 'page',
      async handle(request, reply) {
        refuseOtherSites(request, publicUrl())
        const form = await request.form()
        const key = request.parameter('key')
        try {
          return answer(reply, await submit(key, form, request))
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          return answer(reply, { status: 400, ...(await show(key, { error: error.failure, form })) })
        }
      },
    },
  ]

  return [
    ...page(
      '/invitation/:key',
      async (key, tried) => {
        const found = await invitations.byKey(key)
        if (!found) return over
        const inviter = await store.userById(found.userId)
        const profile = await store.metadata(found.userId, 'profile')
        const name = typeof profile?.fullName === 'string' ? profile.fullName : inviter && usernameOf(inviter)
        const words = (found.permissions ?? []).map((word) => html`<li>${inWords[word]}</li>`)
        return {
          page: {
            title: 'An invitation',
            body: html`<p><strong>${name}</strong> lets you</p>
<ul>${words}</ul>
<p>Sign in with the address that was invited, and accept or decline.</p>
${tried && alert(tried.error)}
<form method="post">
${addressField(tried?.form.get('username') ?? '')}
${passwordField('current-password', 'Password')}
<button name="choice" value="accept">Accept</button>
<button class="second" name="choice" value="decline">Decline</button>
</form>
<p class="hint">No account here yet? Ask who runs this server for one with the invited address, and open this page again.</p>`,
          },
        }
      },
      async (key, form, { peer }) => {
        const found = await invitations.byKey(key)
        if (!found) return over
        const [username, password] = [form.get('username') ?? '', form.get('password') ?? '']
        const user = await accounts.signIn({ username, password, peer })
        const invitation = { inviterId: found.userId, key }
        if (form.get('choice') === 'decline') {
          await invitations.decline(user.id, invitation)
          return done('Declined', 'You may close this page.')
        }
        await invitations.accept(user.id, invitation)
        return done('Accepted', 'You are let in. Open your app, or this server’s page.')
      },
    ),
    ...page(
      '/verify/:key',
      async (key, tried) => {
        const user = await addresses.accountOf('signup_confirmation', key)
        if (!user) return over
        const claims = html`<p>Choose a password, and the account is yours.</p>
${passwordField('new-password', 'New password', 'At least 8 characters, no spaces.')}
<label for="birthday">Birthday of the person whose data it holds</label>
<input id="birthday" name="birthday" type="date" required>`
        return {
          page: {
            title: 'Confirm your address',
            body: html`<p><strong>${usernameOf(user)}</strong></p>
${tried && alert(tried.error)}
<form method="post">
${user.passwordHash === '' && claims}
<button>This is my address</button>
</form>`,
          },
        }
      },
      async (key, form) => {
        const [password, birthday] = [form.get('password') ?? undefined, form.get('birthday') ?? undefined]
        await addresses.acceptSignUp(key, { password, birthday })
        return done('Confirmed', 'You can sign in now.')
      },
    ),
    ...page(
      '/reset/:key',
      async (key, tried) => {
        const user = await addresses.accountOf('password_reset', key)
        if (!user) return over
        return {
          page: {
            title: 'A new password',
            body: html`<p>for <strong>${usernameOf(user)}</strong></p>
${tried && alert(tried.error)}
<form method="post">
<input type="hidden" name="username" autocomplete="username" value="${usernameOf(user)}">
${passwordField('new-password', 'New password', 'At least 8 characters, no spaces.')}
<label for="again">Again, to be sure</label>
<input id="again" name="again" type="password" autocomplete="new-password" required>
<button>Set this password</button>
</form>
<p class="hint">Everything that is signed in has to sign in again.</p>`,
          },
        }
      },
      async (key, form) => {
        const password = form.get('password')
        if (password !== form.get('again')) throw new Refused({ kind: 'passwords-differ' })
        await addresses.acceptReset({ key, password })
        return done('The new password is set', 'Sign in with it.')
      },
    ),
  ]
}

const inWords: Record<Permission, string> = {
  view: 'see their readings',
  upload: 'send readings for them',
  custodian: 'take care of their account',
  note: 'write notes',
  follow: 'get alerts',
}

const over: Shown = {
  status: 404,
  page: {
    title: 'This link is over',
    body: html`<p>It was used already, or is too old. Ask for a new one.</p>`,
  },
}

function done(title: string, text: string): Shown {
  return { page: { title, body: html`<p>${text}</p>` } }
}

function answer(
  reply: { code(status: number): { headers(all: Record<string, string>): { send(text: string): unknown } } },
  { status = 200, page }: Shown,
) {
  const { headers, text } = renderPage(page)
  return reply.code(status).headers(headers).send(text)
}

function addressField(value: string): Html {
  return html`<label for="username">E-mail address</label>
<input id="username" name="username" type="email" autocomplete="username" required value="${value}">`
}

function passwordField(autocomplete: string, label: string, hint?: string): Html {
  return html`<label for="password">${label}</label>
<input id="password" name="password" type="password" autocomplete="${autocomplete}" required>
${hint !== undefined && html`<p class="hint">${hint}</p>`}`
}

function alert(failure: Failure): Html {
  return html`<p class="error" role="alert">${wordsOf(failure)}</p>`
}

function wordsOf(failure: Failure): string {
  switch (failure.kind) {
    case 'confirmation-forbidden':
      return 'The invitation is for another address. Sign in with the one that was invited.'
    case 'user-details-invalid':
      return 'A password has 8 to 72 characters and no spaces.'
    case 'passwords-differ':
      return 'The two passwords are not the same.'
    case 'claim-refused':
      return failure.reason
    default:
      return signInFault(failure)
  }
}
