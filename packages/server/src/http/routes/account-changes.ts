import { formatTime } from '@tidegauge/model'
import { type AccountUpdate, CUSTODIAL_ROLE, parseUpdate } from '../../auth/account-details.ts'
import type { Accounts } from '../../auth/accounts.ts'
import type { Identity } from '../../auth/identity.ts'
import { requireIdentity, requirePermission } from '../../auth/permissions.ts'
import type { SignIn, SignIns } from '../../auth/sign-ins.ts'
import { Refused } from '../../failure.ts'
import { userJson } from '../../query/user-json.ts'
import type { Store, User } from '../../store/port.ts'
import { bare } from '../bare.ts'
import type { Route, RouteRequest } from '../routing.ts'
import { MAX_DETAILS_BYTES } from './accounts.ts'

export interface AccountChangeParts {
  store: Store
  accounts: Accounts
  signIns: SignIns
}

/** Changing, leaving and taking care of accounts (http.md §1.5, §1.6). */
export function accountChangeRoutes({ store, accounts, signIns }: AccountChangeParts): Route[] {
  const envelope = 'account'
  /** The caller, who may do this on the account that the path names, or on the caller's own if it names none. */
  const permitted = async (request: RouteRequest, operation: Parameters<typeof requirePermission>[2]) => {
    const who = await request.identify()
    requireIdentity(who)
    const userId = request.parameter('userId') || (who.kind === 'person' ? who.userId : '')
    await requirePermission(store, who, operation, { userId })
    return { who, userId }
  }

  return [
    {
      method: 'PUT',
      paths: ['/auth/user', '/auth/user/:userId'],
      envelope,
      async handle(request) {
        const { who, userId } = await permitted(request, 'change an account')
        const user = await store.userById(userId)
        // Whoever may do this to everybody is told no more than others.
        if (!user) throw new Refused({ kind: 'unauthorized' })
        const update = parseUpdate(await request.json(MAX_DETAILS_BYTES))
        refuseForbidden(who, user, update)
        const keep = who.kind === 'person' ? who.session : undefined
        return userJson(await accounts.update(userId, update, keep), who)
      },
    },
    {
      method: 'DELETE',
      paths: ['/auth/user/:userId', '/v1/users/:userId'],
      envelope,
      async handle(request, reply) {
        const { who, userId } = await permitted(request, 'delete an account')
        if (who.kind === 'person' && who.userId === userId) {
          const { password } = await passwordIn(request)
          await accounts.confirmPassword(userId, password, request.peer)
        }
        const user = await store.userById(userId)
        // A clinic's account holds more than one person's affairs; the operator may remove it.
        if (user?.roles.some((role) => role === 'clinic' || role === 'clinician'))
          return reply.code(401).send()
        await accounts.remove(userId)
        return reply.code(204).send()
      },
    },
    {
      method: 'POST',
      paths: ['/auth/user/:userId/user'],
      envelope,
      async handle(request, reply) {
        const { who, userId } = await permitted(request, 'make a custodial account')
        const details = await request.json(MAX_DETAILS_BYTES)
        if (!(await store.userById(userId))) throw new Refused({ kind: 'user-not-found' })
        return reply.code(201).send(userJson(await accounts.addCustodial(userId, details), who))
      },
    },
    {
      method: 'GET',
      paths: ['/auth/user/:userId/sessions'],
      envelope,
      async handle(request, reply) {
        const { who, userId } = await permitted(request, 'see sign-ins')
        const asking = who.kind === 'person' && who.userId === userId ? who : undefined
        return bare(reply, (await signIns.list(userId, asking)).map(signInJson))
      },
    },
    {
      method: 'DELETE',
      paths: ['/auth/user/:userId/sessions/:signInId'],
      envelope,
      async handle(request, reply) {
        const { userId } = await permitted(request, 'end a sign-in')
        await signIns.end(userId, request.parameter('signInId'))
        return reply.code(204).send()
      },
    },
    {
      method: 'DELETE',
      paths: ['/auth/user/:userId/sessions'],
      envelope,
      async handle(request, reply) {
        const { userId } = await permitted(request, 'sign out everywhere')
        await accounts.signOutEverywhere(userId)
        return reply.code(204).send()
      },
    },
  ]
}

function signInJson({ id, kind, name, startedMs, usedMs, expiresMs, isCurrent }: SignIn) {
  return {
    ...{ id, kind, name, isCurrent },
    startedTime: formatTime(startedMs),
    ...(usedMs !== undefined && { usedTime: formatTime(usedMs) }),
    expiresTime: formatTime(expiresMs),
  }
}

/** What only services, only the owner and only a custodian may change (http.md §1.6). */
function refuseForbidden(who: Identity, user: User, update: AccountUpdate): void {
  const isService = who.kind === 'service'
  const isOwner = who.kind === 'person' && who.userId === user.id
  const ofServices = update.roles !== undefined || update.emailVerified !== undefined
  const ofOwner = update.password !== undefined || update.termsAccepted !== undefined
  const ofAddress = update.username !== undefined || update.emails !== undefined
  // With another address, a custodian would come by a new password: only of an account that nobody has taken over yet.
  const mayChangeAddress = isOwner || isService || user.passwordHash === ''
  // Without an address nobody signs in; that is for an account that nobody signs in to yet.
  const mayRemoveAddress = user.roles.includes(CUSTODIAL_ROLE) && !isOwner
  if (
    (ofServices && !isService) ||
    (ofOwner && !isOwner && !isService) ||
    (ofAddress && !mayChangeAddress) ||
    (update.emails?.length === 0 && !mayRemoveAddress)
  ) {
    throw new Refused({ kind: 'unauthorized' })
  }
}

/** The body that confirms a deletion; an unreadable one confirms nothing. */
async function passwordIn(request: RouteRequest): Promise<{ password?: unknown }> {
  try {
    const body = await request.json(MAX_DETAILS_BYTES)
    return typeof body === 'object' && body !== null ? body : {}
  } catch (error) {
    if (error instanceof Refused && error.failure.kind === 'json-malformed') return {}
    throw error
  }
}
