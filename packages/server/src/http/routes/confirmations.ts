import { type Operation, requirePermission } from '../../auth/permissions.ts'
import type { Addresses } from '../../confirm/addresses.ts'
import type { Invitations } from '../../confirm/invitations.ts'
import { keyHashOf } from '../../confirm/keys.ts'
import { Refused } from '../../failure.ts'
import { confirmationJson } from '../../query/confirmation-json.ts'
import type { Confirmation, Store } from '../../store/port.ts'
import type { Route, RouteRequest } from '../routing.ts'
import { MAX_DETAILS_BYTES } from './accounts.ts'

export interface ConfirmationRouteParts {
  store: Store
  invitations: Invitations
  addresses: Addresses
  /** Whether links are handed over by the people themselves. */
  showLinks: boolean
}

/** Invitations, confirmed addresses, forgotten passwords (http.md §2.3). */
export function confirmationRoutes(parts: ConfirmationRouteParts): Route[] {
  const { store, invitations, addresses, showLinks } = parts
  const envelope = 'invitation'
  const permitted = async (request: RouteRequest, operation: Operation): Promise<string> => {
    const userId = request.parameter('userId')
    await requirePermission(store, await request.identify(), operation, { userId })
    return userId
  }
  const json = (one: Confirmation) =>
    confirmationJson(store, one, showLinks ? invitations.linkTo(one) : undefined)
  const named = async (request: RouteRequest) => {
    const { key } = await objectIn(request)
    return { inviterId: request.parameter('inviterId'), key }
  }
  const account = async (userId: string) => {
    const user = await store.userById(userId)
    if (!user) throw new Refused({ kind: 'user-not-found' })
    return user
  }
  const forgotten: Route['handle'] = async (request, reply) => {
    const address = request.parameter('email')
    if (address === '') throw new Refused({ kind: 'key-missing' })
    addresses.sendReset(address)
    return reply.code(200).send()
  }

  return [
    {
      method: 'POST',
      paths: ['/confirm/send/invite/:userId'],
      envelope,
      async handle(request) {
        const userId = await permitted(request, 'invite')
        return json(await invitations.invite(userId, await request.json(MAX_DETAILS_BYTES)))
      },
    },
    {
      method: 'GET',
      paths: ['/confirm/invite/:userId'],
      envelope,
      handle: async (request) =>
        Promise.all((await invitations.sent(await permitted(request, 'invite'))).map(json)),
    },
    {
      method: 'GET',
      paths: ['/confirm/invitations/:userId'],
      envelope,
      async handle(request) {
        const received = await invitations.received(await permitted(request, 'answer invitations'))
        return Promise.all(received.map((one) => confirmationJson(store, one)))
      },
    },
    {
      method: 'PUT',
      paths: ['/confirm/accept/invite/:userId/:inviterId'],
      envelope,
      async handle(request, reply) {
        const userId = await permitted(request, 'answer invitations')
        await invitations.accept(userId, await named(request))
        return reply.type('text/plain; charset=utf-8').send('OK')
      },
    },
    {
      method: 'PUT',
      paths: ['/confirm/dismiss/invite/:userId/:inviterId'],
      envelope,
      async handle(request, reply) {
        const userId = await permitted(request, 'answer invitations')
        await invitations.decline(userId, await named(request))
        return reply.code(200).send()
      },
    },
    {
      method: 'PUT',
      paths: ['/confirm/:userId/invited/:email'],
      envelope,
      async handle(request, reply) {
        await invitations.cancel(await permitted(request, 'invite'), request.parameter('email'))
        return reply.code(200).send()
      },
    },
    {
      method: 'PATCH',
      paths: ['/confirm/resend/invite/:key'],
      envelope,
      async handle(request) {
        const who = await request.identify()
        if (!who) throw new Refused({ kind: 'unauthenticated' })
        const found = await store.confirmation(keyHashOf(request.parameter('key')))
        if (found?.type !== 'careteam_invitation') throw new Refused({ kind: 'confirmation-not-found' })
        await requirePermission(store, who, 'invite', found)
        return json(await invitations.resend(found))
      },
    },
    {
      method: 'POST',
      paths: ['/confirm/send/signup/:userId'],
      envelope,
      async handle(request, reply) {
        const user = await account(await permitted(request, 'confirm an address'))
        if (user.emailVerified && user.passwordHash !== '')
          throw new Refused({ kind: 'confirmation-forbidden' })
        await addresses.sendSignUp(user)
        return reply.code(200).send()
      },
    },
    {
      method: 'POST',
      paths: ['/confirm/resend/signup/:email'],
      envelope,
      // Nobody is told whether there is such an account, so it is always 200.
      async handle(request, reply) {
        const user = await store.userByUsername(request.parameter('email').trim().toLowerCase())
        if (user && (await addresses.pendingSignUp(user.id))) await addresses.sendSignUp(user)
        return reply.code(200).send()
      },
    },
    {
      method: 'PUT',
      paths: ['/confirm/accept/signup/:key'],
      envelope,
      async handle(request, reply) {
        await addresses.acceptSignUp(request.parameter('key'), await objectIn(request))
        return reply.code(200).send()
      },
    },
    {
      method: 'PUT',
      // The bodies are not looked at: clients send anything (http.md §2.3).
      paths: ['/confirm/signup/:userId', '/confirm/dismiss/signup/:userId'],
      envelope,
      async handle(request, reply) {
        await addresses.cancelSignUp(await permitted(request, 'confirm an address'))
        return reply.code(200).send()
      },
    },
    ...(['GET', 'POST'] as const).map(
      (method): Route => ({
        method,
        paths: ['/confirm/signup/:userId'],
        envelope,
        async handle(request) {
          const found = await addresses.pendingSignUp(await permitted(request, 'confirm an address'))
          if (!found) throw new Refused({ kind: 'confirmation-not-found' })
          return confirmationJson(store, found)
        },
      }),
    ),
    {
      method: 'POST',
      paths: ['/confirm/send/forgot/:email', '/confirm/forgot/:email'],
      envelope,
      handle: forgotten,
    },
    {
      method: 'PUT',
      paths: ['/confirm/accept/forgot'],
      envelope,
      async handle(request) {
        const { key, email, password } = await objectIn(request)
        if (key === undefined || email === undefined || password === undefined)
          throw new Refused({ kind: 'key-missing' })
        await addresses.acceptReset({ key, email, password })
        return { code: 200, reason: 'Password has been reset' }
      },
    },
  ]
}

/** The fields of a body, which may be empty. */
async function objectIn(request: RouteRequest): Promise<Record<string, unknown>> {
  const text = (await request.bytes(MAX_DETAILS_BYTES)).toString('utf8').trim()
  if (text === '') return {}
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new Refused({ kind: 'json-malformed' }, { cause })
  }
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}
