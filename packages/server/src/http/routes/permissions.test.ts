import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

/** Every route that asks who is calling × everybody who may call. */

const callers = [
  'nobody',
  'expired',
  'stranger',
  'viewer',
  'uploader',
  'custodian',
  'owner',
  'service',
] as const
type Caller = (typeof callers)[number]

interface Row {
  /** With `{U}` the owner's id, `{DS}` a data set and `{SRC}` a data source of the owner. */
  route: string
  body?: unknown
  family: 'platform' | 'platform-new' | 'account' | 'whisperer'
  /** The status for whoever may. */
  success: number
  may: readonly Caller[]
  /** Other answers than the family's to those who may not. */
  refusals?: Partial<Record<Caller, number>>
}

const create = { dataSetType: 'continuous', client: { name: 'table' } }
const row = (
  route: string,
  family: Row['family'],
  success: number,
  may: string,
  more: Partial<Row> = {},
): Row => ({
  route,
  family,
  success,
  may: may.split(' ') as Caller[],
  ...more,
})

const rows: Row[] = [
  row('GET /data/{U}', 'whisperer', 200, 'viewer owner service'),
  row('GET /v1/users/{U}/data_sets', 'platform-new', 200, 'viewer uploader custodian owner service'),
  row('GET /v1/users/{U}/datasets', 'platform', 200, 'viewer owner service'),
  row('GET /v1/data_sets/{DS}', 'platform-new', 200, 'viewer owner service'),
  row('GET /v1/datasets/{DS}', 'platform-new', 200, 'viewer owner service'),
  row('POST /v1/users/{U}/data_sets', 'platform', 201, 'uploader owner service', { body: create }),
  row('POST /dataservices/v1/users/{U}/datasets', 'platform', 201, 'uploader owner service', {
    body: create,
  }),
  row('POST /v1/data_sets/{DS}/data', 'platform', 200, 'uploader owner service', { body: [] }),
  row('DELETE /v1/data_sets/{DS}/data', 'platform', 200, 'uploader owner service', {
    body: [{ origin: { id: 'none' } }],
  }),
  row('GET /v1/users/{U}/data_sources', 'platform-new', 200, 'owner service'),
  row('GET /v1/data_sources/{SRC}', 'platform-new', 200, 'owner service'),
  row('PUT /v1/data_sources/{SRC}', 'platform-new', 200, 'service', { body: {} }),
  row('POST /v1/users/{U}/data_sources', 'platform-new', 201, 'service', {
    body: { providerType: 'oauth', providerName: 'other' },
  }),
  row('GET /v1/provider_sessions/{SESSION}/data_source', 'platform-new', 200, 'service'),
  row('GET /v1/users/{U}/quarantine/settings', 'platform-new', 200, 'owner service'),
  row('PUT /v1/users/{U}/quarantine/settings', 'platform-new', 200, 'owner service', {
    body: { enabled: true },
  }),
  row('GET /v1/users/{U}/quarantine', 'platform-new', 200, 'owner service'),
  row('GET /v1/users/{U}/quarantine/none', 'platform-new', 404, 'owner service'),
  row('PUT /v1/users/{U}/quarantine/none', 'platform-new', 404, 'owner service', { body: {} }),
  row('POST /v1/users/{U}/quarantine/none', 'platform-new', 404, 'owner service'),
  row('DELETE /v1/users/{U}/quarantine/none', 'platform-new', 404, 'owner service'),
  row('GET /auth/user/{U}', 'account', 200, 'custodian owner service'),
  row('GET /v1/users/{U}', 'account', 200, 'custodian owner service'),
  row('GET /auth/users?id={U}', 'account', 200, 'service'),
  row('GET /auth/token/x', 'account', 401, 'service'),
]

