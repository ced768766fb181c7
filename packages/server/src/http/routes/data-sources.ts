import type { Identity } from '../../auth/identity.ts'
import { requireIdentity, requirePermission, requireService } from '../../auth/permissions.ts'
import { Refused } from '../../failure.ts'
import {
  createDataSource,
  deleteDataSource,
  deleteDataSources,
  updateDataSource,
} from '../../ingest/data-sources.ts'
import { dataSourceJson, dataSourceJsonForOwner } from '../../query/data-source-json.ts'
import { type DataSource, dataSourceStates, type Store } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { ParameterReader, queryOf } from '../query-string.ts'
import { dataService, type Route, type RouteRequest, userIdOf } from '../routing.ts'

/** Links to providers of data: their owners see them, services keep them (data-sets.md §10). */
export function dataSourceRoutes(parts: { store: Store; now: () => number }): Route[] {
  const { store } = parts
  const envelope = 'platform-new'
  const ofUser = dataService('/v1/users/:userId/data_sources')
  const one = dataService('/v1/data_sources/:id')
  return [
    {
      method: 'GET',
      paths: ofUser,
      envelope,
      restrictedToken: true,
      async handle(request, reply) {
        const who = await request.identify()
        const userId = userIdOf(request)
        await requirePermission(store, who, 'see data sources', { userId })
        const sources = await store.listDataSources({ userId, ...listParameters(request) })
        return bare(
          reply,
          sources.map((source) => jsonFor(who, source)),
        )
      },
    },
    {
      method: 'POST',
      paths: ofUser,
      envelope,
      async handle(request, reply) {
        const who = await request.identify()
        const source = await createDataSource(parts, who, userIdOf(request), request.json)
        return bare(reply.code(201), dataSourceJson(source))
      },
    },
    {
      method: 'DELETE',
      paths: ofUser,
      envelope,
      async handle(request, reply) {
        await deleteDataSources(parts, await request.identify(), userIdOf(request))
        return reply.code(204).send()
      },
    },
    {
      method: 'GET',
      paths: one,
      envelope,
      restrictedToken: true,
      async handle(request, reply) {
        const who = await request.identify()
        requireIdentity(who)
        const source = found(await store.dataSource(request.parameter('id')), request.parameter('id'))
        await requirePermission(store, who, 'see data sources', source)
        return bare(reply, jsonFor(who, source))
      },
    },
    {
      method: 'PUT',
      paths: one,
      envelope,
      async handle(request, reply) {
        const source = await updateDataSource(parts, await request.identify(), named(request), request.json)
        return bare(reply, dataSourceJson(source))
      },
    },
    {
      method: 'DELETE',
      paths: one,
      envelope,
      async handle(request, reply) {
        await deleteDataSource(parts, await request.identify(), named(request))
        return reply.code(200).send()
      },
    },
    {
      method: 'GET',
      paths: dataService('/v1/provider_sessions/:id/data_source'),
      envelope,
      async handle(request, reply) {
        requireService(await request.identify())
        const id = request.parameter('id')
        return bare(reply, dataSourceJson(found(await store.dataSourceOfSession(id), id)))
      },
    },
  ]
}

/** The source that a path names, of the revision that the query names. */
function named(request: RouteRequest): { id: string; revision?: number } {
  const reader = new ParameterReader(queryOf(request.url))
  const revision = reader.integer('revision', 0, Number.MAX_SAFE_INTEGER)
  reader.refuseFaults()
  return { id: request.parameter('id'), ...(revision !== undefined && { revision }) }
}

function listParameters(request: RouteRequest) {
  const reader = new ParameterReader(queryOf(request.url))
  const providerType = reader.oneOf('providerType', ['oauth'])
  const providerName = reader.text('providerName')
  const providerExternalId = reader.text('providerExternalId')
  const state = reader.oneOf('state', dataSourceStates)
  const page = reader.page()
  reader.finish(['restricted_token'])
  return {
    ...(providerType !== undefined && { providerType }),
    ...(providerName !== undefined && { providerName }),
    ...(providerExternalId !== undefined && { providerExternalId }),
    ...(state !== undefined && { state }),
    ...page,
  }
}

function found(source: DataSource | undefined, id: string): DataSource {
  if (!source) throw new Refused({ kind: 'resource-not-found', id })
  return source
}

function jsonFor(who: Identity | undefined, source: DataSource) {
  return who?.kind === 'service' ? dataSourceJson(source) : dataSourceJsonForOwner(source)
}
