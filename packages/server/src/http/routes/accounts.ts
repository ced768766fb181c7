import type { Accounts } from '../../auth/accounts.ts'
import type { Identity, SentTokens, Tokens } from '../../auth/identity.ts'
import { requireIdentity, requirePermission } from '../../auth/permissions.ts'
import type { Addresses } from '../../confirm/addresses.ts'
import { Refused } from '../../failure.ts'
import { userJson } from '../../query/user-json.ts'
import type { Store, User } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { SESSION_TOKEN } from '../headers.ts'
import type { Route, RouteRequest } from '../routing.ts'

/** Nobody has to be signed in to send this body. */
export const MAX_DETAILS_BYTES = 64 * 1024

export interface AccountRouteParts {
  store: Store
  accounts: Accounts
  addresses: Addresses
  tokens: Tokens
}

/** Sign-up, sign-in and who one is (http.md §1). */
export function accountRoutes({ store, accounts, addresses, tokens }: AccountRouteParts): Route[] {
  const { sessions, services, accessTokens } = tokens
  const envelope = 'account'
  const renewed = async (who: Identity, sent: SentTokens): Promise<{ token: string; expiresMs: number }> => {
    if (who.kind === 'service') return services.renew(who.session)
    if (who.session) return sessions.renew(who.session)
    // An app's token is renewed by the app, which must not come by a longer life here.
    return { token: sent.session ?? sent.bearer ?? '', expiresMs: who.expiresMs }
  }
  return [
    {
      method: 'POST',
      paths: ['/auth/login', '/auth/login/:longTermKey'],
      envelope,
      async handle({ headers, peer }, reply) {
        const credentials = basicCredentials(headers.authorization)
        const user = await accounts.signIn({ ...credentials, peer })
        const { token } = await sessions.open(user.id, peer.userAgent)
        return reply.header(SESSION_TOKEN, token).send(userJson(user))
      },
    },
    {
      method: 'GET',
      paths: ['/auth/login'],
      envelope,
      async handle(request, reply) {
        const who = await request.identify()
        if (!who) throw new Refused({ kind: 'token-missing' })
        const { token, expiresMs } = await renewed(who, request.tokens)
        return reply.header(SESSION_TOKEN, token).send(tokenJson(who, expiresMs))
      },
    },
    {
      method: 'GET',
      paths: ['/auth/token'],
      envelope,
      async handle(request) {
        const who = await request.identify()
        if (!who) throw new Refused({ kind: 'token-missing' })
        return tokenJson(who)
      },
    },
    {
      method: 'POST',
      paths: ['/auth/logout'],
      envelope,
      async handle(request, reply) {
        const { session, bearer } = request.tokens
        for (const token of [session, bearer]) {
          if (token === undefined) continue
          await sessions.close(token)
          await accessTokens.revoke(token)
        }
        if (session !== undefined) await services.close(session)
        return reply.code(200).send()
      },
    },
    {
      // A word of our own, for a page that wants to know what to show first.
      method: 'GET',
      paths: ['/v1/sign-up'],
      envelope: 'platform-new',
      async handle(_request, reply) {
        const { isOpen, isFirst } = await accounts.signUpState()
        return bare(reply, { open: isOpen, first: isFirst })
      },
    },
    {
      method: 'POST',
      paths: ['/auth/user'],
      envelope,
      async handle(request, reply) {
        const details = await request.json(MAX_DETAILS_BYTES)
        const { user, token } = await accounts.signUp(details, {
          origin: request.headers.origin,
          userAgent: request.peer.userAgent,
        })
        if (!user.emailVerified) await addresses.sendSignUp(user)
        return reply.code(201).header(SESSION_TOKEN, token).send(userJson(user))
      },
    },
    {
      method: 'GET',
      paths: ['/auth/user', '/auth/user/:idOrAddress', '/v1/users/:idOrAddress'],
      envelope,
      async handle(request) {
        const who = await request.identify()
        return userJson(await visibleUser({ store, accounts }, who, request), who)
      },
    },
  ]
}

async function visibleUser(
  { store, accounts }: Pick<AccountRouteParts, 'store' | 'accounts'>,
  who: Identity | undefined,
  request: RouteRequest,
): Promise<User> {
  requireIdentity(who)
  const own = who.kind === 'person' ? who.userId : ''
  const user = await accounts.find(request.parameter('idOrAddress') || own)
  if (!user) throw new Refused({ kind: 'user-not-found' })
  await requirePermission(store, who, 'see an account', { userId: user.id })
  return user
}

/** What a token stands for. A service has its name where a person has the user id. */
export function tokenJson(who: Identity, expiresMs = who.expiresMs) {
  return {
    isserver: who.kind === 'service',
    userid: who.kind === 'service' ? who.name : who.userId,
    expires_at: Math.floor(expiresMs / 1000),
  }
}

/** The part after the first space, whatever the scheme's name; the password may contain colons (http.md §1.2). */
function basicCredentials(authorization: string | undefined): { username: string; password: string } {
  const encoded = authorization?.split(' ')[1] ?? ''
  const [username = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const password = rest.join(':')
  if (rest.length === 0 || (username === '' && password === '')) {
    throw new Refused({ kind: 'credentials-missing' })
  }
  return { username, password }
}
