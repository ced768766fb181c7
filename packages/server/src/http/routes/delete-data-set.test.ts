import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const t1 = '2026-01-05T10:00:00.000Z'

describe('deleting data sets', () => {
  let world: World
  let ada: Person
  let set: string
  let now = Date.UTC(2026, 0, 5, 10)
  before(async () => {
    world = await startWorld({ now: () => ++now })
  })
  after(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await world.person()
    set = await world.dataSet(ada)
  })
  const send = (method: string, path: string, body?: unknown, token: string | undefined = ada.token) =>
    world.send(method, path, { token, ...(body !== undefined && { body }) })
  const post = (id: string, origin: string) =>
    send('POST', `/v1/data_sets/${id}/data`, [cbgAt(t1, { origin: { id: origin } })])
  const remove = (id: string) => send('DELETE', `/v1/data_sets/${id}`)
  const origins = async () =>
    (await send('GET', `/data/${ada.userId}?type=cbg`)).json.map(
      ({ origin }: { origin: { id: string } }) => origin.id,
    )
  const list = async (query = '') => (await send('GET', `/v1/users/${ada.userId}/data_sets${query}`)).json

  test('[DS-31] its data are gone and it stays as a mark; deleting again changes nothing (scenario 58)', async () => {
    const other = await world.dataSet(ada, { client: { name: 'other' } })
    await post(set, 'o1')
    await post(other, 'o2')
    const answer = await remove(set)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.json.data, {})
    assert.ok(answer.json.meta.trace.request)
    assert.deepEqual(await origins(), ['o2'])
    assert.deepEqual(
      (await list()).map(({ id }: { id: string }) => id),
      [other],
    )
    const [, marked] = await list('?deleted=true')
    assert.equal(marked.id, set)
    assert.equal(marked.deletedTime, marked.modifiedTime)
    assert.deepEqual((await send('GET', `/v1/data_sets/${set}`)).json, marked)
    const uploads = (await send('GET', `/data/${ada.userId}?type=upload`)).json
    assert.equal(uploads.find(({ id }: { id: string }) => id === set).deletedTime, marked.deletedTime)
    assert.equal((await remove(set)).status, 200)
    assert.deepEqual((await list('?deleted=true'))[1], marked)
  })

  test('[DS-31] every alias deletes; an unknown one is 404', async () => {
    for (const path of [
      '/v1/data_sets',
      '/v1/datasets',
      '/dataservices/v1/data_sets',
      '/dataservices/v1/datasets',
    ]) {
      const id = await world.dataSet(ada, { client: { name: path } })
      assert.equal((await send('DELETE', `${path}/${id}`)).status, 200, path)
      assert.ok((await send('GET', `/v1/data_sets/${id}`)).json.deletedTime, path)
    }
    const unknown = await remove('0'.repeat(32))
    assert.equal(unknown.status, 404)
    assert.equal(unknown.json.errors[0].code, 'data-set-id-not-found')
  })

  test('[DS-32] a stranger deletes nothing', async () => {
    await post(set, 'o1')
    const eve = await world.person()
    const answer = await send('DELETE', `/v1/data_sets/${set}`, undefined, eve.token)
    assert.equal(answer.status, 403)
    assert.equal(answer.json.errors[0].code, 'unauthorized')
    assert.equal((await world.send('DELETE', `/v1/data_sets/${set}`)).status, 401)
    assert.deepEqual(await origins(), ['o1'])
  })

  test('[DS-33] D2: data sent to a deleted continuous one make it live again (scenario 60)', async () => {
    await post(set, 'o1')
    await remove(set)
    assert.equal((await post(set, 'o9')).status, 200)
    assert.deepEqual(await origins(), ['o9'])
    const [alive] = await list()
    assert.equal(alive.id, set)
    assert.equal(alive.deletedTime, undefined)
    await remove(set)
    assert.deepEqual(await origins(), [])
  })

  test('[DS-33] an empty upload, and a delete by selector, do not', async () => {
    await remove(set)
    assert.equal((await send('POST', `/v1/data_sets/${set}/data`, [])).status, 200)
    const selectors = [{ origin: { id: 'o1' } }]
    assert.equal((await send('DELETE', `/v1/data_sets/${set}/data`, selectors)).status, 200)
    assert.deepEqual(await list(), [])
  })

  test('[DS-34] no person deletes all data of an account, not even its own', async () => {
    await post(set, 'o1')
    for (const prefix of ['', '/dataservices']) {
      const path = `${prefix}/v1/users/${ada.userId}/data`
      const answer = await send('DELETE', path)
      assert.equal(answer.status, 403)
      assert.equal(answer.json.errors[0].code, 'unauthorized')
      assert.equal((await world.send('DELETE', path)).status, 401)
    }
    assert.deepEqual(await origins(), ['o1'])
  })
})
