import { requirePermission } from '../../auth/permissions.ts'
import type { Store } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { type Route, userIdOf } from '../routing.ts'

/** What clients call on their way and do not miss: answers without anything in them (http.md §5.2, §7). */
export function smallRoutes({ store }: { store: Store }): Route[] {
  return [
    {
      method: 'GET',
      paths: ['/v1/clinicians/:userId/clinics'],
      envelope: 'platform-new',
      async handle(request, reply) {
        await requirePermission(store, await request.identify(), 'see clinics', { userId: userIdOf(request) })
        return bare(reply, [])
      },
    },
    // What somebody clicked on is nobody's business: not read, not kept.
    ...(['GET', 'POST'] as const).map(
      (method): Route => ({
        method,
        paths: ['/metrics/*'],
        envelope: 'platform',
        handle: (_request, reply) => reply.code(200).send(),
      }),
    ),
    ...['cgms', 'pumps'].map(
      (kind): Route => ({
        method: 'GET',
        paths: [`/v1/devices/${kind}`],
        envelope: 'platform-new',
        handle: (_request, reply) => bare(reply, { [kind]: [] }),
      }),
    ),
  ]
}
