import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loggedInClient } from '../testing/logged-in-client.ts'
import { rejection } from '../testing/rejection.ts'
import { acknowledge, answer, scriptedServer } from '../testing/scripted-server.ts'

const deleteOrigin = { name: 'org.tidepool.deduplicator.dataset.delete.origin', version: '1.0.0' }
const clientName = 'org.example.pump'

function set(id: string, more: object = {}) {
  return { id, uploadId: id, type: 'upload', dataSetType: 'continuous', deduplicator: deleteOrigin, ...more }
}

function created(id: string) {
  return { data: set(id), meta: { trace: { request: 'r' } } }
}

test('[CL-20] data sets are listed page by page with their filters, and only as far as they are read', async (t) => {
  const all = Array.from({ length: 250 }, (_, index) => set(`set-${index}`))
  const { baseUrl, requests } = await scriptedServer(t, ({ query }, response) => {
    const from = Number(query.get('page')) * Number(query.get('size'))
    answer(response, 200, all.slice(from, from + Number(query.get('size'))))
  })
  const tide = loggedInClient(baseUrl)
  const listed = await Array.fromAsync(tide.listDataSets({ clientName, deviceId: 'd 1', deleted: true }))
  assert.deepEqual(
    listed.map((each) => each.id),
    all.map((each) => each.id),
  )
  assert.deepEqual(
    requests.map((request) => request.url),
    [0, 1, 2].map(
      (page) =>
        `/v1/users/5f0c2ab91e/data_sets?client.name=org.example.pump&deviceId=d+1&deleted=true&page=${page}&size=100`,
    ),
  )
  for await (const first of tide.listDataSets({ userId: 'ffffffffff' })) {
    assert.equal(first.id, 'set-0')
    break
  }
  assert.equal(requests.length, 4)
  assert.equal(requests[3]?.url, '/v1/users/ffffffffff/data_sets?deleted=false&page=0&size=100')
})

test('[CL-20] a data set that moves to the next page is listed once, and a server without pages ends', async (t) => {
  const page = Array.from({ length: 100 }, (_, index) => set(`set-${index}`))
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => answer(response, 200, page))
  assert.equal((await Array.fromAsync(loggedInClient(baseUrl).listDataSets())).length, 100)
  assert.equal(requests.length, 2)
})

test('[CL-20] a wrapped list is a list, and what is no list is an error', async (t) => {
  const bodies = [{ data: [set('a')] }, { data: {} }, [{ name: 'no id' }], 5]
  const { baseUrl } = await scriptedServer(t, ({ nth }, response) => answer(response, 200, bodies[nth]))
  const tide = loggedInClient(baseUrl)
  assert.equal((await Array.fromAsync(tide.listDataSets())).length, 1)
  for (let count = 0; count < 3; count++) {
    assert.equal((await rejection(Array.fromAsync(tide.listDataSets()))).kind, 'unexpected-answer')
  }
})

test('[CL-21] opening finds the newest continuous data set of the client name that can be written to', async (t) => {
  const sets = [
    set('normal', { dataSetType: 'normal' }),
    set('other-deduplicator', { deduplicator: { name: 'org.tidepool.deduplicator.none' } }),
    set('deleted', { deletedTime: '2026-01-05T10:00:00.000Z' }),
    set('closed', { state: 'closed' }),
    set('newest'),
    set('older'),
  ]
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => answer(response, 200, sets))
  const tide = loggedInClient(baseUrl)
  assert.equal((await tide.openDataSet({ clientName })).id, 'newest')
  assert.equal(requests.length, 1)
  assert.equal(requests[0]?.query.get('client.name'), clientName)
  assert.equal(requests[0]?.query.get('deleted'), 'false')
  const none = await tide.openDataSet({ clientName, deduplicator: 'org.tidepool.continuous' })
  assert.equal(none.id, 'other-deduplicator')
})

test('[CL-21] where there is none, one is made as the protocol wants it', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ method }, response) => {
    if (method === 'GET') answer(response, 200, [])
    else answer(response, 201, created('new'))
  })
  const opened = await loggedInClient(baseUrl).openDataSet({
    clientName,
    clientVersion: '1.2.3',
    deviceTags: ['cgm'],
    timezone: 'Europe/Berlin',
    userId: 'ffffffffff',
  })
  assert.equal(opened.id, 'new')
  assert.equal(requests[1]?.path, '/v1/users/ffffffffff/data_sets')
  assert.deepEqual(JSON.parse(requests[1]?.body ?? ''), {
    client: { name: clientName, version: '1.2.3' },
    dataSetType: 'continuous',
    deduplicator: { name: deleteOrigin.name },
    deviceTags: ['cgm'],
    timezone: 'Europe/Berlin',
  })
})

