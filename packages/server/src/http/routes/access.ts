import { requirePermission } from '../../auth/permissions.ts'
import { Refused } from '../../failure.ts'
import { grantSet, parseGrantSet } from '../../query/grant-set.ts'
import type { Store } from '../../store/port.ts'
import type { Route } from '../routing.ts'

const MAX_BYTES = 16 * 1024
const OWN = { root: {} }

/** Who may do what on whose account (http.md §2.2). */
export function accessRoutes({ store }: { store: Store }): Route[] {
  const envelope = 'sharing'
  return [
    {
      method: 'GET',
      paths: ['/access/groups/:userId'],
      envelope,
      async handle(request) {
        const userId = request.parameter('userId')
        await requirePermission(store, await request.identify(), 'see who has access', { userId })
        const grants = await store.grantsTo(userId)
        return {
          ...Object.fromEntries(grants.map((one) => [one.userId, grantSet(one.permissions)])),
          [userId]: OWN,
        }
      },
    },
    {
      method: 'GET',
      paths: ['/access/:userId'],
      envelope,
      async handle(request) {
        const userId = request.parameter('userId')
        await requirePermission(store, await request.identify(), 'see who has access', { userId })
        const grants = await store.grantsBy(userId)
        return {
          ...Object.fromEntries(grants.map((one) => [one.granteeId, grantSet(one.permissions)])),
          [userId]: OWN,
        }
      },
    },
    {
      method: 'GET',
      paths: ['/access/:userId/:granteeId'],
      envelope,
      async handle(request) {
        const [userId, granteeId] = [request.parameter('userId'), request.parameter('granteeId')]
        await requirePermission(store, await request.identify(), 'see a grant', { userId, granteeId })
        if (userId === granteeId) return OWN
        const permissions = await store.permissions(userId, granteeId)
        if (permissions.length === 0) throw new Refused({ kind: 'grant-not-found' })
        return grantSet(permissions)
      },
    },
    {
      method: 'POST',
      paths: ['/access/:userId/:granteeId'],
      envelope,
      async handle(request) {
        const [userId, granteeId] = [request.parameter('userId'), request.parameter('granteeId')]
        const who = await request.identify()
        // Whoever has been let in may leave, and more only who may let in.
        await requirePermission(store, who, 'give up a grant', { userId, granteeId })
        const bytes = await request.bytes(MAX_BYTES)
        const permissions = parseGrantSet(bytes)
        if (permissions.length > 0) await requirePermission(store, who, 'change a grant', { userId })
        if (userId === granteeId) return OWN
        const outcome = await store.setPermissions({ userId, granteeId, permissions })
        if (outcome === 'unknown-user') throw new Refused({ kind: 'user-not-found' })
        return grantSet(permissions)
      },
    },
  ]
}
