import { readFileSync } from 'node:fs'
import { requirePermission } from '../../auth/permissions.ts'
import { isUsable, type Numbers, type NumbersRequest } from '../../query/numbers/numbers.ts'
import type { Store } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { ParameterReader, queryOf } from '../query-string.ts'
import { dataService, type Route, type RouteRequest, userIdOf } from '../routing.ts'

const DAY_MINUTES = 24 * 60
const description = readFileSync(new URL('numbers.openapi.json', import.meta.url), 'utf8')

/** Statistics, profile and time line of what is stored. A family of our own. */
export function numbersRoutes({ store, numbers }: { store: Store; numbers: Numbers }): Route[] {
  const route = (
    name: string,
    answer: (request: NumbersRequest, reader: ParameterReader) => () => Promise<unknown>,
  ): Route => ({
    method: 'GET',
    paths: dataService(`/v1/users/:userId/${name}`),
    envelope: 'platform-new',
    restrictedToken: true,
    async handle(request, reply) {
      const userId = userIdOf(request)
      await requirePermission(store, await request.identify(), 'read data', { userId })
      const reader = new ParameterReader(queryOf(request.url))
      const make = answer(windowParameters(request, reader), reader)
      reader.finish(['restricted_token'])
      return bare(reply, await make())
    },
  })
  return [
    {
      method: 'GET',
      paths: ['/openapi.json'],
      envelope: 'platform',
      handle: (_request, reply) => reply.type('application/json; charset=utf-8').send(description),
    },
    route('stats', (window) => () => numbers.stats(window)),
    route('agp', (window, reader) => {
      const binMinutes = reader.integer('binMinutes', 5, 120)
      if (binMinutes !== undefined && DAY_MINUTES % binMinutes !== 0) {
        reader.refuse('binMinutes', 'a day is a whole number of bins')
      }
      const percentiles = reader.numbers('percentiles', 0, 100, 20)
      const weekdays = reader.numbers('weekdays', 1, 7, 7)
      if (weekdays?.some((day) => !Number.isInteger(day))) reader.refuse('weekdays', '1 is Monday, 7 Sunday')
      return () => numbers.profile({ ...window, binMinutes, percentiles, weekdays })
    }),
    route('series', (window, reader) => {
      const bucketMinutes = reader.integer('bucketMinutes', 1, DAY_MINUTES)
      return () => numbers.series({ ...window, bucketMinutes })
    }),
  ]
}

function windowParameters(request: RouteRequest, reader: ParameterReader): NumbersRequest {
  const fromMs = reader.time('from')
  const toMs = reader.time('to')
  const timeZone = reader.timeZone('timeZone')
  if (timeZone !== undefined && !isUsable(timeZone)) reader.refuse('timeZone', 'this server does not know it')
  const units = reader.oneOf('units', ['mg/dL', 'mmol/L'])
  return { userId: userIdOf(request), fromMs, toMs, timeZone, units }
}
