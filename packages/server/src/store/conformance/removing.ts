import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RemovePlan, Store } from '../port.ts'
import { aDataSet, aPerson, aRecord, contentKey, keyless, NOW_MS, sharedStore } from './examples.ts'
import { refuses } from './writing.ts'

const manners: readonly RemovePlan['how'][] = ['archive', 'destroy']

export function removingConforms(open: () => Promise<Store>): void {
  describe('removing', () => {
    const store = sharedStore(open)

    for (const how of manners) {
      test(`[ST-60] by id, made or sent, every row that has it goes (${how})`, async () => {
        const person = await aPerson(store())
        await person.write([
          aRecord('o1', { value: 1 }),
          aRecord('o2', { value: 2 }),
          aRecord('o3', { value: 3, id: 'sent' }),
          aRecord('o4', { value: 4, id: 'sent' }),
          aRecord('o5', { value: 5, id: 'other' }),
        ])
        const made = (await person.sees())[0]?.id ?? ''
        const before = await person.changeSequence()
        const count = await person.remove({ by: 'id', values: [made, 'sent'], how })
        assert.deepEqual(count, { removed: 3, changeSequence: before + 3 })
        assert.equal(await person.changeSequence(), before + 3)
        assert.deepEqual(await person.values(), [2, 5])
      })

      test(`[ST-61] by origin, what is recognised by it and what only has it goes (${how})`, async () => {
        const person = await aPerson(store())
        const uuid = '0D1E2F3A-4B5C-4D6E-8F70-8192A3B4C5D6'
        await person.write([
          aRecord(uuid, { value: 1, originId: uuid }),
          aRecord('x', { value: 2, ...keyless, originId: uuid }),
          aRecord('x', { value: 3, dedupKey: contentKey('a'), originId: uuid }),
          aRecord(uuid.toLowerCase(), { value: 4 }),
          aRecord('x', { value: 5, ...keyless }),
        ])
        assert.equal((await person.remove({ by: 'origin', values: [uuid], how })).removed, 3)
        assert.deepEqual(await person.values(), [4, 5])
      })

      test(`[ST-62] values that name nothing, or come twice, are passed over (${how})`, async () => {
        const person = await aPerson(store())
        await person.write([aRecord('o1', { value: 1 }), aRecord('o2', { value: 2 })])
        const before = await person.changeSequence()
        const nothing = { removed: 0, changeSequence: before }
        for (const by of ['id', 'origin', 'hash'] as const) {
          for (const values of [[], ['never', '0'.repeat(32), '\ud800', '']]) {
            assert.deepEqual(await person.remove({ by, values, how }), nothing)
          }
        }
        assert.equal((await person.remove({ by: 'origin', values: ['o1', 'o1'], how })).removed, 1)
        assert.deepEqual(await person.values(), [2])
      })

      test(`[ST-63] only within the data set that is named (${how})`, async () => {
        const person = await aPerson(store())
        const other = await store().createDataSet(aDataSet(person.user.id))
        await person.write([aRecord('o1', { value: 1, id: 'same' }), aRecord('o2', { value: 2 })])
        await person.write([aRecord('o1', { value: 3, id: 'same' }), aRecord('o2', { value: 4 })], other.id)
        const made = (await person.sees({ dataSetId: other.id }))[1]?.id ?? ''
        assert.equal((await person.remove({ by: 'id', values: [made], how })).removed, 0)
        assert.equal((await person.remove({ by: 'id', values: ['same'], how })).removed, 1)
        assert.equal((await person.remove({ by: 'origin', values: ['o2'], how })).removed, 1)
        assert.deepEqual(await person.values(), [3, 4])
      })

      test(`[ST-64] a hundred thousand values are one removal (${how})`, async () => {
        const person = await aPerson(store())
        await person.write(Array.from({ length: 3000 }, (_, value) => aRecord(`o${value}`, { value })))
        const before = await person.changeSequence()
        const values = Array.from({ length: 100_000 }, (_, n) => `o${2 * n}`)
        const count = await person.remove({ by: 'origin', values, how })
        assert.deepEqual(count, { removed: 1500, changeSequence: before + 1500 })
        for (const by of ['id', 'hash'] as const) {
          assert.equal((await person.remove({ by, values, how })).removed, 0)
        }
        assert.deepEqual(
          await person.values(),
          Array.from({ length: 1500 }, (_, n) => 2 * n + 1),
        )
      })

      test(`[ST-65] a data set that is not there or is closed refuses; a deleted one stays deleted (${how})`, async () => {
        const person = await aPerson(store())
        const closed = await store().createDataSet(aDataSet(person.user.id, { state: 'closed' }))
        const deleted = await store().createDataSet(aDataSet(person.user.id, { deletedMs: NOW_MS }))
        const plan = { by: 'origin', values: ['o1'], how } as const
        await refuses(person.remove(plan, 'unknown'), 'data-set-not-found', 'unknown')
        await refuses(person.remove(plan, closed.id), 'data-set-closed', closed.id)
        assert.equal((await person.remove(plan, deleted.id)).removed, 0)
        assert.equal((await store().dataSet(deleted.id))?.deletedMs, NOW_MS)
      })
    }

    test('[ST-66] an archived row is archived once', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1')])
      const plan = { by: 'origin', values: ['o1'], how: 'archive' } as const
      const { changeSequence } = await person.remove(plan)
      assert.deepEqual(await person.remove(plan), { removed: 0, changeSequence })
    })

    test('[ST-67] an archived row can be destroyed; what comes after is a new row with a new id', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1')])
      const [before] = await person.sees()
      await person.remove({ by: 'origin', values: ['o1'], how: 'archive' })
      assert.equal((await person.remove({ by: 'origin', values: ['o1'], how: 'destroy' })).removed, 1)
      assert.equal((await person.write([aRecord('o1')])).added, 1)
      const [after] = await person.sees()
      assert.notEqual(after?.id, before?.id)
    })

    test('[ST-68] an id that was made no longer names the row that a client has since given another', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1')])
      const made = (await person.sees())[0]?.id ?? ''
      await person.write([aRecord('o1', { id: 'sent' })])
      for (const how of manners) {
        assert.equal((await person.remove({ by: 'id', values: [made], how })).removed, 0)
      }
      // A client may also send it for another row.
      await person.write([aRecord('o2', { id: made, value: 2 })])
      assert.equal((await person.remove({ by: 'id', values: [made], how: 'destroy' })).removed, 1)
      assert.deepEqual(
        (await person.sees()).map(({ id }) => id),
        ['sent'],
      )
    })

    test('[ST-69] writes and removals at the same time give every number once', async () => {
      const person = await aPerson(store())
      const values = Array.from({ length: 30 }, (_, n) => `o${n}`)
      const outcomes = await Promise.all(
        values.flatMap((value, n) => [
          person.write([aRecord(value, { value: n })]),
          person.remove({ by: 'origin', values: [value], how: n % 2 === 0 ? 'archive' : 'destroy' }),
        ]),
      )
      assert.deepEqual(
        outcomes.map(({ changeSequence }) => changeSequence).sort((a, b) => a - b),
        outcomes.map((_, n) => n + 2),
      )
      assert.deepEqual(await person.sees(), [])
    })
  })
}
