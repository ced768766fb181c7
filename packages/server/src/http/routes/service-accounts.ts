import { holderOf, type Tokens } from '../../auth/identity.ts'
import { requireService } from '../../auth/permissions.ts'
import { Refused } from '../../failure.ts'
import { lookUpAccounts } from '../../query/look-up-accounts.ts'
import { userJson } from '../../query/user-json.ts'
import type { Store } from '../../store/port.ts'
import { SESSION_TOKEN } from '../headers.ts'
import { queryOf } from '../query-string.ts'
import type { Route } from '../routing.ts'
import { tokenJson } from './accounts.ts'

/** What other programs of the operator ask about sessions and accounts (http.md §1.5). */
export function serviceAccountRoutes({ store, tokens }: { store: Store; tokens: Tokens }): Route[] {
  const envelope = 'account'
  return [
    {
      method: 'POST',
      paths: ['/auth/serverlogin', '/serverlogin'],
      envelope,
      async handle({ headers }, reply) {
        const name = headers['x-tidepool-server-name']
        const secret = headers['x-tidepool-server-secret']
        if (typeof name !== 'string' || typeof secret !== 'string' || name === '' || secret === '') {
          throw new Refused({ kind: 'credentials-missing' })
        }
        const { token } = await tokens.services.signIn(name, secret)
        return reply.code(200).header(SESSION_TOKEN, token).send()
      },
    },
    {
      method: 'GET',
      paths: ['/auth/token/:token'],
      envelope,
      async handle(request) {
        const who = await request.identify()
        const holder = who?.kind === 'service' && (await holderOf(tokens, request.parameter('token')))
        if (!holder) throw new Refused({ kind: 'token-missing' })
        return tokenJson(holder)
      },
    },
    {
      method: 'GET',
      paths: ['/auth/users'],
      envelope,
      async handle(request) {
        const who = await request.identify()
        requireService(who)
        const users = await lookUpAccounts(store, queryOf(request.url))
        return users.map((user) => userJson(user, who))
      },
    },
  ]
}
