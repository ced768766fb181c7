import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../port.ts'
import { aPerson, aRecord, rowsOf } from './examples.ts'

export function closingConforms(open: () => Promise<Store>): void {
  describe('closing', () => {
    test('[ST-95] what was asked for before is still carried out', async (t) => {
      const store = await open()
      t.after(() => store.close())
      const person = await aPerson(store)
      const writes = Array.from({ length: 50 }, (_, n) => person.write([aRecord(`o${n}`)]))
      const closed = store.close()
      // An engine that works elsewhere has time to close before this thread hands over what it still holds.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
      await closed
      const counts = await Promise.all(writes)
      assert.deepEqual(
        counts.map(({ added }) => added),
        writes.map(() => 1),
      )
    })

    test('[ST-96] a closed store refuses every verb and may be closed again', async (t) => {
      const store = await open()
      t.after(() => store.close())
      const person = await aPerson(store)
      await person.write(Array.from({ length: 1000 }, (_, n) => aRecord(`o${n}`)))
      const unfinished = store.read({ userId: person.user.id })[Symbol.asyncIterator]()
      await unfinished.next()
      await store.close()
      await store.close()
      await assert.rejects(async () => {
        while (!(await unfinished.next()).done);
      })
      await assert.rejects(person.write([aRecord('o1')]))
      await assert.rejects(store.dataSet(person.dataSet.id))
      await assert.rejects(rowsOf(store, { userId: person.user.id }))
    })
  })
}
