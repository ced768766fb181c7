import { requirePermission } from '../../auth/permissions.ts'
import { Refused } from '../../failure.ts'
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
import { dataService, type Route, type RouteRequest } from '../routing.ts'

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
        const { page, size } = pageOf(request)
        if (!Number.isSafeInteger(page * size)) return bare(reply, []) // far behind the last page
        const parked = await store.listParked({ userId, offset: page * size, limit: size })
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

function userIdOf(request: RouteRequest): string {
  const userId = request.parameter('userId')
  if (userId === '') throw new Refused({ kind: 'id-missing', which: 'user' })
  return userId
}

function named(request: RouteRequest): ParkedName {
  return { userId: userIdOf(request), id: request.parameter('id') }
}

function pageOf(request: RouteRequest): { page: number; size: number } {
  const reader = new ParameterReader(queryOf(request.url))
  const page = reader.page()
  reader.finish(['restricted_token'])
  return page
}