describe('who may call what', () => {
  let world: World
  let now = Date.UTC(2026, 0, 5)
  const tokens = new Map<Caller, string>()
  const names: Record<string, string> = {}

  before(async () => {
    world = await startWorld({ now: () => now })
    const people = new Map<Caller, Person>()
    const expired = await world.person()
    tokens.set('expired', expired.token)
    now += 31 * 86_400_000
    for (const caller of callers) {
      if (['nobody', 'expired', 'service'].includes(caller)) continue
      const person = await world.person()
      people.set(caller, person)
      tokens.set(caller, person.token)
    }
    tokens.set('service', await world.service())
    const owner = people.get('owner') as Person
    // Whose session has ended would be allowed otherwise.
    await world.grant(owner, expired, 'view', 'upload', 'custodian')
    await world.grant(owner, people.get('viewer') as Person, 'view')
    await world.grant(owner, people.get('uploader') as Person, 'upload')
    await world.grant(owner, people.get('custodian') as Person, 'custodian')
    const service = { token: tokens.get('service') ?? '' }
    const source = await world.send('POST', `/v1/users/${owner.userId}/data_sources`, {
      ...service,
      body: { providerType: 'oauth', providerName: 'acme' },
    })
    await world.send('PUT', `/v1/data_sources/${source.json.id}`, {
      ...service,
      body: { state: 'connected', providerSessionId: 'session' },
    })
    Object.assign(names, {
      U: owner.userId,
      DS: await world.dataSet(owner),
      SRC: source.json.id,
      SESSION: 'session',
    })
  })
  after(() => world[Symbol.asyncDispose]())

  function ask({ route, body }: Row, caller: Caller): Promise<Answer> {
    const [method = '', path = ''] = route.split(' ')
    const token = tokens.get(caller)
    return world.send(
      method,
      path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? ''),
      { ...(token !== undefined && { token }), ...(body !== undefined && { body }) },
    )
  }

  for (const row of rows) {
    test(`[AU-33] ${row.route}`, async () => {
      for (const caller of callers) {
        const answer = await ask(row, caller)
        if (row.may.includes(caller)) {
          assert.equal(answer.status, row.success, `${caller}: ${answer.text}`)
        } else refusedAs(row.family, caller, answer)
      }
    })
  }

  /** The envelopes of http.md §1.1. */
  function refusedAs(family: Row['family'], caller: Caller, { status, json, text }: Answer): void {
    const known = caller !== 'nobody' && caller !== 'expired'
    const told = `${caller}: ${text}`
    switch (family) {
      case 'account':
        assert.equal(status, 401, told)
        assert.equal(json.code, 401, told)
        assert.match(
          json.reason,
          /^(Not authorized for requested operation|No x-tidepool-session-token was found)$/,
        )
        return
      case 'whisperer':
        assert.equal(status, 403, told)
        assert.equal(json.code, 'data_cant_view', told)
        return
      case 'platform':
      case 'platform-new': {
        assert.equal(status, known ? 403 : 401, told)
        const error = known && family === 'platform' ? json.errors[0] : json
        assert.equal(error.code, known ? 'unauthorized' : 'unauthenticated', told)
        assert.equal(error.status, known && family === 'platform' ? '403' : undefined, told)
      }
    }
  }

  test('[AU-34] with view one reads, lists and sees data sets, and writes nothing (scenario 11)', async () => {
    const [owner, viewer] = [await world.person(), await world.person()]
    await world.grant(owner, viewer, 'view')
    const set = await world.dataSet(owner)
    const as = { token: viewer.token }
    const list = await world.send('GET', `/v1/users/${owner.userId}/data_sets`, as)
    assert.equal(list.status, 200)
    assert.deepEqual(
      list.json.map(({ id }: { id: string }) => id),
      [set],
    )
    const one = await world.send('GET', `/v1/data_sets/${set}`, as)
    assert.equal(one.status, 200)
    assert.equal(one.json.id, set)
    const post = await world.send('POST', `/v1/data_sets/${set}/data`, {
      ...as,
      body: [cbgAt('2026-01-05T10:00:00Z')],
    })
    assert.equal(post.status, 403)
    assert.deepEqual((await world.send('GET', `/data/${owner.userId}?type=cbg`, as)).json, [])
  })

  test('[AU-34] a grant counts from the next request on, and so does its end', async () => {
    const [owner, friend] = [await world.person(), await world.person()]
    const read = async () =>
      (await world.send('GET', `/data/${owner.userId}`, { token: friend.token })).status
    assert.equal(await read(), 403)
    await world.grant(owner, friend, 'view')
    assert.equal(await read(), 200)
    await world.grant(owner, friend, 'custodian')
    assert.equal(await read(), 403)
    await world.grant(owner, friend)
    assert.equal(await read(), 403)
  })

  test('[AU-34] a data set made by an uploader names its maker, and is no other’s of the same kind', async () => {
    const [owner, uploader] = [await world.person(), await world.person()]
    await world.grant(owner, uploader, 'upload')
    const made = async (token: string) =>
      (await world.send('POST', `/v1/users/${owner.userId}/data_sets`, { token, body: create })).json.data
    const theirs = await made(uploader.token)
    assert.equal(theirs.createdUserId, uploader.userId)
    assert.equal(theirs.byUser, uploader.userId)
    const own = await made(owner.token)
    assert.equal(own.byUser, owner.userId)
    assert.notEqual(own.id, theirs.id)
    assert.equal((await made(uploader.token)).id, theirs.id)
  })

  test('[AU-34] an unknown data set is 404 also for those who may do nothing', async () => {
    const { token } = await world.person()
    for (const [method, path] of [
      ['GET', '/v1/data_sets/none'],
      ['POST', '/v1/data_sets/none/data'],
      ['GET', '/v1/data_sources/none'],
    ] as const) {
      assert.equal(
        (await world.send(method, path, { token, body: method === 'POST' ? [] : undefined })).status,
        404,
      )
    }
  })
})
