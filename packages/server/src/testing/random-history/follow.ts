import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { type Interruptible, type Recipe, recordBody, type Step } from './history.ts'
import { after, afterDeleteById, type Person, type Status, type View, view } from './what-is-visible.ts'

/** Where histories are carried out, for one person: the store itself, or a server over HTTP. */
export interface Place {
  /** Data sets are named by the order in which they were made. */
  create(recipe: Recipe): Promise<Status>
  post(set: number, records: readonly ReturnType<typeof recordBody>[]): Promise<Status>
  deleteData(set: number, by: 'id' | 'origin', values: readonly string[]): Promise<Status>
  close(set: number): Promise<Status>
  deleteSet(set: number): Promise<Status>
  look(): Promise<Look>
  /** Stops in good order and starts again. */
  restart(): Promise<void>
  /** Is killed while what was sent is under way, after so long, and starts again. */
  killDuring(send: () => Promise<unknown>, afterMs: number): Promise<void>
}

export interface Look extends View {
  /** Ids of the records, in their order. */
  ids: readonly string[]
}

/** Carries a history out and compares, after every step, what is visible with what must be. */
export async function follow(history: readonly Step[], place: Place): Promise<void> {
  let person: Person = { sets: [] }
  const posts: Extract<Step, { do: 'post' }>[] = []
  for (const [index, step] of history.entries()) {
    const message = `after step ${index}: ${JSON.stringify(step)}`
    const next = await carryOut(step, { person, posts, place, message })
    if (!next) continue
    person = next
    const { ids: _, ...seen } = await place.look()
    assert.deepEqual(seen, view(person), message)
  }
}

interface Circumstances {
  person: Person
  /** The posts so far. */
  posts: Extract<Step, { do: 'post' }>[]
  place: Place
  message: string
}

/** The person after the step; undefined if it came to nothing. */
async function carryOut(step: Step, around: Circumstances): Promise<Person | undefined> {
  const { person, posts, place, message } = around
  switch (step.do) {
    case 'restart':
      await place.restart()
      return person
    case 're-post': {
      const again = posts.at(-1 - step.back)
      return again && carryOut(again, around)
    }
    case 'delete by id': {
      const set = person.sets[step.set]
      const { records, ids } = await place.look()
      const places = records.flatMap((text, at) => (text.startsWith(`${step.set} `) ? [at] : []))
      const at = places[step.place % places.length]
      if (set === undefined || set.closed !== undefined || at === undefined) return undefined
      assert.equal(await place.deleteData(step.set, 'id', [ids[at] ?? '']), 200, message)
      return afterDeleteById(person, step.set, records[at] ?? '')
    }
    case 'crash':
      return crash(step, around)
    default: {
      const { person: next, status } = after(person, step)
      if (status === undefined) return undefined
      if (step.do === 'post' && !posts.includes(step)) posts.push(step)
      assert.equal(await send(step, place), status, message)
      return next
    }
  }
}

async function crash(
  { during, afterMs }: Extract<Step, { do: 'crash' }>,
  { person, place, message }: Circumstances,
): Promise<Person | undefined> {
  const { person: next, status } = after(person, during)
  // Where nothing is recognised, a repeat adds again.
  const cannotRepeat = during.do === 'post' && person.sets[during.set]?.recipe.deduplication === 'none'
  if (status === undefined || cannotRepeat) return undefined
  await place.killDuring(() => send(during, place), afterMs)
  const { ids: _, ...seen } = await place.look()
  if (!isDeepStrictEqual(seen, view(person))) assert.deepEqual(seen, view(next), `done by half ${message}`)
  assert.equal(await send(during, place), status, `again ${message}`)
  return next
}

async function send(step: Interruptible | Extract<Step, { do: 'create' }>, place: Place): Promise<Status> {
  switch (step.do) {
    case 'create':
      return place.create(step.recipe)
    case 'post':
      return place.post(step.set, step.records.map(recordBody))
    case 'delete by origin':
      return place.deleteData(step.set, 'origin', step.origins)
    case 'close':
      return place.close(step.set)
    case 'delete set':
      return place.deleteSet(step.set)
  }
}
