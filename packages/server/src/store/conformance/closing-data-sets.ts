import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DataSet, Store, Supersedes } from '../port.ts'
import {
  aDataSet,
  aPerson,
  aRecord,
  keyless,
  MINUTE_MS,
  NOW_MS,
  type Person,
  rowsOf,
  sharedStore,
} from './examples.ts'
import { refuses } from './writing.ts'

/** A normal data set of a device, as it is made. */
export const pending = { dataSetType: 'normal', active: false, deviceId: 'pump' } as const
export const LATER_MS = NOW_MS + MINUTE_MS

/** Adds a data set of records that have a hash each and are told apart by their value, and closes it. */
export async function closedWith(
  store: Store,
  person: Person,
  values: Readonly<Record<string, number>>,
  supersedes: Supersedes = 'equal-hashes',
  fields: Partial<DataSet> = {},
): Promise<string> {
  const { id } = await store.createDataSet(aDataSet(person.user.id, { ...pending, ...fields }))
  const { deviceId = 'pump' } = fields
  const records = Object.entries(values).map(([hash, value]) =>
    aRecord('x', { ...keyless, hash, value, deviceId }),
  )
  await person.write(records, id)
  await store.closeDataSet({ dataSetId: id, nowMs: LATER_MS, supersedes })
  return id
}

