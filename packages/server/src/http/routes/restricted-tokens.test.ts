import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Person, startWorld, type World } from '../../testing/world.ts'

describe('restricted tokens', () => {
  let world: World
  let nowMs = Date.now()
  before(async () => {
    world = await startWorld({ now: () => nowMs })
  })
  after(() => world[Symbol.asyncDispose]())
  const make = (who: Person, body: unknown = {}, token = who.token) =>
    world.send('POST', `/v1/users/${who.userId}/restricted_tokens`, { token, body })
  const made = async (who: Person, body: unknown = {}): Promise<string> => {
    const answer = await make(who, body)
    assert.equal(answer.status, 201, answer.text)
    return answer.json.id
  }
  const status = async (path: string, id: string) => {
    const separator = path.includes('?') ? '&' : '?'
    return (await world.send('GET', `${path}${separator}restricted_token=${id}`)).status
  }

  test('[SH-20] one is made by its owner, for an hour if nothing else is said', async () => {
    const ada = await world.person()
    const answer = await make(ada, { paths: ['/data'] })
    assert.equal(answer.status, 201)
    const { id, createdTime, modifiedTime, expirationTime, ...rest } = answer.json
    assert.equal(modifiedTime, createdTime)
    assert.match(id, /^[0-9a-z]{32}$/)
    assert.deepEqual(rest, { userId: ada.userId, paths: ['/data'] })
    assert.equal(Date.parse(expirationTime) - Date.parse(createdTime), 3_600_000)
    const bo = await world.person()
    assert.equal((await make(ada, {}, bo.token)).status, 403)
    assert.equal((await make(ada, {}, 'none')).status, 401)
    assert.equal((await make(ada, {}, await world.service())).status, 201)
  })

  const late = () => new Date(nowMs + 91 * 86_400_000).toISOString()
  const bad: [unknown, string, string][] = [
    [{ paths: [] }, 'length-out-of-range', '/paths'],
    [{ paths: Array(11).fill('/x') }, 'length-out-of-range', '/paths'],
    [{ paths: ['data'] }, 'value-not-matches', '/paths/0'],
    [{ paths: 'x' }, 'type-not-array', '/paths'],
    [{ paths: [7] }, 'type-not-string', '/paths/0'],
    [{ foo: 1 }, 'not-parsed', '/foo'],
    [{ expirationTime: 'soon' }, 'value-not-parsable', '/expirationTime'],
    [{ expirationTime: late() }, 'value-not-before', '/expirationTime'],
  ]
  for (const [body, code, pointer] of bad) {
    test(`[SH-21] a body is refused: ${JSON.stringify(body).slice(0, 60)}`, async () => {
      const answer = await make(await world.person(), body)
      assert.deepEqual([answer.status, answer.json.code, answer.json.source], [400, code, { pointer }])
    })
  }

  test('[SH-22] it reads what lies under its paths, and nothing beside, until it ends', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const dataSet = await world.dataSet(ada)
    const any = await made(ada)
    const own = [
      `/data/${ada.userId}`,
      `/v1/users/${ada.userId}/data_sets`,
      `/v1/data_sets/${dataSet}`,
      `/v1/users/${ada.userId}/data_sources`,
      `/dataservices/v1/users/${ada.userId}/datasets`,
    ]
    for (const path of own) assert.equal(await status(path, any), 200, path)
    assert.equal(await status(`/data/${bo.userId}`, any), 403)
    assert.equal(await status(`/data/${ada.userId}`, 'x'.repeat(32)), 403)
    assert.equal(
      (await world.send('GET', `/data/${ada.userId}?restricted_token=${any}&restricted_token=${any}`)).status,
      403,
    )

    const data = await made(ada, { paths: ['/data'] })
    assert.equal(await status(`/data/${ada.userId}`, data), 200)
    assert.equal(await status(`/v1/data_sets/${dataSet}`, data), 401)
    const half = await made(ada, { paths: ['/dat', `/v1/users/${ada.userId}/data_se`] })
    assert.equal(await status(`/data/${ada.userId}`, half), 403)
    assert.equal(await status(`/v1/users/${ada.userId}/data_sets`, half), 401)
    const slash = await made(ada, { paths: ['/v1/'] })
    assert.equal(await status(`/v1/data_sets/${dataSet}`, slash), 200)
    assert.equal(await status(`/dataservices/v1/data_sets/${dataSet}`, slash), 200)

    nowMs += 3_600_000
    assert.equal(await status(`/data/${ada.userId}`, any), 403)
  })

  test('[SH-23] it writes nothing, makes no other, and is no session', async () => {
    const ada = await world.person()
    const id = await made(ada)
    const dataSet = await world.dataSet(ada)
    const tried: [string, string, unknown?][] = [
      ['POST', `/v1/users/${ada.userId}/restricted_tokens`, {}],
      ['POST', `/v1/users/${ada.userId}/data_sets`, {}],
      ['POST', `/v1/data_sets/${dataSet}/data`, []],
      ['DELETE', `/v1/data_sets/${dataSet}`],
      ['GET', '/auth/user'],
      ['GET', '/auth/login'],
      ['PUT', '/auth/user', { updates: {} }],
      ['GET', `/access/${ada.userId}`],
      ['GET', `/metadata/${ada.userId}/profile`],
      ['DELETE', `/v1/restricted_tokens/${id}`],
    ]
    for (const [method, path, body] of tried) {
      const answer = await world.send(method, `${path}?restricted_token=${id}`, {
        ...(body !== undefined && { body }),
      })
      assert.equal(answer.status, 401, `${method} ${path}`)
      const asSession = await world.send(method, path, { token: id, ...(body !== undefined && { body }) })
      assert.equal(asSession.status, 401, `${method} ${path}`)
    }
  })

  test('[SH-24] services see them by a name that is no token; owner and services end them', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const service = await world.service()
    const id = await made(ada, { paths: ['/data'] })
    const list = `/v1/users/${ada.userId}/restricted_tokens`
    assert.equal((await world.send('GET', list, { token: ada.token })).status, 403)
    const [listed] = (await world.send('GET', list, { token: service })).json
    assert.notEqual(listed.id, id)
    assert.equal(await status(`/data/${ada.userId}`, listed.id), 403)
    for (const name of [id, listed.id]) {
      assert.deepEqual(
        (await world.send('GET', `/v1/restricted_tokens/${name}`, { token: service })).json,
        listed,
      )
      assert.equal(
        (await world.send('GET', `/v1/restricted_tokens/${name}`, { token: ada.token })).status,
        403,
      )
    }
    const put = await world.send('PUT', `/v1/restricted_tokens/${id}`, {
      token: service,
      body: { paths: ['/v1'] },
    })
    assert.deepEqual([put.status, put.json.paths], [200, ['/v1']])
    assert.equal(await status(`/data/${ada.userId}`, id), 403)
    assert.equal((await world.send('GET', '/v1/restricted_tokens/unknown', { token: service })).status, 404)

    assert.equal((await world.send('DELETE', `/v1/restricted_tokens/${id}`, { token: bo.token })).status, 403)
    for (let i = 0; i < 2; i++) {
      assert.equal(
        (await world.send('DELETE', `/v1/restricted_tokens/${id}`, { token: ada.token })).status,
        200,
      )
    }
    const other = await made(ada)
    assert.equal((await world.send('DELETE', list, { token: ada.token })).status, 403)
    assert.equal((await world.send('DELETE', list, { token: service })).status, 204)
    assert.equal(await status(`/data/${ada.userId}`, other), 403)
  })

  test('[SH-25] it is stored hashed, and ends with the sessions of its owner', async () => {
    const ada = await world.person()
    const id = await made(ada)
    const stored = await world.store.restrictedTokensOf(ada.userId)
    assert.ok(!JSON.stringify(stored).includes(id))
    await world.send('DELETE', `/auth/user/${ada.userId}/sessions`, { token: ada.token })
    assert.equal(await status(`/data/${ada.userId}`, id), 403)
  })
})
