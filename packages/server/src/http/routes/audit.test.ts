import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cbgs, type Person, startWorld, type World } from '../../testing/world.ts'

const HOUR_MS = 3_600_000

describe('the audit trail', () => {
  let world: World
  let nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
  before(async () => {
    world = await startWorld({ now: () => nowMs })
  })
  after(() => world[Symbol.asyncDispose]())
  const trail = async (who: Person, query = '') => {
    const answer = await world.send('GET', `/v1/users/${who.userId}/audit${query}`, { token: who.token })
    assert.equal(answer.status, 200, answer.text)
    return answer.json as {
      operation: string
      count: number
      allowed: boolean
      who: Record<string, string>
      access: string
      userAgent: string
      address: string
      time: string
      firstTime: string
      app?: string
    }[]
  }
  const of = async (who: Person, operation: string) =>
    (await trail(who)).filter((one) => one.operation === operation)
  const basic = (username: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  })

  test('[AT-1] the owner sees who read and who wrote, from where and when; equal things of an hour are counted', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    await world.grant(ada, bo, 'view')
    const headers = { 'user-agent': 'Loop/3.4' }
    const dataSet = await world.dataSet(ada)
    for (let i = 0; i < 3; i++) {
      await world.send('POST', `/v1/data_sets/${dataSet}/data`, { token: ada.token, headers, body: cbgs(2) })
      nowMs += 60_000
    }
    await world.send('GET', `/data/${ada.userId}`, { token: bo.token })
    await world.send('GET', `/data/${ada.userId}`, { token: await world.service() })
    const [wrote] = await of(ada, 'change data')
    assert.deepEqual(wrote, {
      time: new Date(nowMs - 60_000).toISOString(),
      firstTime: new Date(nowMs - 180_000).toISOString(),
      count: 3,
      who: { kind: 'owner', userId: ada.userId, username: ada.username },
      operation: 'change data',
      access: 'write',
      allowed: true,
      address: '127.0.0.1',
      userAgent: 'Loop/3.4',
    })
    const readers: Record<string, string>[] = (await of(ada, 'read data')).map(({ who, access }) => ({
      ...who,
      access,
    }))
    assert.deepEqual(
      readers.sort((a, b) => (a.kind ?? '').localeCompare(b.kind ?? '')),
      [
        { kind: 'person', userId: bo.userId, username: bo.username, access: 'read' },
        { kind: 'service', name: 'importer', access: 'read' },
      ],
    )
  })

  test('[AT-2] it sees who tried and was not let in, and who signed in or tried to', async () => {
    const [ada, eve] = [await world.person(), await world.person()]
    await world.send('GET', `/data/${ada.userId}`, { token: eve.token })
    await world.send('POST', '/auth/login', { headers: basic(ada.username, 'wrong-password') })
    await world.send('POST', '/auth/login', { headers: basic(ada.username, ada.password) })
    const [tried] = await of(ada, 'read data')
    assert.deepEqual(
      [tried?.allowed, tried?.who],
      [false, { kind: 'person', userId: eve.userId }],
      'of a stranger no address',
    )
    assert.deepEqual((await of(ada, 'sign in')).map(({ allowed, who }) => [allowed, who.kind]).sort(), [
      [false, 'unknown'],
      [true, 'owner'],
    ])
  })

  test('[AT-3] the trail is its owner’s alone, page by page, newest first, of a span of time', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    await world.grant(ada, bo, 'view', 'upload', 'custodian')
    const path = `/v1/users/${ada.userId}/audit`
    assert.equal((await world.send('GET', path, { token: bo.token })).status, 403)
    assert.equal((await world.send('GET', path)).status, 401)
    const startMs = nowMs
    for (let i = 0; i < 3; i++) {
      nowMs += 2 * HOUR_MS
      await world.send('GET', `/data/${ada.userId}`, { token: bo.token })
    }
    const reads = await of(ada, 'read data')
    assert.deepEqual(
      reads.map(({ time }) => (Date.parse(time) - startMs) / HOUR_MS),
      [6, 4, 2],
    )
    assert.equal((await trail(ada, '?size=1')).length, 1)
    const span = `?from=${new Date(startMs + 3 * HOUR_MS).toISOString()}&to=${new Date(startMs + 5 * HOUR_MS).toISOString()}`
    assert.deepEqual(
      (await trail(ada, span)).map(({ operation }) => operation),
      ['read data'],
    )
    for (const query of ['?from=noon', '?size=0', '?what=7']) {
      assert.equal((await world.send('GET', path + query, { token: ada.token })).status, 400)
    }
  })

  test('[AT-4] of who is gone nothing stays in others’ trails but that somebody did it; the own trail goes with the account', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    await world.grant(ada, bo, 'view')
    await world.send('GET', `/data/${ada.userId}`, {
      token: bo.token,
      headers: { 'user-agent': 'bos-phone' },
    })
    await world.send('GET', `/v1/users/${ada.userId}/audit`, { token: ada.token })
    await world.send('DELETE', `/auth/user/${bo.userId}`, {
      token: bo.token,
      body: { password: bo.password },
    })
    const [read] = await of(ada, 'read data')
    assert.deepEqual([read?.who, read?.address, read?.userAgent], [{ kind: 'deleted' }, '', ''])
    assert.deepEqual(await world.store.auditTrail({ userId: bo.userId, offset: 0, limit: 10 }), [])
  })

  test('[AT-5] whoever tries everything from everywhere does not fill the disk', async () => {
    const [ada, eve] = [await world.person(), await world.person()]
    for (let i = 0; i < 600; i++) {
      await world.send('GET', `/data/${ada.userId}`, {
        token: eve.token,
        headers: { 'user-agent': `agent ${i}` },
      })
    }
    assert.equal((await trail(ada, '?size=1000')).length, 500)
  })
})
