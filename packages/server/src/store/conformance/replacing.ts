import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PlannedRecord, Store } from '../port.ts'
import { aPerson, aRecord, contentKey, type Person, sharedStore } from './examples.ts'

/** A hash as the identity hashes are, and one that no SHA-256 gives. */
const hashes = ['c+ICG8ttGYgoydSM7bEFRqunNBCF4P88LN3mAKG/qFQ=', 'not-a-hash', '']

export function replacingConforms(open: () => Promise<Store>): void {
  describe('replacing', () => {
    const store = sharedStore(open)
    const withdraw = (person: Person) => person.remove({ by: 'origin', values: ['o1'], how: 'archive' })

    test('[ST-150] a row is recognised by a hash, which is no origin id and no content', async () => {
      const person = await aPerson(store())
      const records: PlannedRecord[] = hashes.map((hash, value) =>
        aRecord('x', { dedupKey: { kind: 'h', hash }, value }),
      )
      records.push(
        aRecord(hashes[0] ?? '', { value: 3 }),
        aRecord('x', { dedupKey: contentKey('a'), value: 4 }),
      )
      assert.equal((await person.write(records)).added, 5)
      assert.equal((await person.write(records)).unchanged, 5)
      assert.deepEqual(await person.values(), [0, 1, 2, 3, 4])
    })

    test('[ST-151] rows are removed by the hash that they are recognised by, and by one that they only have', async () => {
      const person = await aPerson(store())
      const hash = hashes[0] ?? ''
      await person.write([
        aRecord('o1', { dedupKey: { kind: 'h', hash }, value: 1 }),
        aRecord('o2', { hash, value: 2 }),
        aRecord('o3', { hash: 'other', value: 3 }),
        aRecord(hash, { value: 4 }),
      ])
      assert.equal((await person.remove({ by: 'hash', values: [hash], how: 'destroy' })).removed, 2)
      assert.deepEqual(await person.values(), [3, 4])
    })

    test('[ST-152] if-archived: a live row stays, an archived one is replaced', async () => {
      const person = await aPerson(store())
      const write = (value: number) => person.write([aRecord('o1', { value, replaces: 'if-archived' })])
      assert.equal((await write(1)).added, 1)
      const before = await person.changeSequence()
      assert.deepEqual(await write(2), { added: 0, replaced: 0, unchanged: 1, changeSequence: before })
      assert.deepEqual(await person.values(), [1])
      await withdraw(person)
      assert.equal((await write(3)).replaced, 1)
      assert.deepEqual(await person.values(), [3])
    })

    test('[ST-153] if-older: only a later origin time replaces, and any replaces none', async () => {
      const person = await aPerson(store())
      const write = async (value: number, originTime?: string) =>
        (
          await person.write([
            aRecord('o1', { value, replaces: 'if-older', ...(originTime !== undefined && { originTime }) }),
          ])
        ).replaced
      await write(1)
      assert.equal(await write(2), 0)
      assert.equal(await write(3, '2026-01-05'), 1)
      assert.equal(await write(4, '2026-01-04'), 0)
      assert.equal(await write(5, '2026-01-05'), 0)
      assert.equal(await write(6), 0)
      assert.equal(await write(7, '2026-01-06'), 1)
      assert.deepEqual(await person.values(), [7])
    })

    test('[ST-154] if-older: an archived row counts like a live one (H15)', async () => {
      const person = await aPerson(store())
      const write = (value: number, originTime: string) =>
        person.write([aRecord('o1', { value, originTime, replaces: 'if-older' })])
      await write(1, '2026-01-05')
      await withdraw(person)
      assert.equal((await write(2, '2026-01-04')).unchanged, 1)
      assert.equal((await write(1, '2026-01-05')).unchanged, 1)
      assert.deepEqual(await person.values(), [])
      assert.equal((await write(3, '2026-01-06')).replaced, 1)
      assert.deepEqual(await person.values(), [3])
    })

    test('[ST-155] what always replaces takes its own hash and origin time along, or none', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1', { value: 1, hash: 'a', originTime: '2030' })])
      await person.write([aRecord('o1', { value: 2 })])
      assert.equal((await person.remove({ by: 'hash', values: ['a'], how: 'archive' })).removed, 0)
      const later = aRecord('o1', { value: 3, hash: 'b', originTime: '2020', replaces: 'if-older' })
      assert.equal((await person.write([later])).replaced, 1)
      assert.equal((await person.remove({ by: 'hash', values: ['b'], how: 'archive' })).removed, 1)
    })
  })
}
