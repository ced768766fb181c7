import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { startWorld, type World } from '@tidegauge/server/testing'
import { authorization, Browser, signInTo } from '@tidegauge/server/testing/browser'

/** The fields that TidepoolKit's types do not do without, by kind; a `?` is one that may be absent. */
type Shape = Record<
  string,
  'string' | 'number' | 'boolean' | 'array' | 'object' | 'time' | 'string?' | 'time?'
>

const shapes = {
  info: { auth: 'object', versions: 'object' },
  auth: { realm: 'string', url: 'string' },
  configuration: { issuer: 'string', authorization_endpoint: 'string', token_endpoint: 'string' },
  tokens: {
    access_token: 'string',
    id_token: 'string',
    expires_in: 'number',
    scope: 'string',
    token_type: 'string',
    refresh_token: 'string?',
  },
  user: {
    userid: 'string',
    username: 'string',
    emails: 'array',
    roles: 'array',
    termsAccepted: 'time',
    emailVerified: 'boolean',
  },
  trustee: { userid: 'string', emails: 'array', emailVerified: 'boolean' },
  dataSet: {
    deduplicator: 'object',
    id: 'string',
    uploadId: 'string',
    createdTime: 'time',
    modifiedTime: 'time',
    time: 'time?',
    type: 'string',
  },
  deduplicator: { name: 'string', version: 'string' },
  invitation: {
    key: 'string',
    type: 'string',
    email: 'string',
    status: 'string',
    created: 'time',
    modified: 'time',
    creator: 'object',
  },
} satisfies Record<string, Shape>

/** Its deduplicators; another name fails the whole list. */
const deduplicators = ['delete.origin', 'deactivate.hash', 'truncate.dataset'].map(
  (name) => new RegExp(`^org\\.tidepool\\.deduplicator\\..*${name.replace('.', '\\.')}$`),
)

function decode<S extends Shape>(json: unknown, shape: S): { [K in keyof S]: string } {
  assert.ok(typeof json === 'object' && json !== null && !Array.isArray(json), 'an object')
  for (const [name, kind] of Object.entries(shape)) {
    const value: unknown = (json as Record<string, unknown>)[name]
    if (value === undefined && kind.endsWith('?')) continue
    if (kind === 'array') assert.ok(Array.isArray(value), name)
    else if (kind.startsWith('time'))
      assert.match(String(value), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, name)
    else assert.equal(typeof value, kind.replace('?', ''), name)
  }
  return json as { [K in keyof S]: string }
}

