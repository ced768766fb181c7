import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DataQuery, PlannedRecord, Store } from '../port.ts'
import {
  aDataSet,
  aPerson,
  aRecord,
  MINUTE_MS,
  NOW_MS,
  type Person,
  rowsOf,
  sharedStore,
  shown,
} from './examples.ts'

export function readingConforms(open: () => Promise<Store>): void {
  describe('reading', () => {
    const store = sharedStore(open)
    const at = (minute: number) => NOW_MS + minute * MINUTE_MS
    const values = async (person: Person, query: Omit<DataQuery, 'userId'>) =>
      (await person.sees(query)).map(({ value }) => value)

    test('[ST-70] rows come by time, those of one time by change number, whatever their type', async () => {
      const person = await aPerson(store())
      await person.write([
        aRecord('a', { timeMs: at(3), value: 5 }),
        aRecord('b', { timeMs: at(1), value: 1, type: 'food' }),
        aRecord('c', { timeMs: at(2), value: 0 }),
        aRecord('d', { timeMs: at(2), value: 2, type: 'basal' }),
        aRecord('e', { timeMs: at(2), value: 3 }),
      ])
      // Of time 2 this one is now the last that changed.
      await person.write([aRecord('c', { timeMs: at(2), value: 4 })])
      const rows = await rowsOf(store(), { userId: person.user.id })
      assert.deepEqual(
        rows.map((row) => [row.timeMs, row.type, shown(row).value]),
        [
          [at(1), 'food', 1],
          [at(2), 'basal', 2],
          [at(2), 'cbg', 3],
          [at(2), 'cbg', 4],
          [at(3), 'cbg', 5],
        ],
      )
    })

    test('[ST-211] rows with their bookkeeping: the same rows, when they were stored, in what units they came', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('a', { timeMs: at(1), value: 1, sentUnits: 'mg/dL' })])
      await person.write([aRecord('b', { timeMs: at(2), value: 2 })])
      const query = { userId: person.user.id }
      const stored = []
      for await (const rows of store().readStored(query)) stored.push(...rows)
      const read = await rowsOf(store(), query)
      assert.deepEqual(
        stored.map(({ timeMs, type }) => [timeMs, type]),
        read.map(({ timeMs, type }) => [timeMs, type]),
      )
      for (const [n, { body }] of stored.entries()) {
        const { id: _id, uploadId: _uploadId, ...fields } = JSON.parse(read[n]?.json ?? '{}')
        assert.deepEqual(JSON.parse(body), fields)
      }
      assert.deepEqual(
        stored.map(({ sentUnits, dataSetType }) => [sentUnits, dataSetType]),
        [
          ['mg/dL', 'continuous'],
          [undefined, 'continuous'],
        ],
      )
      for (const { createdMs } of stored) assert.ok(createdMs >= NOW_MS)
    })

    test('[ST-71] by types: each of them once, none for an unknown one or an empty list', async () => {
      const person = await aPerson(store())
      await person.write([
        aRecord('a', { value: 1 }),
        aRecord('b', { value: 2, type: 'food' }),
        aRecord('c', { value: 3, type: 'basal' }),
      ])
      assert.deepEqual(await values(person, { types: ['food'] }), [2])
      assert.deepEqual(await values(person, { types: ['basal', 'cbg', 'basal', 'unheardOf'] }), [1, 3])
      assert.deepEqual(await values(person, { types: ['unheardOf'] }), [])
      assert.deepEqual(await values(person, { types: [] }), [])
    })

    test('[ST-72] by subtypes and by device, also together', async () => {
      const person = await aPerson(store())
      await person.write([
        aRecord('a', { value: 1, subType: 'normal', deviceId: 'pump' }),
        aRecord('b', { value: 2, subType: 'square', deviceId: 'pump' }),
        aRecord('c', { value: 3, subType: 'normal', deviceId: 'pen \ud800' }),
        aRecord('d', { value: 4 }),
      ])
      assert.deepEqual(await values(person, { subTypes: ['normal'] }), [1, 3])
      assert.deepEqual(await values(person, { subTypes: ['square', 'normal', 'dual/square'] }), [1, 2, 3])
      assert.deepEqual(await values(person, { subTypes: [] }), [])
      assert.deepEqual(await values(person, { deviceId: 'pump' }), [1, 2])
      assert.deepEqual(await values(person, { deviceId: 'pen \ud800' }), [3])
      assert.deepEqual(await values(person, { deviceId: 'pen \ufffd' }), [])
      assert.deepEqual(await values(person, { deviceId: 'pump', subTypes: ['normal'] }), [1])
    })

    test('[ST-73] from and to are both inclusive', async () => {
      const person = await aPerson(store())
      await person.write([-1, 0, 1, 2, 3].map((value) => aRecord(`o${value}`, { value, timeMs: value })))
      assert.deepEqual(await values(person, { fromMs: 1 }), [1, 2, 3])
      assert.deepEqual(await values(person, { toMs: 1 }), [-1, 0, 1])
      assert.deepEqual(await values(person, { fromMs: 0, toMs: 2 }), [0, 1, 2])
      assert.deepEqual(await values(person, { fromMs: 2, toMs: 2 }), [2])
      assert.deepEqual(await values(person, { fromMs: 2, toMs: 1 }), [])
    })

    test('[ST-74] by data set, if it is that user’s own', async () => {
      const [person, stranger] = [await aPerson(store()), await aPerson(store())]
      const other = await store().createDataSet(aDataSet(person.user.id))
      await person.write([aRecord('a', { value: 1 })])
      await person.write([aRecord('b', { value: 2 })], other.id)
      await stranger.write([aRecord('c', { value: 3 })])
      assert.deepEqual(await values(person, {}), [1, 2])
      assert.deepEqual(await values(person, { dataSetId: other.id }), [2])
      assert.deepEqual(await values(person, { dataSetId: stranger.dataSet.id }), [])
      assert.deepEqual(await values(person, { dataSetId: 'unknown' }), [])
    })

    test('[ST-75] of a data set that is not active nothing is seen, nor of an unknown user', async () => {
      const person = await aPerson(store(), { active: false, dataSetType: 'normal' })
      assert.equal((await person.write([aRecord('a')])).added, 1)
      assert.deepEqual(await person.sees(), [])
      assert.deepEqual(await person.sees({ dataSetId: person.dataSet.id }), [])
      assert.deepEqual(await store().readLatest({ userId: person.user.id, types: ['cbg'] }), [])
      assert.deepEqual(await rowsOf(store(), { userId: 'unknown' }), [])
      assert.deepEqual(await store().readLatest({ userId: 'unknown', types: ['cbg'] }), [])
    })

    /** Many of several types, many of one time. */
    function many(count: number, fields: { value?: number } = {}): PlannedRecord[] {
      const types = ['cbg', 'basal', 'food']
      return Array.from({ length: count }, (_, n) =>
        aRecord(`o${n}`, {
          type: types[n % 7] ?? 'cbg',
          timeMs: at(Math.floor(n / 40)),
          value: n,
          ...fields,
        }),
      )
    }

    test('[ST-76] a long read gives every row once, in batches, none of them empty', async () => {
      const person = await aPerson(store())
      await person.write(many(5000))
      const seen: (number | undefined)[] = []
      let batches = 0
      for await (const batch of store().read({ userId: person.user.id })) {
        assert.ok(batch.length > 0)
        batches++
        seen.push(...batch.map((row) => shown(row).value))
      }
      assert.ok(batches > 4, `${batches} batches`)
      assert.deepEqual(seen, [...Array(5000).keys()])
    })

    test('[ST-77] a read sees one state, however long it takes and whatever is written meanwhile', async () => {
      const person = await aPerson(store())
      await person.write(many(2000, { value: 1 }))
      const reading = store().read({ userId: person.user.id })[Symbol.asyncIterator]()
      const first = await reading.next()
      const seen = [...(first.done ? [] : first.value)]
      await person.write(many(2500, { value: 2 }))
      await person.remove({ by: 'origin', values: ['o0', 'o1999'], how: 'destroy' })
      for (let step = await reading.next(); !step.done; step = await reading.next()) seen.push(...step.value)
      assert.equal(seen.length, 2000)
      assert.ok(seen.every((row) => shown(row).value === 1))
      assert.equal((await person.sees()).length, 2498)
    })

    test('[ST-78] what a write has acknowledged, the next read sees', async () => {
      const person = await aPerson(store())
      for (let value = 0; value < 50; value++) {
        await person.write([aRecord('o1', { value })])
        assert.deepEqual(await person.values(), [value])
      }
    })

    test('[ST-79] a reader sees each origin exactly once while it is written again and again', async () => {
      const person = await aPerson(store())
      const records = (value: number) => Array.from({ length: 10 }, (_, n) => aRecord(`o${n}`, { value }))
      await person.write(records(0))
      let writing = true
      const polls = (async () => {
        let count = 0
        while (writing) {
          const seen = await person.sees()
          assert.equal(seen.length, 10)
          assert.equal(new Set(seen.map(({ value }) => value)).size, 1, 'a write is seen whole')
          count++
        }
        return count
      })()
      for (let value = 1; value <= 100; value++) await person.write(records(value))
      writing = false
      assert.ok((await polls) > 5)
    })

    test('[ST-80] a reader may stop early, by return or by an error, any number of times', async () => {
      const person = await aPerson(store())
      await person.write(many(1500))
      for (let n = 0; n < 60; n++) {
        for await (const batch of store().read({ userId: person.user.id })) {
          assert.ok(batch.length > 0)
          break
        }
        await assert.rejects(async () => {
          for await (const _ of store().read({ userId: person.user.id })) throw new Error('enough')
        }, /enough/)
      }
      assert.equal((await person.sees()).length, 1500)
      assert.equal((await person.write([aRecord('after')])).added, 1)
    })

    test('[ST-81] many can read at a time', async () => {
      const person = await aPerson(store())
      await person.write(many(1000))
      const readers = Array.from({ length: 30 }, () =>
        store().read({ userId: person.user.id })[Symbol.asyncIterator](),
      )
      for (const reader of readers) await reader.next()
      await person.write(many(1000, { value: -1 }))
      for (const reader of readers) {
        const { value } = await reader.next()
        assert.ok(shown(value?.[0]).value !== -1)
      }
      await Promise.all(readers.map((reader) => reader.return?.()))
    })

    test('[ST-82] a long read leaves turns to others, also when it finds nothing', async () => {
      const person = await aPerson(store())
      await person.write(many(10_000))
      for (const query of [{}, { deviceId: 'none of them has this' }]) {
        let turns = 0
        const clock = setInterval(() => turns++, 0)
        await person.sees(query)
        clearInterval(clock)
        assert.ok(turns > 2, `${turns} turns`)
      }
    })

    test('[ST-83] the latest of each type, in the order in which the types were named', async () => {
      const person = await aPerson(store())
      await person.write([
        aRecord('a', { value: 1, timeMs: at(2) }),
        aRecord('b', { value: 2, timeMs: at(1) }),
        aRecord('c', { value: 3, timeMs: at(0), type: 'food' }),
        aRecord('d', { value: 4, timeMs: at(0), type: 'food' }),
        aRecord('e', { value: 5, timeMs: at(9), type: 'basal' }),
      ])
      // Of one time the last change is the newest.
      await person.write([aRecord('c', { value: 6, timeMs: at(0), type: 'food' })])
      const latest = async (types: string[], query: Omit<DataQuery, 'userId'> = {}) => {
        const rows = await store().readLatest({ ...query, userId: person.user.id, types })
        return rows.map((row) => [row.type, row.timeMs, shown(row).value])
      }
      const food = ['food', at(0), 6]
      const cbg = ['cbg', at(2), 1]
      assert.deepEqual(await latest(['food', 'cbg']), [food, cbg])
      assert.deepEqual(await latest(['cbg', 'unheardOf', 'food', 'cbg']), [cbg, food])
      assert.deepEqual(await latest([]), [])
      assert.deepEqual(await latest(['cbg'], { toMs: at(1) }), [['cbg', at(1), 2]])
      assert.deepEqual(await latest(['cbg'], { fromMs: at(3) }), [])
    })

    test('[ST-84] the latest that passes the filters may lie far back', async () => {
      const person = await aPerson(store())
      const hidden = await store().createDataSet(aDataSet(person.user.id, { active: false }))
      await person.write([aRecord('wanted', { value: -1, timeMs: at(-5), subType: 'rare', deviceId: 'old' })])
      await person.write(
        Array.from({ length: 1000 }, (_, n) => aRecord(`o${n}`, { timeMs: at(n), value: n })),
      )
      await person.write([aRecord('hidden', { timeMs: at(5000) })], hidden.id)
      await person.write([aRecord('withdrawn', { timeMs: at(4000) })])
      await person.remove({ by: 'origin', values: ['withdrawn'], how: 'archive' })
      const latest = async (query: Omit<DataQuery, 'userId'>) => {
        const rows = await store().readLatest({ ...query, userId: person.user.id, types: ['cbg'] })
        return rows.map((row) => shown(row).value)
      }
      assert.deepEqual(await latest({}), [999])
      assert.deepEqual(await latest({ subTypes: ['rare'] }), [-1])
      assert.deepEqual(await latest({ deviceId: 'old' }), [-1])
      assert.deepEqual(await latest({ deviceId: 'old', dataSetId: person.dataSet.id }), [-1])
      assert.deepEqual(await latest({ deviceId: 'old', dataSetId: 'unknown' }), [])
    })
  })
}
