import { requirePermission } from '../../auth/permissions.ts'
import {
  changeQuarantineSettings,
  dropParked,
  knownParked,
  type ParkedName,
  type QuarantineParts,
  settleParked,
} from '../../ingest/quarantine.ts'
import { receiptText } from '../../ingest/receipt.ts'
import { parkedJson, quarantineSettingsJson, wholeParkedJson } from '../../query/quarantine-json.ts'
import { bare } from '../bare.ts'
import { RECEIPT } from '../headers.ts'
import { ParameterReader, queryOf } from '../query-string.ts'
import { dataService, type Route, type RouteRequest, userIdOf } from '../routing.ts'

/** Faulty records that were kept aside, for their owner to correct or drop. A family of our own. */
export function quarantineRoutes(parts: QuarantineParts): Route[] {
  const { store } = parts
  const envelope = 'platform-new'
  const settings = dataService('/v1/users/:userId/quarantine/settings')
  const all = dataService('/v1/users/:userId/quarantine')
  const one = dataService('/v1/users/:userId/quarantine/:id')
  return [
    {
      method: 'GET',
      paths: settings,
      envelope,
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'see quarantine', { userId })
        return bare(reply, quarantineSettingsJson(await store.quarantineSettings(userId)))
      },
    },
    {
      method: 'PUT',
      paths: settings,
      envelope,
      async handle(request, reply) {
        const who = await request.identify()
        const changed = await changeQuarantineSettings(parts, who, userIdOf(request), request.json)
        return bare(reply, quarantineSettingsJson(changed))
      },
    },
    {
      method: 'GET',
      paths: all,
      envelope,
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'see quarantine', { userId })
        const parked = await store.listParked({ userId, ...pageOf(request) })
        return bare(reply, parked.map(parkedJson))
      },
    },
    {
      method: 'GET',
      paths: one,
      envelope,
      async handle(request, reply) {
        const who = await request.identify()
        return bare(reply, wholeParkedJson(await knownParked(store, who, 'see quarantine', named(request))))
      },
    },
    {
      method: 'PUT',
      paths: one,
      envelope,
      async handle(request, reply) {
        const receipt = await settleParked(parts, await request.identify(), named(request), request.json)
        return bare(reply.header(RECEIPT, receiptText(receipt)), {})
      },
    },
    {
      method: 'POST',
      paths: one,
      envelope,
      async handle(request, reply) {
        const receipt = await settleParked(parts, await request.identify(), named(request))
        return bare(reply.header(RECEIPT, receiptText(receipt)), {})
      },
    },
    {
      method: 'DELETE',
      paths: one,
      envelope,
      async handle(request, reply) {
        await dropParked(parts, await request.identify(), named(request))
        return reply.code(204).send()
      },
    },
  ]
}

function named(request: RouteRequest): ParkedName {
  return { userId: userIdOf(request), id: request.parameter('id') }
}

function pageOf(request: RouteRequest): { offset: number; limit: number } {
  const reader = new ParameterReader(queryOf(request.url))
  const page = reader.page()
  reader.finish(['restricted_token'])
  return page
}
