import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DataSet, DataSetQuery, Store } from '../port.ts'
import { aDataSet, aPerson, aRecord, aUser, NOW_MS, sharedStore } from './examples.ts'

export function dataSetsConform(open: () => Promise<Store>): void {
  describe('data sets', () => {
    const store = sharedStore(open)

    async function somebody(): Promise<string> {
      const user = aUser()
      await store().createUser(user, { onlyIfFirst: false })
      return user.id
    }

    async function listed(userId: string, query: Partial<DataSetQuery> = {}): Promise<string[]> {
      const all = { userId, includeDeleted: false, offset: 0, limit: 100 }
      return (await store().listDataSets({ ...all, ...query })).map(({ id }) => id)
    }

    test('[ST-20] a data set is found by id with all that it was given, also a hidden or deleted one', async () => {
      const userId = await somebody()
      const fields = JSON.parse(`{
        "client": { "name": "org.example.app", "private": { "__proto__": 1, "": null, "$set": [], "big": 9007199254740993 } },
        "deviceTags": ["cgm"], "text": "\\ud800 \\u0000 ü 𝄞"
      }`)
      const dataSets: DataSet[] = [
        aDataSet(userId),
        aDataSet(userId, {
          clientName: 'org.example.app',
          deviceId: 'half \ud800',
          createdUserId: userId,
          fields,
        }),
        aDataSet(userId, { active: false, dataSetType: 'normal', modifiedMs: NOW_MS + 5 }),
        aDataSet(userId, { state: 'closed', deletedMs: NOW_MS + 9, fingerprint: 'two' }),
      ]
      for (const dataSet of dataSets) {
        assert.deepEqual(await store().createDataSet(dataSet), dataSet)
        assert.deepEqual(await store().dataSet(dataSet.id), dataSet)
      }
      assert.equal(await store().dataSet('unknown'), undefined)
    })

    test('[ST-21] the list has the active ones of that user, newest first, of one time the greatest id first', async () => {
      const userId = await somebody()
      const [a, b, c] = ['a', 'b', 'c'].map((letter) => userId + letter) as [string, string, string]
      await store().createDataSet(aDataSet(userId, { id: a }))
      await store().createDataSet(aDataSet(userId, { id: c }))
      await store().createDataSet(aDataSet(userId, { id: b }))
      const newer = await store().createDataSet(aDataSet(userId, { createdMs: NOW_MS + 1 }))
      const older = await store().createDataSet(aDataSet(userId, { createdMs: NOW_MS - 1 }))
      await store().createDataSet(aDataSet(userId, { active: false }))
      await store().createDataSet(aDataSet(await somebody()))
      assert.deepEqual(await listed(userId), [newer.id, c, b, a, older.id])
    })

    test('[ST-22] the list is narrowed by client name and by device id', async () => {
      const userId = await somebody()
      const add = async (fields: Partial<DataSet>) =>
        (await store().createDataSet(aDataSet(userId, fields))).id
      const plain = await add({ createdMs: 1 })
      const app = await add({ createdMs: 2, clientName: 'org.example.app' })
      const pump = await add({ createdMs: 3, deviceId: 'pump' })
      const both = await add({ createdMs: 4, clientName: 'org.example.app', deviceId: 'pump' })
      const odd = await add({ createdMs: 5, clientName: '\ud800' })
      assert.deepEqual(await listed(userId), [odd, both, pump, app, plain])
      assert.deepEqual(await listed(userId, { clientName: 'org.example.app' }), [both, app])
      assert.deepEqual(await listed(userId, { deviceId: 'pump' }), [both, pump])
      assert.deepEqual(await listed(userId, { clientName: 'org.example.app', deviceId: 'pump' }), [both])
      assert.deepEqual(await listed(userId, { clientName: '\ud800' }), [odd])
      assert.deepEqual(await listed(userId, { clientName: '\udfff' }), [])
      assert.deepEqual(await listed(userId, { clientName: 'org.example' }), [])
    })

    test('[ST-23] deleted ones are listed only when they are asked for, beside the live ones', async () => {
      const userId = await somebody()
      const live = await store().createDataSet(aDataSet(userId))
      const deleted = await store().createDataSet(aDataSet(userId, { createdMs: 1, deletedMs: NOW_MS }))
      assert.deepEqual(await listed(userId), [live.id])
      assert.deepEqual(await listed(userId, { includeDeleted: true }), [live.id, deleted.id])
    })

    test('[ST-24] the list comes in pages', async () => {
      const userId = await somebody()
      const ids: string[] = []
      for (const createdMs of [5, 4, 3, 2, 1]) {
        ids.push((await store().createDataSet(aDataSet(userId, { createdMs }))).id)
      }
      assert.deepEqual(await listed(userId, { limit: 2 }), ids.slice(0, 2))
      assert.deepEqual(await listed(userId, { limit: 2, offset: 2 }), ids.slice(2, 4))
      assert.deepEqual(await listed(userId, { limit: 2, offset: 4 }), ids.slice(4))
      assert.deepEqual(await listed(userId, { limit: 2, offset: 6 }), [])
    })

    const since = { reuseCreatedSinceMs: NOW_MS - 60_000 }

    test('[ST-25] an equal create soon after answers the first data set and writes nothing (D14)', async () => {
      const userId = await somebody()
      const first = await store().createDataSet(aDataSet(userId, { fields: { time: 'then' } }), since)
      const sequence = await store().changeSequence(userId)
      const again = await store().createDataSet(aDataSet(userId, { createdMs: NOW_MS + 5 }), since)
      assert.deepEqual(again, first)
      assert.deepEqual(await listed(userId), [first.id])
      assert.equal(await store().changeSequence(userId), sequence)
    })

    test('[ST-26] a data set that is too old, different, deleted, closed or not empty is not used again', async () => {
      const cases: Record<string, Partial<DataSet>> = {
        'too old': { createdMs: since.reuseCreatedSinceMs - 1 },
        different: { fingerprint: 'two' },
        deleted: { deletedMs: NOW_MS },
        closed: { state: 'closed' },
      }
      for (const [name, fields] of Object.entries(cases)) {
        const userId = await somebody()
        await store().createDataSet(aDataSet(userId, fields))
        const wanted = aDataSet(userId)
        assert.deepEqual(await store().createDataSet(wanted, since), wanted, name)
      }
      const person = await aPerson(store())
      await person.write([aRecord('o1')])
      await person.remove({ by: 'origin', values: ['o1'], how: 'archive' })
      const wanted = aDataSet(person.user.id)
      assert.deepEqual(await store().createDataSet(wanted, since), wanted, 'not empty')
    })

    test('[ST-27] a data set as old as the limit is used again; without a limit none is, nor one of another', async () => {
      const userId = await somebody()
      const first = await store().createDataSet(aDataSet(userId, { createdMs: since.reuseCreatedSinceMs }))
      assert.equal((await store().createDataSet(aDataSet(userId), since)).id, first.id)
      const second = aDataSet(userId)
      assert.equal((await store().createDataSet(second)).id, second.id)
      const another = aDataSet(await somebody())
      assert.equal((await store().createDataSet(another, since)).id, another.id)
    })

    test('[ST-28] equal creates at the same time end in one data set', async () => {
      const userId = await somebody()
      const made = await Promise.all(
        Array.from({ length: 20 }, () => store().createDataSet(aDataSet(userId), since)),
      )
      assert.equal(new Set(made.map(({ id }) => id)).size, 1)
      assert.equal((await listed(userId)).length, 1)
    })

    test('[ST-29] a data set that is added takes one change number of its user', async () => {
      const userId = await somebody()
      assert.equal(await store().changeSequence(userId), 0)
      await store().createDataSet(aDataSet(userId))
      await store().createDataSet(aDataSet(userId))
      assert.equal(await store().changeSequence(userId), 2)
    })
  })
}
