import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, configFrom } from './config.ts'
import { housekeeping } from './housekeeping.ts'
import { aPerson, aRecord } from './store/conformance/examples.ts'
import { temporaryStore } from './testing/store.ts'
import { cbgAt, startWorld } from './testing/world.ts'

const DAY_MS = 86_400_000

test('[DE-10] what a client took out is destroyed after the days that are set, all of it', async () => {
  await using temporary = await temporaryStore()
  const { store } = temporary
  const person = await aPerson(store)
  const origins = Array.from({ length: 2500 }, (_, n) => `o${n}`)
  await person.write(origins.map((origin) => aRecord(origin)))
  const withdraw = (values: string[], nowMs: number) =>
    store.remove({ dataSetId: person.dataSet.id, nowMs, by: 'origin', values, how: 'archive' })
  await withdraw(origins.slice(1), 10 * DAY_MS)
  let nowMs = 100 * DAY_MS
  const tidyUp = housekeeping({ store, now: () => nowMs, keepWithdrawnDays: 90 })
  await tidyUp()
  const count = () => store.changeSequence(person.user.id)
  const before = await count()
  nowMs++
  await tidyUp()
  assert.equal((await count()) - before, 2499)
  assert.equal((await person.sees()).length, 1)
})

test('[DE-10] such records stay hidden meanwhile; with 0 days a delete destroys at once', async () => {
  for (const [keepWithdrawnDays, left] of [
    [90, 1],
    [0, 0],
  ] as const) {
    await using world = await startWorld({ keepWithdrawnDays })
    const ada = await world.person()
    const path = `/v1/data_sets/${await world.dataSet(ada)}/data`
    const origin = { id: 'o1' }
    await world.send('POST', path, { token: ada.token, body: [cbgAt('2026-01-05T10:00:00Z', { origin })] })
    await world.send('DELETE', path, { token: ada.token, body: [{ origin }] })
    assert.equal(world.stored().data.length, left)
  }
})

test('[DE-10] the days are set in the environment', () => {
  const days = (text?: string) =>
    configFrom(text === undefined ? {} : { TIDEGAUGE_KEEP_WITHDRAWN_DAYS: text })
  assert.equal(days().keepWithdrawnDays, 90)
  assert.equal(days('0').keepWithdrawnDays, 0)
  assert.equal(days('365').keepWithdrawnDays, 365)
  for (const text of ['-1', '1.5', 'x', '1000000']) assert.throws(() => days(text), ConfigError)
})
