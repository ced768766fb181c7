import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Person, startWorld, type World } from '../../testing/world.ts'

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('base64')
const span = { 'x-logs-start-at-time': '2026-01-05T10:00:00Z', 'x-logs-end-at-time': '2026-01-05T11:00:00Z' }

describe('files beside the data', () => {
  let world: World
  before(async () => {
    world = await startWorld({ limits: { fileBytes: 2_000_000 } })
  })
  after(() => world[Symbol.asyncDispose]())
  const send = (
    who: Person,
    bytes: Buffer,
    headers: Record<string, string> = {},
    of: Person = who,
    family = 'blobs',
  ) =>
    world.send('POST', `/v1/users/${of.userId}/${family}`, {
      token: who.token,
      headers: { 'content-type': 'application/gzip', digest: `MD5=${md5(bytes)}`, ...headers },
      body: bytes,
    })
  const filesOnDisk = (): Promise<string[]> => readdir(join(world.dataDirectory, 'files')).catch(() => [])

  test('[BL-1] what was sent is kept as it is, private to its owner on the disk, and downloaded by its owner', async () => {
    const ada = await world.person()
    const bytes = randomBytes(1_500_000)
    const made = await send(ada, bytes)
    assert.equal(made.status, 201)
    const { id, createdTime, ...rest } = made.json
    assert.match(id, /^[0-9a-z]{32}$/)
    assert.deepEqual(rest, {
      userId: ada.userId,
      digestMD5: md5(bytes),
      mediaType: 'application/gzip',
      size: bytes.length,
      status: 'available',
      revision: 0,
    })
    const content = await fetch(`${world.url}/v1/blobs/${id}/content`, {
      headers: { 'x-tidepool-session-token': ada.token },
    })
    assert.ok(Buffer.from(await content.arrayBuffer()).equals(bytes))
    assert.equal(content.headers.get('content-type'), 'application/gzip')
    assert.equal(content.headers.get('digest'), `MD5=${md5(bytes)}`)
    assert.match(content.headers.get('content-disposition') ?? '', /^attachment/)
    assert.deepEqual((await world.send('GET', `/v1/blobs/${id}`, { token: ada.token })).json, made.json)
    if (process.platform === 'win32') return
    assert.equal((await stat(join(world.dataDirectory, 'files', id))).mode & 0o777, 0o600)
    assert.equal((await stat(join(world.dataDirectory, 'files'))).mode & 0o777, 0o700)
  })

  test('[BL-2] who may upload adds files and sees none; strangers do neither', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const bytes = Buffer.from('memory')
    assert.equal((await send(bo, bytes, {}, ada)).status, 403)
    await world.grant(ada, bo, 'upload', 'view', 'custodian')
    const { id } = (await send(bo, bytes, {}, ada)).json
    for (const path of [`/v1/users/${ada.userId}/blobs`, `/v1/blobs/${id}`, `/v1/blobs/${id}/content`]) {
      assert.equal((await world.send('GET', path, { token: bo.token })).status, 403, path)
      assert.equal((await world.send('GET', path)).status, 401, path)
      assert.equal((await world.send('GET', path, { token: ada.token })).status, 200, path)
      assert.equal((await world.send('GET', path, { token: await world.service() })).status, 200, path)
    }
    assert.equal((await world.send('DELETE', `/v1/blobs/${id}`, { token: bo.token })).status, 403)
    assert.equal((await world.send('GET', `/v1/blobs/${'0'.repeat(32)}`, { token: ada.token })).status, 404)
  })

  const bad: [string, Record<string, string>, number, string, string?][] = [
    ['a digest that is none', { digest: 'MD5=xyz' }, 400, 'header-invalid'],
    ['another digest', { digest: `MD5=${md5(Buffer.from('other'))}` }, 400, 'digests-not-equal'],
    ['a content type that is none', { 'content-type': 'gzip' }, 400, 'header-invalid'],
    ['a log without a digest', { digest: '', ...span }, 400, 'header-missing', 'device_logs'],
    [
      'a log without its start',
      { 'x-logs-end-at-time': '2026-01-05T10:00:00Z' },
      400,
      'header-missing',
      'device_logs',
    ],
    [
      'a log without a readable end',
      { ...span, 'x-logs-end-at-time': 'noon' },
      400,
      'header-invalid',
      'device_logs',
    ],
  ]
  for (const [what, headers, status, code, family] of bad) {
    test(`[BL-3] refused, and nothing is left: ${what}`, async () => {
      const ada = await world.person()
      const before = await filesOnDisk()
      const answer = await send(ada, Buffer.from('memory'), headers, ada, family)
      assert.deepEqual([answer.status, answer.json.code], [status, code])
      assert.deepEqual(await filesOnDisk(), before)
    })
  }

  test('[BL-3] a file that is too large is 413, and nothing is left', async () => {
    const ada = await world.person()
    const before = await filesOnDisk()
    const answer = await send(ada, randomBytes(2_000_001))
    assert.deepEqual([answer.status, answer.json.code], [413, 'resource-too-large'])
    assert.deepEqual(await filesOnDisk(), before)
  })

  test('[BL-4] logs say from when to when, and are found by it', async () => {
    const ada = await world.person()
    const { status, json } = await send(ada, Buffer.from('log'), span, ada, 'device_logs')
    assert.equal(status, 201)
    assert.deepEqual(
      [json.startAtTime, json.endAtTime],
      ['2026-01-05T10:00:00.000Z', '2026-01-05T11:00:00.000Z'],
    )
    assert.ok(!('status' in json))
    const list = async (query: string) => {
      const answer = await world.send('GET', `/v1/users/${ada.userId}/device_logs${query}`, {
        token: ada.token,
      })
      return answer.status === 200 ? answer.json.length : answer.status
    }
    assert.equal(await list(''), 1)
    assert.equal(await list('?startAtTime=2026-01-05T10:30:00Z&endAtTime=2026-01-05T12:00:00Z'), 1)
    assert.equal(await list('?startAtTime=2026-01-05T11:30:00Z'), 0)
    assert.equal(await list('?startAtTime=noon'), 400)
    assert.equal(await list('?what=7'), 400)
    const content = await world.send('GET', `/v1/device_logs/${json.id}/content`, { token: ada.token })
    assert.deepEqual([content.text, content.headers.get('start-at')], ['log', '2026-01-05T10:00:00.000Z'])
    assert.equal((await world.send('GET', `/v1/blobs/${json.id}`, { token: ada.token })).status, 404)
  })

  test('[BL-5] one is deleted by its owner, or all; the bytes go too, with the account as well, and what a crash left', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.push((await send(ada, Buffer.from(`memory ${i}`))).json.id)
    const kept = (await send(bo, Buffer.from('memory'))).json.id
    const there = async () => (await filesOnDisk()).filter((name) => [...ids, kept].includes(name)).length
    assert.equal((await world.send('DELETE', `/v1/blobs/${ids[0]}`, { token: ada.token })).status, 204)
    assert.equal((await world.send('DELETE', `/v1/blobs/${ids[0]}`, { token: ada.token })).status, 404)
    assert.equal(await there(), 3)
    await writeFile(join(world.dataDirectory, 'files', 'left-by-a-crash'), 'x')
    assert.equal(
      (await world.send('DELETE', `/v1/users/${ada.userId}/blobs`, { token: ada.token })).status,
      204,
    )
    assert.equal(await there(), 1)
    assert.ok(!(await filesOnDisk()).includes('left-by-a-crash'))
    await world.send('DELETE', `/auth/user/${bo.userId}`, {
      token: bo.token,
      body: { password: bo.password },
    })
    assert.equal(await there(), 0)
  })
})