describe('what TidepoolKit sends, in its order', () => {
  let world: World
  let nowMs = Date.now()
  before(async () => {
    world = await startWorld({ now: () => nowMs, signIn: 'openid' })
  })
  after(() => world[Symbol.asyncDispose]())

  test('[TR-1] from the server’s name to a revoked token, with its headers, its decoders and its one retry after a 401', async () => {
    const ada = await world.person()
    const log: string[] = []
    const trace = randomUUID()
    let session: { accessToken: string; refreshToken: string } | undefined
    let refreshes = 0
    let tokenEndpoint = ''

    const once = async (method: string, path: string, body?: unknown) => {
      const answer = await world.send(method, path, {
        headers: {
          'user-agent': 'Loop/57 CFNetwork/1490.0.4 Darwin/23.2.0',
          'x-tidepool-trace-session': trace,
          accept: '*/*',
          ...(session && { 'x-tidepool-session-token': session.accessToken }),
          ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      log.push(
        `${method} ${path.replace(/[0-9a-f]{32}/g, '{id}').replace(ada.userId, '{user}')} ${answer.status}`,
      )
      return answer
    }
    /** As `performRequest`: any 401 refreshes once and repeats. */
    const request = async (method: string, path: string, body?: unknown) => {
      const answer = await once(method, path, body)
      if (answer.status !== 401 || !session) return answer
      await refresh()
      return once(method, path, body)
    }
    const token = async (form: Record<string, string>) => {
      const answer = await world.send('POST', new URL(tokenEndpoint).pathname, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      })
      assert.equal(answer.status, 200, answer.text)
      const { access_token: accessToken, refresh_token: refreshToken } = decode(answer.json, shapes.tokens)
      session = { accessToken, refreshToken }
    }
    const client = { client_id: 'tidepool-loop', redirect_uri: 'org.tidepool.tidepoolkit.auth://redirect' }
    const refresh = async () => {
      refreshes++
      await token({
        grant_type: 'refresh_token',
        client_id: client.client_id,
        refresh_token: session?.refreshToken ?? '',
      })
    }

    const info = decode((await once('GET', '/info')).json, shapes.info)
    const { realm, url } = decode(info.auth, shapes.auth)
    const issuer = `${url}/realms/${realm}`
    const found = await fetch(`${issuer}/.well-known/openid-configuration`)
    const configuration = decode(await found.json(), shapes.configuration)
    assert.equal(configuration.issuer, issuer)
    tokenEndpoint = configuration.token_endpoint
    const { verifier, address } = authorization(client)
    const target = await signInTo(new Browser(world), address, ada)
    await token({
      grant_type: 'authorization_code',
      ...client,
      code: target.searchParams.get('code') ?? '',
      code_verifier: verifier,
    })

    assert.equal(decode((await request('GET', '/auth/user')).json, shapes.user).userid, ada.userId)
    assert.equal((await request('GET', `/metadata/${ada.userId}/profile`)).status, 404)
    const bo = await world.person()
    await world.grant(bo, ada, 'view')
    for (const one of (await request('GET', `/metadata/users/${ada.userId}/users`)).json) {
      decode(one, shapes.trustee)
      assert.ok(one.trustorPermissions || one.trusteePermissions)
    }
    const list = `/v1/users/${ada.userId}/data_sets?client.name=com.loopkit.Loop&deleted=false`
    assert.deepEqual((await request('GET', list)).json, [])
    const created = await request('POST', `/v1/users/${ada.userId}/data_sets`, {
      client: { name: 'com.loopkit.Loop', version: '3.4.0', private: { 'com.loopkit.Loop': '3.4.0' } },
      dataSetType: 'continuous',
      deduplicator: { name: 'org.tidepool.deduplicator.dataset.delete.origin' },
      deviceTags: ['bgm', 'cgm', 'insulin-pump'],
      type: 'upload',
    })
    assert.equal(created.status, 201)
    const dataSet = decode(created.json.data, shapes.dataSet)
    const { name } = decode(dataSet.deduplicator, shapes.deduplicator)
    assert.ok(deduplicators.some((known) => known.test(name)))

    const data = `/v1/data_sets/${dataSet.id}/data`
    const cbg = (i: number) => ({
      type: 'cbg',
      time: new Date(Date.UTC(2026, 0, 5) + i * 300_000).toISOString(),
      value: 100,
      units: 'mg/dL',
      origin: {
        id: `loop:${i}`,
        name: 'com.apple.HealthKit',
        type: 'service',
        payload: { sourceRevision: { version: '3' } },
      },
    })
    const upload = await request(
      'POST',
      data,
      Array.from({ length: 1000 }, (_, i) => cbg(i)),
    )
    assert.deepEqual([upload.status, Array.isArray(upload.json.data)], [200, true])
    assert.deepEqual((await request('GET', list)).json[0].uploadId, dataSet.id)
    assert.equal(
      (await request('DELETE', data, [{ origin: { id: 'loop:0' } }, { origin: { id: 'loop:1' } }])).status,
      200,
    )
    assert.equal((await request('GET', `/data/${ada.userId}?type=cbg`)).json.length, 998)
    const invited = await request('POST', `/confirm/send/invite/${ada.userId}`, {
      email: bo.username,
      permissions: { view: {} },
    })
    decode(invited.json, shapes.invitation)
    assert.equal(typeof invited.json.creator.userid, 'string')

    // An hour later the token has run out: one refresh, and the upload goes on.
    nowMs += 3_601_000
    const later = await request('POST', data, [cbg(1000)])
    assert.deepEqual([later.status, refreshes], [200, 1])

    const revoked = await world.send('POST', new URL(tokenEndpoint.replace(/token$/, 'revoke')).pathname, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        token: session?.refreshToken ?? '',
        token_type_hint: 'refresh_token',
        client_id: client.client_id,
      }).toString(),
    })
    assert.equal(revoked.status, 200)
    assert.equal((await once('GET', '/auth/user')).status, 401)
    assert.deepEqual(log, [
      'GET /info 200',
      'GET /auth/user 200',
      'GET /metadata/{user}/profile 404',
      'GET /metadata/users/{user}/users 200',
      'GET /v1/users/{user}/data_sets?client.name=com.loopkit.Loop&deleted=false 200',
      'POST /v1/users/{user}/data_sets 201',
      'POST /v1/data_sets/{id}/data 200',
      'GET /v1/users/{user}/data_sets?client.name=com.loopkit.Loop&deleted=false 200',
      'DELETE /v1/data_sets/{id}/data 200',
      'GET /data/{user}?type=cbg 200',
      'POST /confirm/send/invite/{user} 200',
      'POST /v1/data_sets/{id}/data 401',
      'POST /v1/data_sets/{id}/data 200',
      'GET /auth/user 401',
    ])
  })
})
