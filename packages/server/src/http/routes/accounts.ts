import { formatTime } from '@tidegauge/model'
import type { Accounts } from '../../auth/accounts.ts'
import { requireIdentity } from '../../auth/permissions.ts'
import type { Sessions } from '../../auth/sessions.ts'
import { Refused } from '../../failure.ts'
import type { User } from '../../store/port.ts'
import { SESSION_TOKEN } from '../headers.ts'
import type { Route, RouteRequest } from '../routing.ts'

/** Nobody has to be signed in to send this body. */
const MAX_DETAILS_BYTES = 64 * 1024

/** Sign-up, sign-in and who one is (http.md §1). */
export function accountRoutes({ accounts, sessions }: { accounts: Accounts; sessions: Sessions }): Route[] {
  const envelope = 'account'
  return [
    {
      method: 'POST',
      paths: ['/auth/login', '/auth/login/:longTermKey'],
      envelope,
      async handle({ headers }, reply) {
        const { username, password } = basicCredentials(headers.authorization)
        const user = await accounts.signIn(username, password)
        const { token } = await sessions.open(user.id)
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
        const { token, expiresMs } = await sessions.renew(who.session)
        const body = { isserver: false, userid: who.userId, expires_at: Math.floor(expiresMs / 1000) }
        return reply.header(SESSION_TOKEN, token).send(body)
      },
    },
    {
      method: 'POST',
      paths: ['/auth/logout'],
      envelope,
      async handle({ tokens }, reply) {
        for (const token of tokens) await sessions.close(token)
        return reply.code(200).send()
      },
    },
    {
      method: 'POST',
      paths: ['/auth/user'],
      envelope,
      async handle(request, reply) {
        const user = await accounts.signUp(await request.json(MAX_DETAILS_BYTES), request.headers.origin)
        const { token } = await sessions.open(user.id)
        return reply.code(201).header(SESSION_TOKEN, token).send(userJson(user))
      },
    },
    {
      method: 'GET',
      paths: ['/auth/user', '/auth/user/:idOrAddress', '/v1/users/:idOrAddress'],
      envelope,
      handle: async (request) => userJson(await visibleUser(request, accounts)),
    },
  ]
}

async function visibleUser(request: RouteRequest, accounts: Accounts): Promise<User> {
  const who = await request.identify()
  requireIdentity(who)
  const user = await accounts.find(request.parameter('idOrAddress') || who.userId)
  if (!user) throw new Refused({ kind: 'user-not-found' })
  if (user.id !== who.userId) throw new Refused({ kind: 'unauthenticated' }) // 401 here, not 403 (§1.1)
  return user
}

/** All six fields, always: a client that misses one fails to sign in (http.md §1.2). */
function userJson({ id, username, emails, roles, termsAccepted, emailVerified, createdMs }: User) {
  return {
    userid: id,
    username,
    emails,
    roles,
    termsAccepted: termsAccepted ?? formatTime(createdMs),
    emailVerified,
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
