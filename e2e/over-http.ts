import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@tidegauge/client'
import { follow, type Place } from '@tidegauge/server/testing/random-history/follow'
import { createBody, histories } from '@tidegauge/server/testing/random-history/history'
import type { Many } from '@tidegauge/server/testing/random-history/many-on-the-store'
import { seen } from '@tidegauge/server/testing/random-history/on-the-store'
import type { Status } from '@tidegauge/server/testing/random-history/what-is-visible'
import fc from 'fast-check'
import { type ServerProcess, serve } from './process.ts'

/** A server in a process of its own that can die and come back on the same data. */
interface Mortal {
  readonly url: string
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Follows many random histories over HTTP; in some of them the server is killed while it works. */
export async function manyOverHttp({ runs, ...again }: Many): Promise<{ kills: number }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-histories-'))
  let server: ServerProcess = await serve({ dataDirectory })
  let kills = 0
  const mortal: Mortal = {
    get url() {
      return server.url
    },
    async restart(signal) {
      if (signal === 'SIGKILL') kills++
      assert.equal(await server.stop(signal), signal === 'SIGKILL' ? 'SIGKILL' : 0)
      server = await serve({ dataDirectory })
    },
  }
  try {
    const property = fc.asyncProperty(histories({ restarts: 2, crashes: 20 }), async (history) => {
      await follow(history, await overHttp(mortal))
    })
    await fc.assert(property, { numRuns: runs, ...again })
  } finally {
    await server.stop('SIGTERM')
    await rm(dataDirectory, { recursive: true, force: true })
  }
  return { kills }
}

let people = 0

/** One person's histories, request by request as a client sends them. */
async function overHttp(server: Mortal): Promise<Place> {
  const username = `history${++people}.${process.pid}.${Date.now()}@example.org`
  const signUp = createClient({ baseUrl: server.url }).signUp({ username, password: 'correct:horse' })
  const { token, userId } = await signUp
  const made: string[] = []

  const send = async (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(server.url + path, {
      method,
      headers: { 'x-tidepool-session-token': token },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const statusOf = async (answer: Promise<Response>): Promise<Status> => {
    const response = await answer
    await response.arrayBuffer()
    return response.status as Status
  }
  const json = async (path: string) => {
    const response = await send('GET', path)
    assert.equal(response.status, 200, path)
    return response.json()
  }

  return {
    async create(recipe) {
      const path = `/v1/users/${userId}/data_sets`
      const response = await send('POST', path, createBody(recipe, `client ${made.length}`))
      made.push((await response.json()).data.id)
      return response.status as Status
    },
    post: (set, records) => statusOf(send('POST', `/v1/datasets/${made[set]}/data`, records)),
    deleteData(set, by, values) {
      const selectors = values.map((id) => (by === 'id' ? { id } : { origin: { id } }))
      return statusOf(send('DELETE', `/v1/data_sets/${made[set]}/data`, selectors))
    },
    close: (set) => statusOf(send('PUT', `/v1/datasets/${made[set]}`, { dataState: 'closed' })),
    deleteSet: (set) => statusOf(send('DELETE', `/v1/datasets/${made[set]}`)),
    async look() {
      const places = new Map(made.map((id, place) => [id, place]))
      const listed = async (query: string) => {
        const list: { id: string }[] = await json(`/v1/users/${userId}/data_sets${query}`)
        return list.map(({ id }) => places.get(id) ?? -1).sort((a, b) => a - b)
      }
      const data: Parameters<typeof seen>[0] = await json(`/data/${userId}?type=cbg,food`)
      return { ...seen(data, places), listed: await listed(''), pending: await listed('?state=open') }
    },
    restart: () => server.restart('SIGTERM'),
    async killDuring(request, afterMs) {
      const lost = request().catch(() => undefined)
      await sleep(afterMs)
      await server.restart('SIGKILL')
      await lost
    },
  }
}