test('[CL-22] calls at the same time open one data set', async (t) => {
  let made = 0
  const { baseUrl, requests } = await scriptedServer(t, async ({ method }, response) => {
    await new Promise((resolve) => setTimeout(resolve, 10))
    if (method === 'GET') answer(response, 200, made === 0 ? [] : [set('new-1')])
    else answer(response, 201, created(`new-${++made}`))
  })
  const tide = loggedInClient(baseUrl)
  const impatient = new AbortController()
  const givenUp = rejection(tide.openDataSet({ clientName, signal: impatient.signal }))
  const opening = Promise.all([
    tide.openDataSet({ clientName }),
    tide.openDataSet({ clientName, clientVersion: '2' }),
  ])
  impatient.abort()
  assert.equal((await givenUp).kind, 'aborted')
  assert.deepEqual(
    (await opening).map((each) => each.id),
    ['new-1', 'new-1'],
  )
  assert.equal(made, 1)
  await tide.openDataSet({ clientName })
  assert.equal(requests.length, 3)
})

test('[CL-22] a failed opening is not remembered', async (t) => {
  const { baseUrl } = await scriptedServer(t, ({ nth }, response) => {
    if (nth === 0) answer(response, 403, {})
    else answer(response, 200, [set('a')])
  })
  const tide = loggedInClient(baseUrl)
  assert.equal((await rejection(tide.openDataSet({ clientName }))).kind, 'not-allowed')
  assert.equal((await tide.openDataSet({ clientName })).id, 'a')
})

test('[CL-23] a creation whose answer was lost is looked for, not repeated', async (t) => {
  const made: string[] = []
  const { baseUrl } = await scriptedServer(t, ({ method }, response) => {
    if (method === 'GET')
      return answer(
        response,
        200,
        made.map((id) => set(id)),
      )
    made.push(`new-${made.length + 1}`)
    response.destroy()
  })
  const opened = await loggedInClient(baseUrl).openDataSet({ clientName })
  assert.equal(opened.id, 'new-1')
  assert.deepEqual(made, ['new-1'])
})

test('[CL-23] a creation that failed for good is tried once and told', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ method }, response) => {
    if (method === 'GET') answer(response, 200, [])
    else answer(response, 500, {})
  })
  assert.equal((await rejection(loggedInClient(baseUrl).openDataSet({ clientName }))).kind, 'server-failed')
  assert.deepEqual(
    requests.map((request) => request.method),
    ['GET', 'POST', 'GET'],
  )
  assert.equal((await rejection(loggedInClient(baseUrl).createDataSet({ clientName }))).kind, 'server-failed')
  assert.equal(requests.length, 4)
})

test('[CL-23] no data set is made when it is not known whether there is one', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ method }, response) => {
    if (method === 'GET') answer(response, 503, {})
    else answer(response, 201, created('new'))
  })
  const error = await rejection(loggedInClient(baseUrl).openDataSet({ clientName }))
  assert.equal(error.kind, 'server-failed')
  assert.ok(requests.every((request) => request.method === 'GET'))
})

test('[CL-23] a refused creation says where the fault is', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) =>
    answer(response, 400, {
      code: 'value-empty',
      title: 'value is empty',
      detail: 'value is empty',
      source: { pointer: '/client/name' },
    }),
  )
  const error = await rejection(loggedInClient(baseUrl).createDataSet({ clientName: '' }))
  assert.deepEqual([error.kind, error.problems[0]?.pointer], ['invalid', '/client/name'])
})

test('[CL-41] records are deleted by selectors of one kind a request, at most 1,000 at a time', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ nth }, response) => {
    if (nth === 0) answer(response, 503, {})
    else acknowledge(response)
  })
  const origins = Array.from({ length: 1001 }, (_, index) => ({ origin: { id: `o-${index}` } }))
  await loggedInClient(baseUrl).deleteData('ds', [
    { id: 'a' },
    ...origins,
    { deduplicator: { hash: 'h' } },
    { id: 'b' },
  ])
  assert.ok(requests.every(({ method, path }) => method === 'DELETE' && path === '/v1/data_sets/ds/data'))
  const [, ...bodies] = requests.map((request) => JSON.parse(request.body))
  assert.deepEqual(bodies, [
    [{ id: 'a' }, { id: 'b' }],
    origins.slice(0, 1000),
    origins.slice(1000),
    [{ deduplicator: { hash: 'h' } }],
  ])
  await loggedInClient(baseUrl).deleteData('ds', [])
  assert.equal(requests.length, 5)
})
