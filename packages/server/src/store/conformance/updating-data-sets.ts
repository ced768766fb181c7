import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../port.ts'
import { aDataSet, aPerson, aRecord, sharedStore } from './examples.ts'
import { refuses } from './writing.ts'

export function updatingDataSetsConforms(open: () => Promise<Store>): void {
  describe('updating data sets', () => {
    const store = sharedStore(open)

    test('[ST-180] the fields that are named change, the others stay, and it takes a change number', async () => {
      const fields = JSON.parse('{"timezone":"UTC","client":{"private":{"__proto__":1}}}')
      const person = await aPerson(store(), { deviceId: 'pump', fields: { ...fields, deviceId: 'pump' } })
      const before = await person.changeSequence()
      const { dataSet } = person
      const changed = { timezone: 'Europe/Prague', deviceId: 'half \ud800' }
      const updated = await store().updateDataSet({
        dataSetId: dataSet.id,
        nowMs: 9,
        close: false,
        fields: changed,
      })
      const expected = {
        ...dataSet,
        deviceId: 'half \ud800',
        modifiedMs: 9,
        fields: { ...dataSet.fields, ...changed },
      }
      assert.deepEqual(updated, expected)
      assert.deepEqual(await store().dataSet(dataSet.id), expected)
      assert.equal(await person.changeSequence(), before + 1)
      const query = { userId: person.user.id, includeDeleted: false, offset: 0, limit: 9 }
      assert.deepEqual(await store().listDataSets({ ...query, deviceId: 'half \ud800' }), [expected])
      assert.deepEqual(await store().listDataSets({ ...query, deviceId: 'pump' }), [])
    })

    test('[ST-181] closing keeps the data visible and takes no more', async () => {
      const person = await aPerson(store())
      const { id } = person.dataSet
      await person.write([aRecord('o1', { value: 1 })])
      const { state } = await store().updateDataSet({ dataSetId: id, nowMs: 9, close: true, fields: {} })
      assert.equal(state, 'closed')
      assert.deepEqual(await person.values(), [1])
      await refuses(person.write([aRecord('o2')]), 'data-set-closed', id)
      const again = store().updateDataSet({ dataSetId: id, nowMs: 10, close: false, fields: {} })
      await refuses(again, 'data-set-closed', id)
    })

    test('[ST-182] one that is not there refuses; a deleted one stays deleted; a normal one is not for this', async () => {
      const person = await aPerson(store(), { deletedMs: 5 })
      const update = (dataSetId: string) =>
        store().updateDataSet({ dataSetId, nowMs: 9, close: false, fields: {} })
      await refuses(update('unknown'), 'data-set-not-found', 'unknown')
      assert.equal((await update(person.dataSet.id)).deletedMs, 5)
      const normal = await store().createDataSet(
        aDataSet(person.user.id, { dataSetType: 'normal', active: false }),
      )
      await assert.rejects(update(normal.id))
      assert.deepEqual(await store().dataSet(normal.id), normal)
    })

    test('[ST-183] a data set that was changed is no answer to an equal create (D14)', async () => {
      const person = await aPerson(store())
      await store().updateDataSet({ dataSetId: person.dataSet.id, nowMs: 9, close: false, fields: {} })
      const wanted = aDataSet(person.user.id)
      assert.equal((await store().createDataSet(wanted, { reuseCreatedSinceMs: 0 })).id, wanted.id)
    })
  })
}
