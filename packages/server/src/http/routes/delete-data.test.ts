import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const t1 = '2026-01-05T10:00:00.000Z'
const idA = 'a'.repeat(32)
const record = (origin: string, fields: object = {}) => cbgAt(t1, { origin: { id: origin }, ...fields })

describe('deleting data by selector', () => {
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
  const post = (body: unknown, to = set) =>
    world.send('POST', `/v1/data_sets/${to}/data`, { token: ada.token, body })
  const remove = (body: unknown, to = set, path = '/v1/data_sets') =>
    world.send('DELETE', `${path}/${to}/data`, { token: ada.token, body })
  const origins = async () => {
    const { json } = await world.send('GET', `/data/${ada.userId}?type=cbg`, { token: ada.token })
    return json.map(({ origin }: { origin: { id: string } }) => origin.id).sort()
  }

  test('[DE-1] by origin: gone from view, again 200, unknown ones 200, and a new upload brings it back (scenarios 53, 54)', async () => {
    await post([record('o1'), record('o2')])
    for (const id of ['o1', 'o1', 'unknown']) {
      const answer = await remove([{ origin: { id } }])
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.json.data, [])
      assert.deepEqual(await origins(), ['o2'])
    }
    await post([record('o1')])
    assert.deepEqual(await origins(), ['o1', 'o2'])
  })

  test('[DE-2] by id: every row of this set with that id, whether the client or the server made it (scenario 56)', async () => {
    await post([record('o1', { id: idA }), record('o2', { id: idA }), record('o3'), record('o4')])
    await remove([{ id: idA }])
    assert.deepEqual(await origins(), ['o3', 'o4'])
    const { json } = await world.send('GET', `/data/${ada.userId}?type=cbg`, { token: ada.token })
    await remove([{ id: json[0].id, time: t1 }])
    assert.deepEqual(await origins(), [json[1].origin.id])
  })

  test('[DE-3] another data set of the same person is not touched, nor one with the same ids of somebody else', async () => {
    const other = await world.dataSet(ada, { client: { name: 'other' } })
    await post([record('o1', { id: idA })])
    await post([record('o1', { id: idA })], other)
    await remove([{ origin: { id: 'o1' } }])
    assert.deepEqual(await origins(), ['o1'])
    const eve = await world.person()
    const answer = await world.send('DELETE', `/v1/data_sets/${other}/data`, {
      token: eve.token,
      body: [{ id: idA }],
    })
    assert.equal(answer.status, 403)
    assert.deepEqual(await origins(), ['o1'])
  })

  test('[DE-4] every alias deletes; a body needs no content type', async () => {
    const paths = ['/v1/data_sets', '/v1/datasets', '/dataservices/v1/data_sets', '/dataservices/v1/datasets']
    await post(paths.map((path) => record(path)))
    for (const [index, path] of paths.entries()) {
      await remove(JSON.stringify([{ origin: { id: path } }]), set, path)
      assert.equal((await origins()).length, paths.length - index - 1)
    }
  })

  test('[DE-5] a none set deletes by origin and by id too', async () => {
    const none = await world.dataSet(ada, { deduplicator: { name: 'org.tidepool.deduplicator.none' } })
    await post([record('o1'), record('o1'), record('o2', { id: idA }), record('o3')], none)
    await remove([{ origin: { id: 'o1' } }], none)
    assert.deepEqual(await origins(), ['o2', 'o3'])
    await remove([{ id: idA }], none)
    assert.deepEqual(await origins(), ['o3'])
    await post([record('o1')], none)
    assert.deepEqual(await origins(), ['o1', 'o3'])
  })

  test('[DE-6] a hash selector is accepted and matches nothing where no hashes are', async () => {
    await post([record('o1')])
    assert.equal((await remove([{ deduplicator: { hash: 'x' } }])).status, 200)
    assert.deepEqual(await origins(), ['o1'])
  })

  const bad: [string, unknown, [string, string][]][] = [
    ['an empty array', [], [['value-empty', '']]],
    ['null', [null], [['value-not-exists', '/0']]],
    ['no kind', [{}], [['values-not-exist-for-one', '/0']]],
    ['two kinds', [{ id: idA, origin: { id: 'o1' } }], [['value-exists', '/0/origin']]],
    ['a malformed id', [{ id: 'A-b' }], [['value-not-valid', '/0/id']]],
    ['an id that is a number', [{ id: 5 }], [['type-not-string', '/0/id']]],
    ['no origin id', [{ origin: {} }], [['value-not-exists', '/0/origin/id']]],
    ['an empty origin id', [{ origin: { id: '' } }], [['value-empty', '/0/origin/id']]],
    ['a long origin id', [{ origin: { id: 'x'.repeat(101) } }], [['length-out-of-range', '/0/origin/id']]],
    ['a time without id', [{ origin: { id: 'o1' }, time: t1 }], [['value-exists', '/0/time']]],
    ['a time that is none', [{ id: idA, time: 'x' }], [['value-not-parsable', '/0/time']]],
    [
      'two bad ones',
      [{ id: '' }, { origin: { id: '' } }],
      [
        ['value-empty', '/0/id'],
        ['value-empty', '/1/origin/id'],
      ],
    ],
  ]
  for (const [what, body, faults] of bad) {
    test(`[DE-7] bad selectors are a 400 with pointers and delete nothing: ${what}`, async () => {
      await post([record('o1', { id: idA })])
      const answer = await remove(body)
      assert.equal(answer.status, 400)
      const errors = answer.json.errors ?? [answer.json]
      const found = errors.map((error: { code: string; source?: { pointer: string } }) => [
        error.code,
        error.source?.pointer ?? '',
      ])
      assert.deepEqual(found, faults)
      assert.deepEqual(await origins(), ['o1'])
    })
  }

  test('[DE-8] a mix of kinds is a 400 and deletes nothing (scenario 55)', async () => {
    await post([record('o1'), record('o2', { id: idA })])
    const answer = await remove([{ origin: { id: 'o1' } }, { id: idA }])
    assert.equal(answer.status, 400)
    assert.deepEqual(await origins(), ['o1', 'o2'])
    for (const body of ['', '{', '{}', '[] x']) {
      assert.equal((await remove(body)).json.errors[0].code, 'json-malformed')
    }
  })
})
