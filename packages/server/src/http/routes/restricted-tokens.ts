import { formatTime } from '@tidegauge/model'
import { requireIdentity, requirePermission, requireService } from '../../auth/permissions.ts'
import type { RestrictedTokens } from '../../auth/restricted-tokens.ts'
import { Refused } from '../../failure.ts'
import type { RestrictedToken, Store } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { dataService, type Route, userIdOf } from '../routing.ts'

const MAX_BYTES = 64 * 1024

/** Short-lived tokens for links (http.md §1.8). Lists name them and do not give them away again. */
export function restrictedTokenRoutes(parts: { store: Store; restrictedTokens: RestrictedTokens }): Route[] {
  const { store, restrictedTokens } = parts
  const envelope = 'platform-new'
  const ofUser = dataService('/v1/users/:userId/restricted_tokens')
  const one = dataService('/v1/restricted_tokens/:id')
  const existing = async (id: string): Promise<RestrictedToken> => {
    const token = await restrictedTokens.named(id)
    if (!token) throw new Refused({ kind: 'resource-not-found', id })
    return token
  }
  return [
    {
      method: 'POST',
      paths: ofUser,
      envelope,
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'make restricted tokens', { userId })
        const { token, made } = await restrictedTokens.make(userId, await request.json(MAX_BYTES))
        return bare(reply.code(201), tokenJson(made, token))
      },
    },
    {
      method: 'GET',
      paths: ofUser,
      envelope,
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'list restricted tokens', { userId })
        const tokens = await store.restrictedTokensOf(userId)
        return bare(
          reply,
          tokens.map((token) => tokenJson(token)),
        )
      },
    },
    {
      method: 'DELETE',
      paths: ofUser,
      envelope,
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'list restricted tokens', { userId })
        await store.deleteRestrictedTokensOf(userId)
        return reply.code(204).send()
      },
    },
    {
      method: 'GET',
      paths: one,
      envelope,
      async handle(request, reply) {
        requireService(await request.identify())
        return bare(reply, tokenJson(await existing(request.parameter('id'))))
      },
    },
    {
      method: 'PUT',
      paths: one,
      envelope,
      async handle(request, reply) {
        requireService(await request.identify())
        const token = await existing(request.parameter('id'))
        return bare(reply, tokenJson(await restrictedTokens.update(token, await request.json(MAX_BYTES))))
      },
    },
    {
      method: 'DELETE',
      paths: one,
      envelope,
      async handle(request, reply) {
        const who = await request.identify()
        requireIdentity(who)
        const token = await restrictedTokens.named(request.parameter('id'))
        if (token) {
          await requirePermission(store, who, 'make restricted tokens', token)
          await store.deleteRestrictedToken(token.name)
        }
        return reply.code(200).send()
      },
    },
  ]
}

function tokenJson(token: RestrictedToken, id = token.name) {
  const { userId, paths, expiresMs, createdMs, modifiedMs } = token
  return {
    id,
    userId,
    ...(paths && { paths }),
    expirationTime: formatTime(expiresMs),
    createdTime: formatTime(createdMs),
    modifiedTime: formatTime(modifiedMs ?? createdMs),
  }
}
