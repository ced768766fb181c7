import type { Trail } from '../../audit/trail.ts'
import { requirePermission } from '../../auth/permissions.ts'
import { auditJson } from '../../query/audit-json.ts'
import type { Store } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { ParameterReader, queryOf } from '../query-string.ts'
import { dataService, type Route, userIdOf } from '../routing.ts'

/** Who read and who wrote on one's account. A family of our own. */
export function auditRoutes({ store, trail }: { store: Store; trail: Trail }): Route[] {
  return [
    {
      method: 'GET',
      paths: dataService('/v1/users/:userId/audit'),
      envelope: 'platform-new',
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'see the audit trail', { userId })
        const reader = new ParameterReader(queryOf(request.url))
        const page = reader.page()
        const [fromMs, toMs] = [reader.time('from'), reader.time('to')]
        reader.finish([])
        const span = { ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) }
        // What was done a moment ago is there too.
        await trail.flush()
        const records = await store.auditTrail({ userId, ...page, ...span })
        return bare(reply, await Promise.all(records.map((record) => auditJson(store, record))))
      },
    },
  ]
}
