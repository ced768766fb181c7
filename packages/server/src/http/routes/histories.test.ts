import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type Person, startWorld, type World } from '../../testing/world.ts'

/**
 * What the reference's own services showed after every request of 111 histories, recorded by running them
 * (`testdata/histories.jsonl`, one history a line). Nothing in them touches a rule of ours, so every step must agree.
 */
interface History {
  seed: number
  ops: Op[]
  steps: Step[]
}

type Op =
  | { op: 'create'; set: string; body: object }
  | { op: 'post'; set: string; body: object[] }
  | { op: 'deleteData'; set: string; selectors: object[] }
  /** Deletes by its id the visible record of this set at place `nth`, modulo their number, in the order of their texts. */
  | { op: 'deleteVisible'; set: string; nth: number }
  | { op: 'close'; set: string }
  | { op: 'deleteSet'; set: string }

interface Step {
  /** 0: nothing was there to delete, so nothing was sent. */
  status: number
  /** The sorted texts of all that a reader sees; see {@link textOf}. */
  seen: string[]
  /** The names of the data sets that are listed, in order. */
  sets: string[]
}

const file = new URL('../../../testdata/histories.jsonl', import.meta.url)
const histories: History[] = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))

describe('histories recorded from the reference', { concurrency: 8 }, () => {
  let world: World
  let now = Date.UTC(2026, 1, 3, 12)
  before(async () => {
    // Lists are in the order of creation, so no two are created in one millisecond.
    world = await startWorld({ now: () => ++now })
  })
  after(() => world[Symbol.asyncDispose]())

  test('[DS-40] all 111 are there', () => assert.equal(histories.length, 111))

  for (const { seed, ops, steps } of histories) {
    test(`[DS-40] every step of history ${seed} ends as in the reference`, async () => {
      const person = await world.person()
      const replay = new Replay(world, person)
      for (const [index, op] of ops.entries()) {
        const status = await replay.carryOut(op)
        const { records, sets } = await replay.look()
        const found = { status, seen: records.map(({ text }) => text), sets }
        assert.deepEqual(found, steps[index], `step ${index}: ${JSON.stringify(op)}`)
      }
    })
  }
})

interface Seen {
  set: string
  id: string
  text: string
}

class Replay {
  readonly #world: World
  readonly #person: Person
  readonly #ids = new Map<string, string>()
  readonly #names = new Map<string, string>()

  constructor(world: World, person: Person) {
    this.#world = world
    this.#person = person
  }

  async carryOut(op: Op): Promise<number> {
    if (op.op === 'create') {
      const path = `/v1/users/${this.#person.userId}/data_sets`
      const { status, json } = await this.#send('POST', path, op.body)
      this.#ids.set(op.set, json.data.id)
      this.#names.set(json.data.id, op.set)
      return status
    }
    const id = this.#ids.get(op.set)
    const send = async (method: string, path: string, body?: unknown) =>
      (await this.#send(method, path, body)).status
    switch (op.op) {
      case 'post':
        return send('POST', `/dataservices/v1/datasets/${id}/data`, op.body)
      case 'deleteData':
        return send('DELETE', `/v1/data_sets/${id}/data`, op.selectors)
      case 'deleteVisible': {
        const visible = (await this.look()).records.filter(({ set }) => set === op.set)
        const chosen = visible[op.nth % visible.length]
        return chosen ? send('DELETE', `/v1/data_sets/${id}/data`, [{ id: chosen.id }]) : 0
      }
      case 'close':
        return send('PUT', `/v1/datasets/${id}`, { dataState: 'closed' })
      case 'deleteSet':
        return send('DELETE', `/v1/datasets/${id}`)
    }
  }

  async look(): Promise<{ records: Seen[]; sets: string[] }> {
    const { userId } = this.#person
    const data = await this.#send('GET', `/data/${userId}`)
    const list = await this.#send('GET', `/v1/users/${userId}/data_sets?deleted=false`)
    const nameOf = (id: string) => this.#names.get(id) ?? `unknown ${id}`
    const records = data.json
      .filter(({ type }: Record<string, unknown>) => type !== 'upload')
      .map((datum: Datum) => ({
        set: nameOf(datum.uploadId),
        id: datum.id,
        text: textOf(nameOf(datum.uploadId), datum),
      }))
      .sort((a: Seen, b: Seen) => (a.text < b.text ? -1 : Number(a.text > b.text)))
    return { records, sets: list.json.map(({ id }: { id: string }) => nameOf(id)) }
  }

  #send(method: string, path: string, body?: unknown) {
    return this.#world.send(method, path, { token: this.#person.token, ...(body !== undefined && { body }) })
  }
}

interface Datum {
  id: string
  uploadId: string
  type: string
  time: string
  value?: number
  normal?: number
  nutrition?: { carbohydrate?: { net?: number } }
  origin?: { id?: string; time?: string }
  annotations?: { code?: string }[]
}

/** `set type time value origin.id origin.time annotations[0].code`, empty where absent. */
function textOf(set: string, { type, time, value, normal, nutrition, origin, annotations }: Datum): string {
  const originTime = origin?.time === undefined ? '' : new Date(origin.time).toISOString()
  const amount = value ?? normal ?? nutrition?.carbohydrate?.net ?? ''
  return [set, type, time, amount, origin?.id ?? '', originTime, annotations?.[0]?.code ?? ''].join(' ')
}
