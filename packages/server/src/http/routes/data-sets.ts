import { type Operation, requirePermission } from '../../auth/permissions.ts'
import { createDataSet } from '../../ingest/create-data-set.ts'
import { deleteData } from '../../ingest/delete-data.ts'
import { deleteDataSet } from '../../ingest/delete-data-set.ts'
import { deleteUserData } from '../../ingest/delete-user-data.ts'
import { knownDataSet } from '../../ingest/open-data-set.ts'
import { receiptText } from '../../ingest/receipt.ts'
import { updateDataSet } from '../../ingest/update-data-set.ts'
import { upload } from '../../ingest/upload.ts'
import { dataSetJson } from '../../query/data-set-json.ts'
import type { DataSet, Store } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { RECEIPT } from '../headers.ts'
import { listParameters, queryOf } from '../query-string.ts'
import { dataService, type Route, type RouteRequest, userIdOf } from '../routing.ts'

export interface DataSetRouteParts {
  store: Store
  now: () => number
  maxRecords: number
  keepWithdrawnMs: number
}

/** Data sets and what goes into them (http.md §3, §4). The two list routes differ in path and in wrapper. */
export function dataSetRoutes(parts: DataSetRouteParts): Route[] {
  const { store } = parts
  return [
    {
      method: 'POST',
      paths: dataService('/v1/users/:userId/data_sets', '/v1/users/:userId/datasets'),
      envelope: 'platform',
      async handle(request, reply) {
        const who = await request.identify()
        const dataSet = await createDataSet(parts, who, userIdOf(request), request.json)
        return reply.code(201).send(wrap(dataSetJson(dataSet), request))
      },
    },
    {
      method: 'GET',
      paths: dataService('/v1/users/:userId/data_sets'),
      envelope: 'platform-new',
      restrictedToken: true,
      handle: async (request, reply) =>
        bare(
          reply,
          (await listed(store, request, 'list data sets', ['client.name', 'deviceId', 'state'])).map(
            dataSetJson,
          ),
        ),
    },
    {
      method: 'GET',
      paths: dataService('/v1/users/:userId/datasets'),
      envelope: 'platform',
      restrictedToken: true,
      handle: async (request) =>
        wrap((await listed(store, request, 'list datasets', [])).map(dataSetJson), request),
    },
    {
      method: 'GET',
      paths: dataService('/v1/data_sets/:dataSetId', '/v1/datasets/:dataSetId'),
      envelope: 'platform-new',
      restrictedToken: true,
      async handle(request, reply) {
        const who = await request.identify()
        const dataSet = await knownDataSet(store, who, request.parameter('dataSetId'))
        await requirePermission(store, who, 'see a data set', dataSet)
        return bare(reply, dataSetJson(dataSet))
      },
    },
    {
      method: 'PUT',
      paths: dataService('/v1/data_sets/:dataSetId', '/v1/datasets/:dataSetId'),
      envelope: 'platform',
      async handle(request) {
        const who = await request.identify()
        const id = request.parameter('dataSetId')
        return wrap(dataSetJson(await updateDataSet(parts, who, id, request.json)), request)
      },
    },
    {
      method: 'DELETE',
      paths: dataService('/v1/data_sets/:dataSetId', '/v1/datasets/:dataSetId'),
      envelope: 'platform',
      async handle(request) {
        await deleteDataSet(parts, await request.identify(), request.parameter('dataSetId'))
        return wrap({}, request)
      },
    },
    {
      method: 'POST',
      paths: dataService('/v1/data_sets/:dataSetId/data', '/v1/datasets/:dataSetId/data'),
      envelope: 'platform',
      async handle(request, reply) {
        const who = await request.identify()
        const receipt = await upload(parts, who, request.parameter('dataSetId'), request.json)
        reply.header(RECEIPT, receiptText(receipt))
        return wrap([], request)
      },
    },
    {
      method: 'DELETE',
      paths: dataService('/v1/data_sets/:dataSetId/data', '/v1/datasets/:dataSetId/data'),
      envelope: 'platform',
      async handle(request) {
        await deleteData(parts, await request.identify(), request.parameter('dataSetId'), request.json)
        return wrap([], request)
      },
    },
    {
      method: 'DELETE',
      paths: dataService('/v1/users/:userId/data'),
      envelope: 'platform',
      async handle(request) {
        await deleteUserData(parts, await request.identify(), userIdOf(request))
        return wrap([], request)
      },
    },
  ]
}

async function listed(
  store: Store,
  request: RouteRequest,
  operation: Operation,
  filters: string[],
): Promise<DataSet[]> {
  const userId = userIdOf(request)
  const query = queryOf(request.url)
  const who = await request.identify()
  await requirePermission(store, who, operation, { userId })
  const { clientName, deviceId, deleted, pending, offset, limit } = listParameters(query, filters)
  if (pending) await requirePermission(store, who, 'list open data sets', { userId })
  return store.listDataSets({
    userId,
    includeDeleted: deleted,
    pending,
    offset,
    limit,
    ...(clientName !== undefined && { clientName }),
    ...(deviceId !== undefined && { deviceId }),
  })
}

function wrap(data: unknown, { trace }: RouteRequest) {
  return { data, meta: { trace } }
}
