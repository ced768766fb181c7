import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../port.ts'
import { closedWith, LATER_MS, pending } from './closing-data-sets.ts'
import { aDataSet, aPerson, aRecord, NOW_MS, type Person, sharedStore } from './examples.ts'
import { refuses } from './writing.ts'

export function deletingDataSetsConforms(open: () => Promise<Store>): void {
  describe('deleting data sets', () => {
    const store = sharedStore(open)
    const remove = (dataSetId: string, nowMs = LATER_MS) => store().deleteDataSet({ dataSetId, nowMs })
    const values = async (person: Person) => (await person.values()).sort()

    test('[ST-190] all its rows are destroyed, and it stays with the time of its deletion', async () => {
      const person = await aPerson(store())
      const other = await store().createDataSet(aDataSet(person.user.id))
      await person.write([aRecord('o1'), aRecord('o2', { id: 'sent' }), aRecord('o3')])
      await person.remove({ by: 'origin', values: ['o3'], how: 'archive' })
      await person.write([aRecord('o1', { value: 7 })], other.id)
      const before = await person.changeSequence()
      await remove(person.dataSet.id)
      assert.deepEqual(await person.values(), [7])
      const deleted = { ...person.dataSet, deletedMs: LATER_MS, modifiedMs: LATER_MS }
      assert.deepEqual(await store().dataSet(person.dataSet.id), deleted)
      assert.equal(await person.changeSequence(), before + 4)
    })

    test('[ST-191] deleting again changes nothing; after a revival it deletes again', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1')])
      await remove(person.dataSet.id, 5)
      const before = await person.changeSequence()
      await remove(person.dataSet.id, 6)
      assert.equal(await person.changeSequence(), before)
      assert.equal((await store().dataSet(person.dataSet.id))?.deletedMs, 5)
      assert.equal((await person.write([aRecord('o1', { value: 2 })])).added, 1)
      assert.equal((await store().dataSet(person.dataSet.id))?.deletedMs, undefined)
      await remove(person.dataSet.id, 7)
      assert.equal((await store().dataSet(person.dataSet.id))?.deletedMs, 7)
      assert.deepEqual(await person.values(), [])
    })

    test('[ST-192] an open normal one goes without a trace; one that is not there refuses', async () => {
      const person = await aPerson(store(), pending)
      await person.write([aRecord('o1')])
      await remove(person.dataSet.id)
      assert.equal((await store().dataSet(person.dataSet.id))?.state, 'open')
      await refuses(person.write([aRecord('o1')]), 'data-set-not-found', person.dataSet.id)
      await refuses(remove('unknown'), 'data-set-not-found', 'unknown')
    })

    test('[ST-193] what it had hidden is visible again, with its ids, and takes change numbers', async () => {
      const person = await aPerson(store())
      await closedWith(store(), person, { a: 1, b: 2 })
      const seen = await person.sees()
      const newer = await closedWith(store(), person, { b: 3, c: 4 })
      const before = await person.changeSequence()
      await remove(newer)
      assert.deepEqual(
        (await person.sees()).sort((x, y) => (x.value ?? 0) - (y.value ?? 0)),
        seen,
      )
      // One row handed back, two destroyed, the data set marked.
      assert.equal(await person.changeSequence(), before + 4)
    })

    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 2, 0, 3],
      [2, 1, 3, 0],
      [1, 3, 2, 0],
      [2, 0, 3, 1],
    ]) {
      test(`[ST-194] of a chain the newest that is left shows, deleted in the order ${order.join()}`, async () => {
        const person = await aPerson(store())
        const chain: string[] = []
        for (let n = 0; n < 4; n++)
          chain.push(await closedWith(store(), person, { a: n, [`only${n}`]: 10 + n }))
        const left = new Set([0, 1, 2, 3])
        for (const n of order) {
          await remove(chain[n] ?? '')
          left.delete(n)
          const own = [...left].map((one) => 10 + one)
          assert.deepEqual(await values(person), (left.size > 0 ? [Math.max(...left), ...own] : []).sort())
        }
      })
    }

    test('[ST-195] several rows of one hash go and come back together', async () => {
      const person = await aPerson(store(), { ...pending, state: 'open' })
      const twice = [1, 2].map((value) => aRecord(`o${value}`, { hash: 'a', deviceId: 'pump', value }))
      await person.write(twice)
      await store().closeDataSet({ dataSetId: person.dataSet.id, nowMs: NOW_MS, supersedes: 'equal-hashes' })
      const second = await closedWith(store(), person, { a: 3 })
      const third = await closedWith(store(), person, { a: 4 })
      await remove(second)
      assert.deepEqual(await values(person), [4])
      await remove(third)
      assert.deepEqual(await values(person), [1, 2])
    })

    test('[ST-196] all data of a user: rows and data sets are gone, the account and its sequence stay', async () => {
      const [person, other] = [await aPerson(store()), await aPerson(store())]
      await closedWith(store(), person, { a: 1 })
      await closedWith(store(), person, { a: 2 })
      await person.write([aRecord('o1')])
      await other.write([aRecord('o1', { value: 3 })])
      const before = await person.changeSequence()
      await store().deleteUserData({ userId: person.user.id })
      assert.deepEqual(await person.sees(), [])
      assert.equal(await store().dataSet(person.dataSet.id), undefined)
      const all = { userId: person.user.id, includeDeleted: true, offset: 0, limit: 10 }
      assert.deepEqual(await store().listDataSets(all), [])
      assert.equal(await person.changeSequence(), before + 6)
      assert.deepEqual(await store().userById(person.user.id), person.user)
      assert.deepEqual(await values(other), [3])
      await refuses(person.write([aRecord('o1')]), 'data-set-not-found', person.dataSet.id)
      const fresh = await store().createDataSet(aDataSet(person.user.id))
      assert.equal((await person.write([aRecord('o1', { value: 4 })], fresh.id)).added, 1)
      assert.deepEqual(await values(person), [4])
    })

    test('[ST-197] nobody’s data, and those of an unknown user, are gone already', async () => {
      const person = await aPerson(store())
      await store().deleteUserData({ userId: person.user.id })
      const before = await person.changeSequence()
      await store().deleteUserData({ userId: person.user.id })
      await store().deleteUserData({ userId: 'unknown' })
      assert.equal(await person.changeSequence(), before)
    })

    test('[ST-198] withdrawn rows are destroyed when they are old enough, so many at a time; hidden ones stay', async () => {
      const person = await aPerson(store())
      await person.write(['o1', 'o2', 'o3', 'o4'].map((origin, n) => aRecord(origin, { value: n })))
      for (const [nowMs, origin] of [
        [10, 'o1'],
        [20, 'o2'],
        [30, 'o3'],
      ] as const) {
        const plan = { by: 'origin', values: [origin], how: 'archive' } as const
        await store().remove({ dataSetId: person.dataSet.id, nowMs, ...plan })
      }
      await closedWith(store(), person, { a: 8 })
      const newer = await closedWith(store(), person, { a: 9 })
      const before = await person.changeSequence()
      assert.equal(await store().destroyWithdrawn({ archivedBeforeMs: 10, limit: 9 }), 0)
      assert.equal(await store().destroyWithdrawn({ archivedBeforeMs: 30, limit: 1 }), 1)
      assert.equal(await store().destroyWithdrawn({ archivedBeforeMs: 30, limit: 9 }), 1)
      assert.equal(await person.changeSequence(), before + 2)
      const again = await person.write(['o1', 'o2', 'o3'].map((origin, n) => aRecord(origin, { value: n })))
      assert.deepEqual([again.added, again.replaced], [2, 1])
      assert.equal(await store().destroyWithdrawn({ archivedBeforeMs: Number.MAX_SAFE_INTEGER, limit: 9 }), 0)
      await remove(newer)
      assert.deepEqual(await values(person), [0, 1, 2, 3, 8])
    })
  })
}
