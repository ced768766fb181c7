import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { authorization, Browser, signInTo } from '../../testing/browser.ts'
import { type Person, startWorld, type World } from '../../testing/world.ts'

/** Everything that somebody may leave in a server, with words in it that stand nowhere else. */
async function live(world: World, owner: Person, word: string): Promise<void> {
  const dataSet = await world.dataSet(owner, { client: { name: `org.example.${word}`, version: '1.0.0' } })
  const normal = await world.dataSet(owner, {
    dataSetType: 'normal',
    deviceId: `${word}-pump`,
    client: undefined,
  })
  const ok = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const request = { token: owner.token, headers, ...(body !== undefined && { body }) }
    const answer = await world.send(method, path, request)
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
  }
  const reading = (fields: object) => ({
    type: 'cbg',
    time: '2026-01-05T10:00:00Z',
    value: 5,
    units: 'mmol/L',
    deviceId: `${word}-sensor`,
    ...fields,
  })
  const rows = Array.from({ length: 500 }, (_, i) =>
    reading({ origin: { id: `${word}-origin-${i}` }, payload: { note: `${word}-payload` } }),
  )
  await ok('POST', `/v1/data_sets/${dataSet}/data`, rows)
  await ok('POST', `/v1/data_sets/${dataSet}/data`, rows)
  await ok('DELETE', `/v1/data_sets/${dataSet}/data`, [{ origin: { id: `${word}-origin-7` } }])
  await ok('POST', `/v1/data_sets/${normal}/data`, [reading({})])
  await ok('PUT', `/v1/data_sets/${normal}`, {})
  await ok('PUT', `/metadata/${owner.userId}/profile`, { fullName: `${word} Name`, patient: { about: word } })
  await ok('PUT', `/metadata/${owner.userId}/settings`, { [word]: true })
  await ok('POST', `/v1/users/${owner.userId}/restricted_tokens`, { paths: [`/data/${word}`] })
  await ok('POST', `/confirm/send/invite/${owner.userId}`, {
    email: `${word}@example.com`,
    permissions: { view: {} },
    nickname: word,
  })
  await ok('POST', `/v1/users/${owner.userId}/blobs`, `${word}-memory`, { 'content-type': `text/${word}` })
  await ok('PUT', `/v1/users/${owner.userId}/quarantine/settings`, { enabled: true, clientNames: [word] })
  await ok('POST', `/v1/data_sets/${dataSet}/data`, [
    { ...reading({ note: `${word}-parked` }), value: 'high' },
  ])
  const legacy = {
    type: 'upload',
    uploadId: `upid_${randomBytes(6).toString('hex')}`,
    version: word,
    deviceId: `${word}-meter`,
  }
  await ok('POST', `/data/${owner.userId}`, legacy)
  await ok('GET', `/v1/users/${owner.userId}/audit`, undefined, { 'user-agent': `${word}-phone` })
  await world.send('POST', '/auth/login', {
    headers: { authorization: 'Basic eDp5', 'user-agent': `${word}-phone` },
  })
  const { address } = authorization()
  await signInTo(new Browser(world), address, owner)
}

test('[AU-58] of a deleted account nothing is left in the files, byte for byte; another is as it was', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tidegauge-erased-'))
  const world = await startWorld()
  const [ada, bo] = [await world.person(), await world.person()]
  await live(world, ada, 'zanzibar')
  await live(world, bo, 'yellowstone')
  await world.grant(ada, bo, 'view', 'custodian')
  await world.grant(bo, ada, 'upload')
  const toAda = { email: ada.username, permissions: { note: {} } }
  const sent = await world.send('POST', `/confirm/send/invite/${bo.userId}`, { token: bo.token, body: toAda })
  assert.equal(sent.status, 409, 'she is let in already')
  const made = await world.send('POST', `/v1/users/${bo.userId}/data_sets`, { token: ada.token, body: {} })
  assert.equal(made.status, 201)
  const before = (await world.send('GET', `/data/${bo.userId}?type=cbg`, { token: bo.token })).text

  const gone = await world.send('DELETE', `/auth/user/${ada.userId}`, {
    token: ada.token,
    body: { password: ada.password },
  })
  assert.equal(gone.status, 204)
  assert.equal((await world.send('GET', `/data/${bo.userId}?type=cbg`, { token: bo.token })).text, before)
  await world.stop()
  try {
    await cp(world.dataDirectory, directory, { recursive: true })
    const database = new DatabaseSync(join(directory, 'tidegauge.db'))
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    database.close()
    const words = [ada.userId, ada.username, 'zanzibar', ada.token]
    const found: string[] = []
    let others = 0
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const name = join(entry.parentPath, entry.name)
      const bytes = await readFile(name)
      for (const word of words) if (bytes.includes(word)) found.push(`${word} in ${name}`)
      if (bytes.includes('yellowstone')) others++
    }
    assert.deepEqual(found, [])
    assert.ok(others > 0, 'what is there is found this way')
  } finally {
    await rm(directory, { recursive: true })
    await world[Symbol.asyncDispose]()
  }
})
