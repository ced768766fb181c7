import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@tidegauge/client'
import { cbgAt, cbgs, type Person, startWorld, type World } from '@tidegauge/server/testing'
import { serve } from './process.ts'

/**
 * Where requests meet each other, a fault or the end of the process: scenarios of data-sets.md §13 that only show in many
 * repetitions. Each carries one out so many times and fails at the first deviation.
 */
export type Race = (times: number, random: () => number) => Promise<void>

const at = '2026-01-05T10:00:00.000Z'
const normal = {
  dataSetType: 'normal',
  deduplicator: { name: 'org.tidepool.deduplicator.device.deactivate.hash' },
  deviceId: 'device-1',
}

/** Parallel posts of the same thousand origins: in the end a thousand records, all of one post (scenario 26). */
export const sameOriginsAtOnce: Race = async (times) => {
  await using world = await startWorld()
  for (let time = 0; time < times; time++) {
    const { set, post, values } = await somebody(world)
    const bodies = Array.from({ length: 20 }, (_, i) => cbgs(1000, { value: 1 + i }))
    const statuses = await Promise.all(bodies.map((body) => post(set, body)))
    assert.deepEqual(new Set(statuses), new Set([200]))
    const seen = await values()
    assert.equal(seen.length, 1000)
    assert.equal(new Set(seen).size, 1)
  }
}

/** A thousand replacements of one origin while a reader polls: every poll sees exactly one record (scenario 27). */
export const polledWhileReplaced: Race = async (times) => {
  await using world = await startWorld()
  const LANES = 10
  for (let time = 0; time < times; time++) {
    const { set, post, values } = await somebody(world)
    await post(set, [cbgAt(at, { value: 1, origin: { id: 'o1' } })])
    let lanes = LANES
    const replaceMany = async (lane: number) => {
      for (let n = 0; n < 1000 / LANES; n++) {
        const value = 1 + ((n * LANES + lane) % 50)
        assert.equal(await post(set, [cbgAt(at, { value, origin: { id: 'o1' } })]), 200)
      }
      lanes--
    }
    const writers = Promise.all(Array.from({ length: LANES }, (_, lane) => replaceMany(lane)))
    while (lanes > 0) assert.equal((await values()).length, 1)
    await writers
  }
}

/** The server is killed between receiving and answering a replacement: the old or the new value, once (scenario 28). */
export const killedWhileReplacing: Race = async (times, random) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-killed-'))
  let server = await serve({ dataDirectory })
  try {
    const session = await createClient({ baseUrl: server.url }).signUp({
      username: 'killed@example.org',
      password: 'correct:horse',
    })
    const client = () => createClient({ baseUrl: server.url, session })
    const { id } = await client().openDataSet({ clientName: 'org.example.killed', clientVersion: '1.0.0' })
    const replace = (value: number) =>
      fetch(`${server.url}/v1/data_sets/${id}/data`, {
        method: 'POST',
        headers: { 'x-tidepool-session-token': session.token },
        body: JSON.stringify([cbgAt(at, { value, origin: { id: 'o1' } })]),
      }).then(({ status }) => status)
    const values = async () => {
      const found: unknown[] = []
      for await (const { value } of client().readData({ types: ['cbg'] })) found.push(value)
      return found
    }
    assert.equal(await replace(1), 200)
    for (let time = 0; time < times; time++) {
      const [before, after] = [1 + (time % 50), 1 + ((time + 1) % 50)]
      const answer = replace(after).catch(() => undefined)
      await sleep(random() * 4)
      assert.equal(await server.stop('SIGKILL'), 'SIGKILL')
      const acknowledged = (await answer) === 200
      server = await serve({ dataDirectory })
      const [seen, ...others] = await values()
      assert.deepEqual(others, [])
      assert.ok(seen === after || (seen === before && !acknowledged), `saw ${seen}`)
      assert.equal(await replace(after), 200)
      assert.deepEqual(await values(), [after])
    }
  } finally {
    await server.stop('SIGTERM')
    await rm(dataDirectory, { recursive: true, force: true })
  }
}

