import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const t1 = '2026-01-05T10:00:00.000Z'

describe('what services and people with a grant do to data sets', () => {
  let world: World
  let ada: Person
  let service: string
  before(async () => {
    world = await startWorld()
    ada = await world.person()
    service = await world.service()
  })
  after(() => world[Symbol.asyncDispose]())
  const visible = async (owner: Person) =>
    (await world.send('GET', `/data/${owner.userId}?type=cbg`, { token: owner.token })).json.length

  test('[DS-50] a service updates and closes a continuous data set; its data stay, and it takes no more (scenario 43)', async () => {
    const set = await world.dataSet(ada)
    const post = (token: string) =>
      world.send('POST', `/v1/data_sets/${set}/data`, { token, body: [cbgAt(t1, { origin: { id: 'o1' } })] })
    const put = (token: string, body: unknown) => world.send('PUT', `/v1/data_sets/${set}`, { token, body })
    assert.equal((await post(ada.token)).status, 200)
    assert.equal((await put(ada.token, { state: 'closed' })).status, 403)
    const unknown = await put(service, { dataState: 'closed' })
    assert.equal(unknown.status, 400)
    assert.equal(unknown.json.source.pointer, '/dataState')
    const updated = await put(service, { deviceModel: '723' })
    assert.equal(updated.json.data.deviceModel, '723')
    assert.equal((await put(service, { state: 'closed' })).status, 200)
    for (const token of [ada.token, service]) {
      const refused = await post(token)
      assert.equal(refused.status, 409)
      assert.equal(refused.json.errors[0].code, 'data-set-closed')
    }
    assert.equal(await visible(ada), 1)
  })

  test('[DS-51] who may upload deletes a data set of their own making, and no other; a custodian any (scenario 59)', async () => {
    const owner = await world.person()
    const [uploader, custodian] = [await world.person(), await world.person()]
    await world.grant(owner, uploader, 'upload')
    await world.grant(owner, custodian, 'custodian')
    const create = async (token: string, name: string) => {
      const body = { client: { name }, dataSetType: 'continuous' }
      return (await world.send('POST', `/v1/users/${owner.userId}/data_sets`, { token, body })).json.data.id
    }
    const remove = async (id: string, token: string) =>
      (await world.send('DELETE', `/v1/data_sets/${id}`, { token })).status
    const [theirs, owners, another] = [
      await create(uploader.token, 'a'),
      await create(owner.token, 'b'),
      await create(owner.token, 'c'),
    ]
    assert.equal(await remove(owners, uploader.token), 403)
    assert.equal(await remove(theirs, uploader.token), 200)
    assert.equal(await remove(owners, custodian.token), 200)
    assert.equal(await remove(another, owner.token), 200)
  })

  test('[DS-52] a service deletes all data and data sets of an account; nobody else does (scenario 61)', async () => {
    const owner = await world.person()
    const set = await world.dataSet(owner)
    await world.send('POST', `/v1/data_sets/${set}/data`, { token: owner.token, body: [cbgAt(t1)] })
    const path = `/v1/users/${owner.userId}/data`
    assert.equal((await world.send('DELETE', path, { token: owner.token })).status, 403)
    assert.equal(await visible(owner), 1)
    const answer = await world.send('DELETE', `/dataservices${path}`, { token: service })
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.json.data, [])
    assert.equal(await visible(owner), 0)
    const list = await world.send('GET', `/v1/users/${owner.userId}/data_sets?deleted=true`, {
      token: owner.token,
    })
    assert.deepEqual(list.json, [])
  })
})
