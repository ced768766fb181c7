import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const named = (name: string) => ({ deduplicator: { name: `org.tidepool.deduplicator.${name}` } })
const older = named('dataset.delete.origin.older')
const dropHash = named('dataset.drop.hash')
const deactivateHash = named('device.deactivate.hash')
const truncate = named('device.truncate.dataset')
const normal = { dataSetType: 'normal' }

/** Readings that are told apart by when they are. */
const at = (minute: number) => `2026-01-05T10:${String(minute).padStart(2, '0')}:00.000Z`
const cbg = (minute: number, value: number, fields: object = {}) =>
  cbgAt(at(minute), { value, deviceId: 'pump', ...fields })
const food = (name: string, fields: object = {}) => ({ type: 'food', time: at(0), name, ...fields })

describe('deduplicators', () => {
  let world: World
  let ada: Person
  let now = Date.UTC(2026, 0, 5, 10)
  before(async () => {
    world = await startWorld({ now: () => ++now })
  })
  after(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await world.person()
  })
  const send = (method: string, path: string, body?: unknown) =>
    world.send(method, path, { token: ada.token, ...(body !== undefined && { body }) })
  const post = async (id: string, body: unknown) => {
    const answer = await send('POST', `/v1/data_sets/${id}/data`, body)
    assert.equal(answer.status, 200, answer.text)
  }
  const close = async (id: string) => assert.equal((await send('PUT', `/v1/data_sets/${id}`)).status, 200)
  const remove = async (id: string) => assert.equal((await send('DELETE', `/v1/data_sets/${id}`)).status, 200)
  const data = async (type: string) => (await send('GET', `/data/${ada.userId}?type=${type}`)).json
  /** `minute value` of every visible reading. */
  const readings = async () =>
    (await data('cbg'))
      .map(({ time, value }: { time: string; value: number }) => `${Number(time.slice(14, 16))} ${value}`)
      .sort()
  const meals = async () => (await data('food')).map(({ name }: { name: string }) => name)
  /** A closed upload of a device. */
  const uploaded = async (kind: object, deviceId: string, records: object[]) => {
    const id = await world.dataSet(ada, { ...normal, ...kind, deviceId })
    await post(id, records)
    await close(id)
    return id
  }

  describe('delete.origin.older', () => {
    const origin = (time?: string, id = 'o1') => ({ origin: { id, ...(time !== undefined && { time }) } })

    test('[DD-10] a food is replaced only by one of a later origin.time (scenario 33)', async () => {
      const set = await world.dataSet(ada, older)
      await post(set, [food('first', origin('2026-01-05T10:00:00Z'))])
      for (const time of [
        '2026-01-05T09:00:00Z',
        '2026-01-05T10:00:00Z',
        undefined,
        '2026-01-05T12:00:00+02:00',
      ]) {
        await post(set, [food('again', origin(time))])
        assert.deepEqual(await meals(), ['first'], String(time))
      }
      await post(set, [food('later', origin('2026-01-05T10:00:00.001Z'))])
      assert.deepEqual(await meals(), ['later'])
      await post(set, [food('a little later', origin('2026-01-05T10:00:00.0010001Z'))])
      assert.deepEqual(await meals(), ['a little later'])
    })

    test('[DD-10] so is a bolus; everything else always replaces (scenario 34)', async () => {
      const set = await world.dataSet(ada, older)
      const bolus = (units: number, time: string) => ({
        ...{ type: 'bolus', subType: 'normal', normal: units, time: at(0), deviceId: 'pump' },
        ...origin(time, 'b'),
      })
      await post(set, [bolus(1, '2026-01-05T10:00:00Z'), cbg(0, 5, origin('2026-01-05T10:00:00Z', 'o2'))])
      await post(set, [bolus(2, '2026-01-05T09:00:00Z'), cbg(0, 6, origin('2026-01-05T09:00:00Z', 'o2'))])
      assert.equal((await data('bolus'))[0].normal, 1)
      assert.deepEqual(await readings(), ['0 6'])
    })

    test('[DD-10] a stored one without origin.time gives way to any that has one (scenario 35)', async () => {
      const set = await world.dataSet(ada, older)
      await post(set, [food('timeless', origin())])
      await post(set, [food('timeless too', origin())])
      assert.deepEqual(await meals(), ['timeless'])
      await post(set, [food('dated', origin('1999-01-01T00:00:00Z'))])
      assert.deepEqual(await meals(), ['dated'])
    })

    test('[DD-11] records of one request count as if they had come one after the other', async () => {
      const set = await world.dataSet(ada, older)
      const [nine, ten, eleven] = ['09', '10', '11'].map((hour) => origin(`2026-01-05T${hour}:00:00Z`)) as [
        object,
        object,
        object,
      ]
      await post(set, [food('ten', ten), food('nine', nine), food('none', origin())])
      assert.deepEqual(await meals(), ['ten'])
      await post(set, [food('nine', nine), food('eleven', eleven), food('ten', ten)])
      assert.deepEqual(await meals(), ['eleven'])
      // A reading replaces whatever was there, and a food then need only be later than the reading.
      await post(set, [cbg(0, 5, nine), food('ten', ten)])
      assert.deepEqual([await meals(), await readings()], [['ten'], []])
    })

    test('[DD-12] H15: what was deleted comes back only as something later', async () => {
      const set = await world.dataSet(ada, older)
      await post(set, [food('first', origin('2026-01-05T10:00:00Z'))])
      await send('DELETE', `/v1/data_sets/${set}/data`, [{ origin: { id: 'o1' } }])
      for (const time of ['2026-01-05T09:00:00Z', '2026-01-05T10:00:00Z']) {
        await post(set, [food('again', origin(time))])
        assert.deepEqual(await meals(), [])
      }
      await post(set, [food('later', origin('2026-01-05T11:00:00Z'))])
      assert.deepEqual(await meals(), ['later'])
    })
  })

  describe('drop.hash', () => {
    test('[DD-13] the last of a request, the first of several requests (scenario 36)', async () => {
      const set = await world.dataSet(ada, dropHash)
      await post(set, [food('A'), food('B')])
      assert.deepEqual(await meals(), ['B'])
      await post(set, [food('C')])
      assert.deepEqual(await meals(), ['B'])
    })

    test('[DD-13] a reading’s value is part of its identity, its device is not (scenario 37)', async () => {
      const set = await world.dataSet(ada, dropHash)
      await post(set, [cbg(0, 5)])
      await post(set, [cbg(0, 6)])
      assert.deepEqual(await readings(), ['0 5', '0 6'])
      await post(set, [cbg(0, 5, { deviceId: 'other' })])
      assert.deepEqual(await readings(), ['0 5', '0 6'])
    })

    test('[DD-13] H8: in an open normal set as well (scenario 38)', async () => {
      const set = await world.dataSet(ada, { ...normal, ...dropHash })
      for (let repeat = 0; repeat < 2; repeat++) await post(set, [cbg(0, 5), cbg(1, 6)])
      await close(set)
      assert.deepEqual(await readings(), ['0 5', '1 6'])
    })

    test('[DD-13] what was deleted can come again', async () => {
      const set = await world.dataSet(ada, dropHash)
      await post(set, [cbg(0, 5, { origin: { id: 'o1' } })])
      await send('DELETE', `/v1/data_sets/${set}/data`, [{ origin: { id: 'o1' } }])
      assert.deepEqual(await readings(), [])
      await post(set, [cbg(0, 5)])
      assert.deepEqual(await readings(), ['0 5'])
    })

    test('[DD-20] records are deleted by the hash of the reference (scenario 39)', async () => {
      const set = await world.dataSet(ada, dropHash)
      // 119 mg/dL; the same instant in two zones is one (D7).
      const reading = { type: 'cbg', deviceId: 'pump', units: 'mg/dL', value: 119 }
      for (const time of ['2017-02-06T00:26:51+11:00', '2017-02-05T13:26:51Z']) {
        await post(set, [{ ...reading, time }])
      }
      await post(set, [cbg(0, 5)])
      assert.equal((await readings()).length, 2)
      const parts = [ada.userId, set, '2017-02-05T13:26:51Z', 'cbg', 'mmol/L', '6.60539']
      const hash = createHash('sha256').update(parts.join('|')).digest('base64')
      await send('DELETE', `/v1/data_sets/${set}/data`, [{ deduplicator: { hash } }])
      assert.deepEqual(await readings(), ['0 5'])
    })
  })

  describe('deactivate.hash', () => {
    /** A, B; then B', C. `B` has another payload than `B'`, and the same identity. */
    const chain = async () => {
      const first = await uploaded(deactivateHash, 'pump', [
        cbg(1, 5),
        cbg(2, 5, { payload: { from: 'first' } }),
      ])
      const second = await world.dataSet(ada, { ...normal, ...deactivateHash, deviceId: 'pump' })
      await post(second, [cbg(2, 5, { payload: { from: 'second' } }), cbg(3, 5)])
      return { first, second }
    }
    const sources = async () =>
      (await data('cbg')).map(({ time, payload }: { time: string; payload?: { from: string } }) =>
        [Number(time.slice(14, 16)), payload?.from].join(' ').trim(),
      )

    test('[DD-14] a closed upload hides equal records of older ones of its device (scenario 44)', async () => {
      const { second } = await chain()
      assert.deepEqual(await sources(), ['1', '2 first'])
      await close(second)
      assert.deepEqual(await sources(), ['1', '2 second', '3'])
    })

    test('[DD-14] deleting it shows them again (scenario 45)', async () => {
      const { second } = await chain()
      await close(second)
      await remove(second)
      assert.deepEqual(await sources(), ['1', '2 first'])
    })

    test('[DD-14] of a chain of three the newest that is left shows (scenario 46)', async () => {
      const { second } = await chain()
      await close(second)
      const third = await uploaded(deactivateHash, 'pump', [cbg(2, 5, { payload: { from: 'third' } })])
      assert.deepEqual(
        await sources(),
        ['1', '3', '2 third'].sort((a, b) => a.localeCompare(b)),
      )
      await remove(second)
      assert.deepEqual(await sources(), ['1', '2 third'])
      await remove(third)
      assert.deepEqual(await sources(), ['1', '2 first'])
    })

    test('[DD-15] an upload of another device hides nothing, nor do records of a device that is not its own (scenario 47)', async () => {
      await uploaded(deactivateHash, 'pump', [cbg(1, 5), cbg(2, 5)])
      await uploaded(deactivateHash, 'e', [cbg(2, 5, { payload: { from: 'second' } }), cbg(3, 5)])
      assert.deepEqual(await readings(), ['1 5', '2 5', '2 5', '3 5'])
    })

    test('[DD-16] H7: a chunk sent twice is there once; equal identity with other content twice (scenario 48)', async () => {
      const set = await world.dataSet(ada, { ...normal, ...deactivateHash, deviceId: 'pump' })
      const chunk = [cbg(1, 5), cbg(2, 5), cbg(2, 5, { payload: { other: true } })]
      for (let repeat = 0; repeat < 2; repeat++) await post(set, chunk)
      await post(set, [...chunk, ...chunk])
      await close(set)
      assert.deepEqual(await readings(), ['1 5', '2 5', '2 5'])
    })

    test('[DD-18] a record without deviceId is a 400 at its place as sent, and nothing is stored (scenario 52)', async () => {
      const set = await world.dataSet(ada, { ...normal, ...deactivateHash, deviceId: 'pump' })
      const bare = { type: 'cbg', time: at(2), units: 'mmol/L', value: 5 }
      const words = {
        code: 'value-not-exists',
        title: 'value does not exist',
        detail: 'value does not exist',
      }
      const one = await send('POST', `/v1/data_sets/${set}/data`, [bare])
      assert.equal(one.status, 400)
      assert.deepEqual(one.json, { ...words, source: { pointer: '/0/deviceId' }, meta: { type: 'cbg' } })
      const bolus = { type: 'bolus', subType: 'normal', normal: 1, time: at(3) }
      const two = await send('POST', `/v1/data_sets/${set}/data`, [null, cbg(1, 5), bare, null, bolus])
      assert.deepEqual(
        two.json.errors.map(({ source, meta }: { source: object; meta: object }) => [source, meta]),
        [
          [{ pointer: '/2/deviceId' }, { type: 'cbg' }],
          [{ pointer: '/4/deviceId' }, { type: 'bolus', subType: 'normal' }],
        ],
      )
      await close(set)
      assert.deepEqual(await readings(), [])
    })
  })

  test('[DD-17] truncate: a closed upload leaves nothing else of its device, other devices alone (scenario 49)', async () => {
    const first = await uploaded(truncate, 'pump', [cbg(1, 5)])
    await uploaded(truncate, 'other', [cbg(2, 5, { deviceId: 'other' })])
    await uploaded(truncate, 'pump', [cbg(3, 5)])
    assert.deepEqual(await readings(), ['2 5', '3 5'])
    const { json } = await send('GET', `/v1/data_sets/${first}`)
    assert.ok(json.deletedTime)
    assert.equal(json.modifiedTime, json.deletedTime, 'H14')
    const list = await send('GET', `/v1/users/${ada.userId}/data_sets`)
    assert.equal(list.json.length, 2)
  })

  for (const [name, fields] of Object.entries({
    'delete.origin': named('dataset.delete.origin'),
    'delete.origin.older': older,
    'drop.hash': dropHash,
    'deactivate.hash': { ...normal, ...deactivateHash, deviceId: 'pump' },
    truncate: { ...normal, ...truncate, deviceId: 'pump' },
  })) {
    test(`[DD-19] what is there byte for byte writes nothing: ${name}`, async () => {
      const set = await world.dataSet(ada, fields)
      const body = [
        cbg(1, 5, { origin: { id: 'o1', time: at(1) } }),
        cbg(2, 100, { units: 'mg/dL' }),
        food('apple', { origin: { id: 'o2', time: at(1) }, deviceId: 'pump' }),
        cbg(3, 5, { payload: { deep: [1, { a: 'ü' }] }, time: '2026-01-05T12:03:00.1234567+02:00' }),
      ]
      const rows = world.stored().data.length
      await post(set, body)
      const before = world.stored()
      await post(set, body)
      await post(set, [...body, null, ...body])
      assert.deepEqual(world.stored(), before)
      assert.equal(before.data.length, rows + 4)
    })
  }
})
