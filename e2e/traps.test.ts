import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { cbgs, type Person, startWorld, type World } from '@tidegauge/server/testing'
import { ownServer } from './process.ts'

/** Where clients are known to trip, one test each (http.md §8); [TR-1] and [TR-3] stand with their clients. */
describe('traps of known clients', () => {
  let world: World
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())
  const basic = (person: Pick<Person, 'username' | 'password'>) => ({
    authorization: `Basic ${Buffer.from(`${person.username}:${person.password}`).toString('base64')}`,
  })
  const login = (person: Pick<Person, 'username' | 'password'>, more: Record<string, string> = {}) =>
    world.send('POST', '/auth/login', { headers: { ...basic(person), ...more } })

  test('[TR-2] TidepoolKit speaks https to port 443 alone: behind a proxy there, every address that it is given is of that port', async () => {
    const publicUrl = 'https://glucose.example.org'
    await using server = await startWorld({ publicUrl, behindProxy: true, signIn: 'openid' })
    const { auth } = (await server.send('GET', '/info')).json
    assert.equal(auth.url, publicUrl)
    const configuration = (await server.send('GET', '/realms/tidegauge/.well-known/openid-configuration'))
      .json
    for (const [name, value] of Object.entries(configuration)) {
      if (/_endpoint$|^issuer$|_uri$/.test(name))
        assert.match(String(value), /^https:\/\/glucose\.example\.org\//, name)
    }
    const started = await server.send('GET', '/realms/tidegauge/protocol/openid-connect/auth?client_id=x', {
      headers: { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example' },
    })
    assert.equal(started.status, 400)
  })

  test('[TR-4] a page of another origin reads the token out of the header of a login', async () => {
    const answer = await login(await world.person(), { origin: 'https://app.example.org' })
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example.org')
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /x-tidepool-session-token/i)
    const preflight = await world.send('OPTIONS', '/auth/login', {
      headers: {
        origin: 'https://app.example.org',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-tidepool-trace-session,digest',
      },
    })
    assert.equal(preflight.status, 204)
    for (const name of [
      'authorization',
      'x-tidepool-session-token',
      'x-tidepool-trace-session',
      'digest',
      'content-type',
    ]) {
      assert.match(preflight.headers.get('access-control-allow-headers') ?? '', new RegExp(name, 'i'))
    }
    const refused = await world.send('GET', '/auth/user', { headers: { origin: 'https://app.example.org' } })
    assert.deepEqual(
      [refused.status, refused.headers.get('access-control-allow-origin')],
      [401, 'https://app.example.org'],
    )
  })

  test('[TR-5] the mobile app takes 400 and 401 for a wrong password: a wrong one is 401, and soon', async () => {
    const ada = await world.person()
    const started = performance.now()
    assert.equal((await login({ ...ada, password: 'wrong-password' })).status, 401)
    assert.equal((await world.send('POST', '/auth/login')).status, 400)
    assert.ok(performance.now() - started < 30_000, 'it waits half a minute')
  })

  test('[TR-6] userid, all in lower case, is in the body of a login, and names the account on every route', async () => {
    const ada = await world.person()
    const { json, headers } = await login(ada)
    assert.equal(json.userid, ada.userId)
    const token = headers.get('x-tidepool-session-token') ?? ''
    assert.equal((await world.send('GET', `/data/${json.userid}`, { token })).status, 200)
  })

  test('[TR-7] times in an account end in Z, which every parser takes, and are taken with an offset too', async () => {
    const ada = await world.person()
    for (const termsAccepted of ['2024-03-01T10:00:00+01:00', '2024-03-01T09:00:00Z']) {
      const answer = await world.send('PUT', '/auth/user', {
        token: ada.token,
        body: { updates: { termsAccepted } },
      })
      assert.equal(answer.json.termsAccepted, '2024-03-01T09:00:00.000Z')
    }
  })

  test('[TR-8] the id of a data set is good for ever: over a restart, a deletion, and what was uploaded long ago', async () => {
    const first = await startWorld()
    const ada = await first.person()
    const id = await first.dataSet(ada)
    const upload = (to: World, prefix: string) =>
      to.send('POST', `/v1/data_sets/${id}/data`, { token: ada.token, body: cbgs(3, { prefix }) })
    assert.equal((await upload(first, 'a')).status, 200)
    await first.stop()
    await using second = await startWorld({ dataDirectory: first.dataDirectory })
    assert.equal((await upload(second, 'b')).status, 200)
    await second.send('DELETE', `/v1/data_sets/${id}`, { token: ada.token })
    assert.equal((await upload(second, 'c')).status, 200, 'Loop never looks for another one')
    const read = await second.send('GET', `/data/${ada.userId}?uploadId=${id}&type=cbg`, { token: ada.token })
    assert.equal(read.json.length, 3)
  })

  test('[TR-9] a DELETE with a body, a PUT without one, JSON under any name and under none', async () => {
    const ada = await world.person()
    const id = await world.dataSet(ada)
    const data = `/v1/data_sets/${id}/data`
    const token = ada.token
    for (const [n, type] of [
      'application/json; charset=utf-8',
      'text/plain',
      'application/x-www-form-urlencoded',
    ].entries()) {
      const body = JSON.stringify(cbgs(1, { prefix: `t${n}` }))
      assert.equal(
        (await world.send('POST', data, { token, headers: { 'content-type': type }, body })).status,
        200,
        type,
      )
    }
    const body = JSON.stringify(cbgs(1, { prefix: 'none' }))
    const { hostname, port } = new URL(world.url)
    const bare = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST ${data} HTTP/1.1\r\nHost: x\r\nX-Tidepool-Session-Token: ${token}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        )
      })
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('end', () => resolve(text)).on('error', reject)
    })
    assert.match(bare, /^HTTP\/1\.1 200/)
    assert.equal((await world.send('DELETE', data, { token, body: [{ origin: { id: 't00' } }] })).status, 200)
    const read = await world.send('GET', `/data/${ada.userId}?type=cbg`, { token })
    assert.deepEqual(read.json.map((one: { origin: { id: string } }) => one.origin.id).sort(), [
      'none0',
      't10',
      't20',
    ])
    const normal = await world.dataSet(ada, {
      dataSetType: 'normal',
      deviceId: 'meter',
      deduplicator: undefined,
    })
    assert.equal((await world.send('PUT', `/v1/datasets/${normal}`, { token })).status, 200)
  })

  test('[TR-10] a thousand records with large payloads are no large request', async () => {
    const server = await ownServer()
    try {
      const details = { username: 'ada@example.org', emails: ['ada@example.org'], password: 'correct:horse' }
      const post = (path: string, body: unknown, token = '') =>
        fetch(server.url + path, {
          method: 'POST',
          headers: { 'x-tidepool-session-token': token },
          body: JSON.stringify(body),
        })
      const signUp = await post('/auth/user', details)
      const token = signUp.headers.get('x-tidepool-session-token') ?? ''
      const { userid } = (await signUp.json()) as { userid: string }
      const made = await post(`/v1/users/${userid}/data_sets`, { dataSetType: 'continuous' }, token)
      const { data } = (await made.json()) as { data: { id: string } }
      const records = cbgs(1000).map((one) => ({ ...one, payload: { note: 'x'.repeat(4000) } }))
      const uploaded = await post(`/v1/data_sets/${data.id}/data`, records, token)
      assert.equal(uploaded.status, 200)
      assert.ok(JSON.stringify(records).length > 4_000_000)
    } finally {
      await server.remove()
    }
  })
})