export function closingDataSetsConforms(open: () => Promise<Store>): void {
  describe('closing data sets', () => {
    const store = sharedStore(open)
    const close = (dataSetId: string, supersedes: Supersedes = 'nothing', nowMs = LATER_MS) =>
      store().closeDataSet({ dataSetId, nowMs, supersedes })
    const values = async (person: Person) => (await person.values()).sort()

    test('[ST-160] data of an open normal data set are hidden until it is closed, then all there', async () => {
      const person = await aPerson(store(), pending)
      await person.write([aRecord('o1', { value: 1 }), aRecord('o2', { value: 2 }), aRecord('o3')])
      await person.remove({ by: 'origin', values: ['o3'], how: 'archive' })
      assert.deepEqual(await person.sees(), [])
      assert.deepEqual(await store().readLatest({ userId: person.user.id, types: ['cbg'] }), [])
      const { dataSet } = person
      const closed = { ...dataSet, state: 'closed', active: true, modifiedMs: LATER_MS }
      assert.deepEqual(await close(dataSet.id), closed)
      assert.deepEqual(await store().dataSet(dataSet.id), closed)
      assert.deepEqual(await person.values(), [1, 2])
      await refuses(person.write([aRecord('o4')]), 'data-set-closed', dataSet.id)
    })

    test('[ST-161] each row that becomes visible takes a change number, in their order, and then the data set', async () => {
      const person = await aPerson(store(), pending)
      await person.write([aRecord('o1', { value: 1 }), aRecord('o2', { value: 2 })])
      await person.write([aRecord('o1', { value: 3 })])
      const before = await person.changeSequence()
      await close(person.dataSet.id)
      assert.equal(await person.changeSequence(), before + 3)
      assert.deepEqual(await person.values(), [2, 3])
    })

    test('[ST-162] closing again answers the same and writes nothing (D1)', async () => {
      const person = await aPerson(store(), pending)
      const closed = await close(person.dataSet.id)
      const before = await person.changeSequence()
      assert.deepEqual(await close(person.dataSet.id, 'equal-hashes', LATER_MS + 5), closed)
      assert.equal(await person.changeSequence(), before)
    })

    test('[ST-163] one that is not there, a deleted one (D3) and a closed continuous one refuse', async () => {
      const person = await aPerson(store())
      const add = async (fields: Partial<DataSet>) =>
        (await store().createDataSet(aDataSet(person.user.id, fields))).id
      const open = await add({ ...pending, deletedMs: NOW_MS })
      const closed = await add({ ...pending, deletedMs: NOW_MS, state: 'closed' })
      const continuous = await add({ state: 'closed' })
      const before = await person.changeSequence()
      await refuses(close('unknown'), 'data-set-not-found', 'unknown')
      await refuses(close(open), 'data-set-not-found', open)
      await refuses(close(closed), 'data-set-closed', closed)
      await refuses(close(continuous), 'data-set-closed', continuous)
      await assert.rejects(close(person.dataSet.id))
      assert.equal(await person.changeSequence(), before)
    })

    test('[ST-164] equal-hashes: visible rows of the device with a hash of this data set give way', async () => {
      const person = await aPerson(store())
      await closedWith(store(), person, { a: 1, b: 2 })
      await closedWith(store(), person, { a: 3 }, 'nothing', { deviceId: 'meter' })
      const continuous = aRecord('o1', { hash: 'a', deviceId: 'pump', value: 4 })
      await person.write([continuous, aRecord('o2', { hash: 'a', value: 5 }), aRecord('o3', { value: 6 })])
      const before = await person.changeSequence()
      await closedWith(store(), person, { a: 7, c: 8 })
      assert.deepEqual(await values(person), [2, 3, 5, 6, 7, 8])
      // The data set and two rows made, two rows hidden, two shown, the data set closed.
      assert.equal(await person.changeSequence(), before + 8)
    })

    test('[ST-165] equal-hashes: nobody else’s rows, and none that wait to be shown', async () => {
      const person = await aPerson(store(), pending)
      await person.write([aRecord('o1', { hash: 'a', deviceId: 'pump', value: 1 })])
      const other = await aPerson(store())
      await other.write([aRecord('o1', { hash: 'a', deviceId: 'pump', value: 2 })])
      await closedWith(store(), person, { a: 3 })
      assert.deepEqual(await values(other), [2])
      await close(person.dataSet.id)
      assert.deepEqual(await values(person), [1, 3])
    })

    test('[ST-166] equal-hashes: a data set without device hides nothing', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1', { hash: 'a', value: 1 })])
      const { deviceId: _, ...deviceless } = aDataSet(person.user.id, pending)
      const { id } = await store().createDataSet(deviceless)
      await person.write([aRecord('o1', { hash: 'a', value: 2 })], id)
      for (const supersedes of ['equal-hashes', 'whole-device'] as const) await close(id, supersedes)
      assert.deepEqual(await values(person), [1, 2])
    })

    test('[ST-167] whole-device: all rows of the device in other data sets are destroyed, pending and archived ones too', async () => {
      const person = await aPerson(store(), { deviceId: 'phone' })
      const ofPump = (origin: string, value: number) => aRecord(origin, { deviceId: 'pump', value })
      await person.write([ofPump('o1', 1), aRecord('o2', { deviceId: 'phone', value: 2 }), ofPump('o3', 3)])
      await person.remove({ by: 'origin', values: ['o3'], how: 'archive' })
      const open = await store().createDataSet(aDataSet(person.user.id, pending))
      await person.write([ofPump('o1', 4), aRecord('o2', { deviceId: 'meter', value: 5 })], open.id)
      const meter = await closedWith(store(), person, { a: 6 }, 'nothing', { deviceId: 'meter' })
      const before = await person.changeSequence()
      const closed = await closedWith(store(), person, { a: 7 }, 'whole-device')
      assert.deepEqual(await values(person), [2, 6, 7])
      // Data set and row made, three rows destroyed, a data set deleted, the row shown, the data set closed.
      assert.equal(await person.changeSequence(), before + 8)
      assert.equal((await person.write([ofPump('o3', 8)])).added, 1)
      const deletedMs = async (id: string) => (await store().dataSet(id))?.deletedMs
      assert.equal(await deletedMs(open.id), LATER_MS)
      assert.equal((await store().dataSet(open.id))?.modifiedMs, LATER_MS)
      for (const id of [person.dataSet.id, meter, closed]) assert.equal(await deletedMs(id), undefined)
    })

    test('[ST-168] whole-device: a data set that was deleted before keeps its time, others’ are left alone', async () => {
      const person = await aPerson(store())
      const other = await aPerson(store(), { ...pending, active: true, state: 'closed' })
      const before = await store().createDataSet(
        aDataSet(person.user.id, { ...pending, deletedMs: 5, modifiedMs: 5 }),
      )
      await closedWith(store(), person, { a: 1 }, 'whole-device')
      assert.deepEqual(await store().dataSet(before.id), before)
      assert.deepEqual(await store().dataSet(other.dataSet.id), other.dataSet)
    })

    test('[ST-169] a close and writes at the same time: what is acknowledged is visible, the rest refused', async () => {
      for (let round = 0; round < 10; round++) {
        const person = await aPerson(store(), pending)
        const writes = Array.from({ length: 20 }, (_, n) => n)
        const race = writes.map((value) => person.write([aRecord(`o${value}`, { value })]))
        race.splice(round * 2, 0, close(person.dataSet.id) as never)
        const outcomes = await Promise.allSettled(race)
        const written = outcomes.filter(({ status }) => status === 'fulfilled').length - 1
        assert.equal((await person.sees()).length, written)
      }
    })

    test('[ST-170] readers see a close whole or not at all', async () => {
      const person = await aPerson(store())
      const hashes = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`h${n}`, 1]))
      await closedWith(store(), person, hashes)
      const { id } = await store().createDataSet(aDataSet(person.user.id, pending))
      await person.write(
        Object.keys(hashes).map((hash) => aRecord('x', { ...keyless, hash, deviceId: 'pump', value: 2 })),
        id,
      )
      let closed = false
      const closing = close(id, 'equal-hashes').then(() => {
        closed = true
      })
      do {
        const seen = (await rowsOf(store(), { userId: person.user.id })).map(
          ({ json }) => JSON.parse(json).value,
        )
        assert.equal(seen.length, 500)
        assert.equal(new Set(seen).size, 1)
      } while (!closed)
      await closing
      assert.deepEqual(new Set(await person.values()), new Set([2]))
    })

    test('[ST-171] open normal data sets are listed by themselves (D12)', async () => {
      const person = await aPerson(store())
      const add = async (fields: Partial<DataSet>) =>
        (await store().createDataSet(aDataSet(person.user.id, { ...pending, ...fields }))).id
      const older = await add({ createdMs: 1 })
      const newer = await add({ createdMs: 2, clientName: 'app' })
      const gone = await add({ createdMs: 3, deletedMs: 4 })
      await closedWith(store(), person, {})
      const query = { userId: person.user.id, pending: true, offset: 0, limit: 10 }
      const ids = async (more: object) =>
        (await store().listDataSets({ ...query, includeDeleted: false, ...more })).map(({ id }) => id)
      assert.deepEqual(await ids({}), [newer, older])
      assert.deepEqual(await ids({ includeDeleted: true }), [gone, newer, older])
      assert.deepEqual(await ids({ clientName: 'app' }), [newer])
      assert.deepEqual(await ids({ offset: 1 }), [older])
    })
  })
}