/** Where in the transaction of a close the database fails. */
const faults = [
  'BEFORE UPDATE OF archived_by ON data',
  'AFTER UPDATE OF archived_by ON data',
  'BEFORE UPDATE OF seq ON data',
  'BEFORE UPDATE OF state ON data_sets',
  'AFTER UPDATE OF active ON data_sets',
  'AFTER UPDATE OF seq ON users',
]

/** A close fails on its way: still open, nothing visible that was not, and it can be closed again (scenario 50). */
export const failedClose: Race = async (times) => {
  await using world = await startWorld()
  const database = new DatabaseSync(join(world.dataDirectory, 'tidegauge.db'), { timeout: 5000 })
  for (let time = 0; time < times; time++) {
    const { set: first, open, post, close, values, listed } = await somebody(world, normal)
    await post(first, [cbgAt(at, { value: 5, payload: { from: 'first' } })])
    assert.equal(await close(first), 200)
    const second = await open()
    const records = [cbgAt(at, { value: 5, payload: { from: 'second' } }), cbgAt(at, { value: 6 })]
    await post(second, records)

    database.exec(
      `CREATE TRIGGER fault ${faults[time % faults.length]} BEGIN SELECT RAISE(ABORT, 'injected'); END`,
    )
    assert.equal(await close(second), 500)
    assert.deepEqual(await values(), [5])
    assert.deepEqual(await listed(), [first])
    database.exec('DROP TRIGGER fault')
    assert.equal(await post(second, records), 200)
    assert.deepEqual(await values(), [5])
    assert.equal(await close(second), 200)
    assert.deepEqual((await values()).sort(), [5, 6])
    assert.deepEqual((await listed()).sort(), [first, second].sort())
  }
  database.close()
}

/** Posts and the close of their data set at once: what is answered 200 is visible, everything else is 409 (scenario 51). */
export const postsAndClose: Race = async (times, random) => {
  await using world = await startWorld()
  const LANES = 6
  const answers = { accepted: 0, refused: 0 }
  for (let time = 0; time < times; time++) {
    const { set, post, close, values } = await somebody(world, normal)
    let accepted = 0
    const postUntilRefused = async (lane: number) => {
      for (let n = 0; ; n++) {
        const value = 1 + ((n * LANES + lane) % 50)
        const status = await post(set, [cbgAt(at, { value, payload: { lane, n } })])
        assert.ok(status === 200 || status === 409, `answered ${status}`)
        if (status === 409) return answers.refused++
        accepted++
      }
    }
    const lanes = Array.from({ length: LANES }, (_, lane) => postUntilRefused(lane))
    await sleep(random() * 20)
    assert.equal(await close(set), 200)
    await Promise.all(lanes)
    assert.equal((await values()).length, accepted)
    answers.accepted += accepted
  }
  assert.ok(answers.accepted > 0 && answers.refused > 0, 'posts and closes have met')
}

/** A new person with a data set, and what they do. */
async function somebody(world: World, fields: object = {}) {
  const person: Person = await world.person()
  const send = (method: string, path: string, body?: unknown) =>
    world.send(method, path, { token: person.token, ...(body !== undefined && { body }) })
  const open = () => world.dataSet(person, fields)
  return {
    set: await open(),
    open,
    post: async (set: string, body: unknown) =>
      (await send('POST', `/v1/data_sets/${set}/data`, body)).status,
    close: async (set: string) => (await send('PUT', `/v1/data_sets/${set}`)).status,
    values: async (): Promise<number[]> =>
      (await send('GET', `/data/${person.userId}?type=cbg`)).json.map(
        ({ value }: { value: number }) => value,
      ),
    listed: async (): Promise<string[]> =>
      (await send('GET', `/v1/users/${person.userId}/data_sets`)).json.map(({ id }: { id: string }) => id),
  }
}
