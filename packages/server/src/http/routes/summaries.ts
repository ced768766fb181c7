import { requirePermission, requireService } from '../../auth/permissions.ts'
import type { Summaries } from '../../query/summaries/summaries.ts'
import { type Store, summaryKinds } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { ParameterReader, parseBoolean, queryOf } from '../query-string.ts'
import { dataService, type Route, userIdOf } from '../routing.ts'

/** `/v1/summaries/{cgm|bgm|con}/{userId}` (data-sets.md §11.4). */
export function summaryRoutes({ store, summaries }: { store: Store; summaries: Summaries }): Route[] {
  return summaryKinds.flatMap((kind): Route[] => [
    {
      method: 'GET',
      paths: dataService(`/v1/summaries/${kind}/:userId`),
      envelope: 'platform',
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'see summaries', { userId })
        const fresh = parseBoolean(queryOf(request.url).get('fresh') ?? '') ?? false
        const summary = await summaries.get(userId, kind, { fresh })
        return summary ? bare(reply, summary) : bare(reply.code(404), {})
      },
    },
    {
      method: 'POST',
      paths: dataService(`/v1/summaries/${kind}/:userId`),
      envelope: 'platform',
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'see summaries', { userId })
        // It has no parameters; one that does not decode is refused, as of the GET.
        queryOf(request.url)
        return bare(reply, await summaries.update(userId, kind))
      },
    },
    {
      method: 'GET',
      paths: dataService(`/v1/summaries/outdated/${kind}`),
      envelope: 'platform',
      async handle(request, reply) {
        requireService(await request.identify())
        const reader = new ParameterReader(queryOf(request.url))
        const page = reader.page()
        reader.finish([])
        return bare(reply, await summaries.outdated(kind, page))
      },
    },
    {
      // Schemas change with the program, and then all are made anew by themselves.
      method: 'GET',
      paths: dataService(`/v1/summaries/migratable/${kind}`),
      envelope: 'platform',
      async handle(request, reply) {
        requireService(await request.identify())
        return bare(reply, [])
      },
    },
  ])
}
