import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../port.ts'
import { aDataSet, aPerson, aRecord, NOW_MS, type Person, sharedStore } from './examples.ts'

const HOUR_MS = 3_600_000

export function summariesConform(open: () => Promise<Store>): void {
  describe('summaries', () => {
    const store = sharedStore(open)
    const hour = (n: number) => Math.floor(NOW_MS / HOUR_MS) * HOUR_MS + n * HOUR_MS
    const marks = async ({ user }: Person) =>
      (await store().summaryMarks(user.id))
        .map(({ type, hourMs, reason }) => `${type} ${(hourMs - hour(0)) / HOUR_MS} ${reason}`)
        .sort()
    const settle = async ({ user }: Person) => {
      const changeSequence = await store().changeSequence(user.id)
      const plan = { userId: user.id, changeSequence, marksBeforeMs: Number.MAX_SAFE_INTEGER, kinds: [] }
      assert.equal(await store().saveSummaries(plan), 'saved')
    }

    test('[ST-205] a write marks the hours of its records of sensors and meters, once, and of no others', async () => {
      const person = await aPerson(store())
      await person.write([
        aRecord('a', { timeMs: hour(1) }),
        aRecord('b', { timeMs: hour(1) + 5 }),
        aRecord('c', { timeMs: hour(2), type: 'smbg' }),
        aRecord('d', { timeMs: hour(3), type: 'food' }),
        aRecord('e', { timeMs: -1 }),
      ])
      const before1970 = (Math.floor(-1 / HOUR_MS) * HOUR_MS - hour(0)) / HOUR_MS
      const expected = ['cbg 1 DATA_ADDED', 'smbg 2 DATA_ADDED', `cbg ${before1970} DATA_ADDED`]
      assert.deepEqual(await marks(person), expected.sort())
      assert.ok((await store().summaryMarks(person.user.id)).every(({ sinceMs }) => sinceMs === NOW_MS))
      await settle(person)
      // What changes nothing marks nothing.
      await person.write([aRecord('a', { timeMs: hour(1) })])
      assert.deepEqual(await marks(person), [])
    })

    test('[ST-206] a row that is replaced marks where it was too, also as what it was', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('a', { timeMs: hour(1) }), aRecord('b', { timeMs: hour(5) })])
      await settle(person)
      await person.write([aRecord('a', { timeMs: hour(2), value: 7 })])
      assert.deepEqual(await marks(person), ['cbg 1 DATA_ADDED', 'cbg 2 DATA_ADDED'])
      await settle(person)
      await person.write([aRecord('b', { timeMs: hour(6), type: 'food' })])
      assert.deepEqual(await marks(person), ['cbg 5 DATA_ADDED'])
    })

    test('[ST-207] what is taken out, by selector or with its data set, marks where it was', async () => {
      const person = await aPerson(store())
      const records = [1, 2, 3].map((n) => aRecord(`o${n}`, { timeMs: hour(n) }))
      await person.write(records)
      await settle(person)
      await person.remove({ by: 'origin', values: ['o1'], how: 'archive' })
      await person.remove({ by: 'origin', values: ['o1', 'o2'], how: 'destroy' })
      assert.deepEqual(await marks(person), ['cbg 1 DATA_REMOVED', 'cbg 2 DATA_REMOVED'])
      await settle(person)
      await store().deleteDataSet({ dataSetId: person.dataSet.id, nowMs: NOW_MS })
      assert.deepEqual(await marks(person), ['cbg 3 DATA_REMOVED'])
    })

    test('[ST-208] an open normal data set marks nothing, its close each of its hours, and each type now', async () => {
      const person = await aPerson(store())
      const normal = { dataSetType: 'normal', active: false } as const
      const dataSet = await store().createDataSet(aDataSet(person.user.id, normal))
      await person.write([aRecord('a', { timeMs: hour(-3) })], dataSet.id)
      assert.deepEqual(await marks(person), [])
      await store().closeDataSet({ dataSetId: dataSet.id, nowMs: NOW_MS, supersedes: 'nothing' })
      const reason = 'UPLOAD_COMPLETED'
      assert.deepEqual(await marks(person), [`cbg -3 ${reason}`, `cbg 0 ${reason}`, `smbg 0 ${reason}`])
    })

    test('[ST-209] summaries are saved only if nothing has changed since they were made; hours outside go', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('a', { timeMs: hour(1) })])
      const userId = person.user.id
      const changeSequence = await store().changeSequence(userId)
      const summary = { newestHourMs: hour(1), json: '{"a":1}' }
      const hours = [-5, 0, 1].map((n) => ({ hourMs: hour(n), json: `{"n":${n}}` }))
      const plan = {
        userId,
        marksBeforeMs: hour(2),
        kinds: [{ kind: 'cgm', summary, hours, fromMs: hour(0) }],
      } as const
      await person.write([aRecord('b', { timeMs: hour(2) })])
      assert.equal(await store().saveSummaries({ ...plan, changeSequence }), 'changed-meanwhile')
      assert.equal(await store().summary(userId, 'cgm'), undefined)
      assert.equal(await store().saveSummaries({ ...plan, changeSequence: changeSequence + 1 }), 'saved')
      assert.deepEqual({ ...(await store().summary(userId, 'cgm')) }, summary)
      const kept = (await store().summaryHours(userId, 'cgm')).map((one) => ({ ...one }))
      assert.deepEqual(kept, hours.slice(1))
      // Of an hour that was not settled the mark stays.
      assert.deepEqual(await marks(person), ['cbg 2 DATA_ADDED'])
      assert.equal(
        await store().saveSummaries({ ...plan, userId: 'unknown', changeSequence: 0 }),
        'unknown-user',
      )
      const gone = { kind: 'cgm', summary: undefined, hours: [], fromMs: 0 } as const
      await store().saveSummaries({ ...plan, changeSequence: changeSequence + 1, kinds: [gone] })
      assert.equal(await store().summary(userId, 'cgm'), undefined)
      assert.deepEqual(await store().summaryHours(userId, 'cgm'), [])
    })

    test('[ST-210] who waits longest comes first; nothing is left of who is gone', async () => {
      const [late, early] = [await aPerson(store()), await aPerson(store())]
      const write = (person: Person, nowMs: number) =>
        store().write({ dataSetId: person.dataSet.id, nowMs, records: [aRecord('a', { timeMs: hour(1) })] })
      await write(late, 2000)
      await write(early, 1000)
      const query = { beforeMs: hour(2), limit: 10 }
      const ids = [early.user.id, late.user.id]
      const first = async () => (await store().usersToSummarise(query)).slice(0, 2)
      assert.deepEqual(await first(), ids)
      const before = await store().usersToSummarise({ ...query, beforeMs: hour(1) })
      assert.ok(before.every((id) => !ids.includes(id)))
      const page = { types: ['cbg'], fromMs: hour(0), toMs: hour(1), offset: 0, limit: 2 } as const
      const users = (await store().outdatedUsers(page)).map((one) => ({ ...one }))
      assert.deepEqual(
        users,
        ids.map((userId, n) => ({ userId, sinceMs: 1000 * (n + 1) })),
      )
      const others = await store().outdatedUsers({ ...page, types: ['smbg'], limit: 1000 })
      assert.ok(others.every(({ userId }) => !ids.includes(userId)))
      await store().deleteUserData({ userId: early.user.id })
      await store().deleteUser(late.user.id)
      assert.deepEqual([await marks(early), await marks(late)], [[], []])
    })
  })
}
