/** Records inside of others (D8), through HTTP: what is stored when they come again. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type Person, startWorld, type World } from '../testing/world.ts'

const time = '2026-01-05T10:00:00.000Z'
const bolus = { type: 'bolus', subType: 'normal', time, normal: 1 }
const wizard = { type: 'wizard', time, units: 'mg/dL', carbInput: 20, bgInput: 100, bolus }
const origin = { id: 'o1', name: 'org.example' }

interface Row {
  id: string
  type: string
  bolus?: string
  normal?: number
  origin?: { id?: string }
}

describe('a bolus inside of a wizard', () => {
  let world: World
  let ada: Person
  let set: string
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await world.person()
    set = await world.dataSet(ada)
  })

  async function post(record: object, to = set) {
    const answer = await world.send('POST', `/v1/data_sets/${to}/data`, { token: ada.token, body: [record] })
    assert.equal(answer.status, 200, answer.text)
  }

  async function stored(query = ''): Promise<{ wizards: Row[]; boluses: Row[] }> {
    const { json } = await world.send('GET', `/data/${ada.userId}?type=wizard,bolus${query}`, {
      token: ada.token,
    })
    const rows = json as Row[]
    return {
      wizards: rows.filter(({ type }) => type === 'wizard'),
      boluses: rows.filter(({ type }) => type === 'bolus'),
    }
  }

  test('[DT-split-8] becomes a record of its own, which the wizard names by its id (scenario 30)', async () => {
    await post({ ...wizard, origin })
    const { wizards, boluses } = await stored()
    assert.deepEqual([wizards.length, boluses.length], [1, 1])
    assert.match(boluses[0]?.id ?? '', /^[0-9a-z]{32}$/)
    assert.equal(wizards[0]?.bolus, boluses[0]?.id)
    assert.equal(boluses[0]?.origin?.id, 'o1:bolus')
  })

  for (const [how, sent] of Object.entries({
    'with an origin': { ...wizard, origin },
    'with an id': { ...wizard, id: 'a'.repeat(32) },
    'with neither': wizard,
    'with an id of its own': { ...wizard, bolus: { ...bolus, id: 'b'.repeat(32) } },
    'with an origin of its own': {
      ...wizard,
      origin,
      bolus: { ...bolus, origin: { name: 'org.example.pump' } },
    },
    'automated, and so not named': { ...wizard, bolus: { ...bolus, subType: 'automated' } },
  })) {
    test(`[DT-split-9] ${how}: sent again, both are there once, as they were (scenario 31)`, async () => {
      await post(sent)
      const first = await stored()
      assert.deepEqual([first.wizards.length, first.boluses.length], [1, 1])
      await post(sent)
      assert.deepEqual(await stored(), first)
    })
  }

  test('[DT-split-9] sent again with another amount, it replaces the one before and keeps its id', async () => {
    await post({ ...wizard, origin })
    const first = await stored()
    await post({ ...wizard, origin, carbInput: 30, bolus: { ...bolus, normal: 2 } })
    const { wizards, boluses } = await stored()
    assert.deepEqual(
      boluses.map(({ id, normal }) => [id, normal]),
      [[first.boluses[0]?.id, 2]],
    )
    assert.equal(wizards.length, 1)
    assert.equal(wizards[0]?.bolus, boluses[0]?.id)
  })

  test('[DT-split-10] in another data set it is another record, with another id', async () => {
    const other = await world.dataSet(ada, { client: { name: 'other' } })
    for (const to of [set, other]) await post({ ...wizard, origin }, to)
    const { wizards, boluses } = await stored()
    assert.equal(new Set(boluses.map(({ id }) => id)).size, 2)
    assert.deepEqual(new Set(wizards.map((one) => one.bolus)), new Set(boluses.map(({ id }) => id)))
    const here = await stored(`&uploadId=${set}`)
    assert.equal(here.wizards[0]?.bolus, here.boluses[0]?.id)
  })
})
