import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type PlannedRecord, type Store, StoreRefusal } from '../port.ts'
import {
  aDataSet,
  aPerson,
  aRecord,
  contentKey,
  keyless,
  MINUTE_MS,
  NOW_MS,
  sharedStore,
} from './examples.ts'

export function writingConforms(open: () => Promise<Store>): void {
  describe('writing', () => {
    const store = sharedStore(open)

    test('[ST-40] records are added, each with an id of its own and the id of the data set', async () => {
      const person = await aPerson(store())
      const before = await person.changeSequence()
      const count = await person.write([aRecord('o1', { value: 1 }), aRecord('o2', { value: 2 })])
      assert.deepEqual(count, { added: 2, replaced: 0, unchanged: 0, changeSequence: before + 2 })
      const seen = await person.sees()
      assert.deepEqual(
        seen.map(({ id: _, ...rest }) => rest),
        [1, 2].map((n) => ({
          uploadId: person.dataSet.id,
          type: 'cbg',
          origin: { id: `o${n}` },
          value: n,
        })),
      )
      for (const { id } of seen) assert.match(id, /^[0-9a-z]{32}$/)
      assert.equal(new Set(seen.map(({ id }) => id)).size, 2)
    })

    test('[ST-41] a record with a key that is there replaces the row, in every field, and the id stays (D17)', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1', { value: 1 })])
      const [before] = await person.sees()
      const moved = {
        type: 'smbg',
        subType: 'manual',
        deviceId: 'meter',
        originId: 'new',
        timeMs: NOW_MS + MINUTE_MS,
        value: 2,
      }
      const count = await person.write([aRecord('o1', moved)])
      assert.equal(count.replaced, 1)
      const query = { types: ['smbg'], subTypes: ['manual'], deviceId: 'meter', fromMs: NOW_MS + 1 }
      const [after, ...others] = await person.sees(query)
      assert.equal(after?.value, 2)
      assert.equal(after?.id, before?.id)
      assert.deepEqual(others, [])
      assert.equal((await person.sees()).length, 1)
      assert.equal((await person.remove({ by: 'origin', values: ['new'], how: 'archive' })).removed, 1)
    })

    test('[ST-42] the id that a client sends counts, and stays when it sends none later', async () => {
      const person = await aPerson(store())
      const id = async () => (await person.sees())[0]?.id
      await person.write([aRecord('o1', { id: 'clientgaveitfirst' })])
      assert.equal(await id(), 'clientgaveitfirst')
      await person.write([aRecord('o1', { value: 2 })])
      assert.equal(await id(), 'clientgaveitfirst')
      assert.equal((await person.write([aRecord('o1', { value: 2, id: 'another' })])).replaced, 1)
      assert.equal(await id(), 'another')
    })

    test('[ST-43] one that would change nothing is left alone and takes no change number', async () => {
      const person = await aPerson(store())
      await person.write([
        aRecord('o1'),
        aRecord('o2', { id: 'client' }),
        aRecord('o3', { sentUnits: 'mg/dL' }),
      ])
      const [first] = await person.sees()
      assert.ok(first)
      const before = await person.changeSequence()
      const count = await person.write([
        // The id that the store made, sent back to it.
        aRecord('o1', { id: first.id }),
        aRecord('o2', { id: 'client' }),
        aRecord('o3', { sentUnits: 'mg/dL' }),
      ])
      assert.deepEqual(count, { added: 0, replaced: 0, unchanged: 3, changeSequence: before })
      assert.equal((await person.write([aRecord('o2')])).unchanged, 1)
      assert.equal(await person.changeSequence(), before)
      assert.deepEqual((await person.sees())[0], first)
    })

    test('[ST-44] another body, another id or other sent units are a change', async () => {
      const person = await aPerson(store())
      const versions: PlannedRecord[] = [
        aRecord('o1', { value: 1 }),
        aRecord('o1', { value: 2 }),
        aRecord('o1', { value: 2, sentUnits: 'mg/dL' }),
        aRecord('o1', { value: 2 }),
        aRecord('o1', { value: 2, id: 'client' }),
        aRecord('o1', { value: 2, id: 'another' }),
      ]
      for (const [n, record] of versions.entries()) {
        const { added, replaced, changeSequence } = await person.write([record])
        assert.deepEqual({ added, replaced }, n === 0 ? { added: 1, replaced: 0 } : { added: 0, replaced: 1 })
        // The data set took number 1.
        assert.equal(changeSequence, n + 2)
      }
      assert.equal((await person.sees()).length, 1)
    })

    test('[ST-45] keys differ by kind and by every character', async () => {
      const person = await aPerson(store())
      const uuid = 'd3b07384-d113-4ec6-a7d5-0123456789ab'
      const hash = '0123456789abcdef'.repeat(4)
      const origins = [
        uuid,
        uuid.toUpperCase(),
        uuid.replaceAll('-', ''),
        uuid.replaceAll('-', '').toUpperCase(),
        `${uuid.slice(0, 35)}B`,
        'd3b07384d-113-4ec6-a7d5-0123456789ab',
        hash,
        'null',
        ' ',
        'a',
        'a ',
        'a\u0000',
        'a\u0000b',
        '\ud800',
        '\udc00',
        '\ufffd',
        'ü',
        'u\u0308',
        '0',
        '00',
        '1e3',
        '1000',
      ]
      const records = origins.map((originId, value) => aRecord(originId, { value }))
      records.push(
        aRecord('content', { dedupKey: { kind: 'c', contentSha256: hash }, value: origins.length }),
      )
      assert.equal((await person.write(records)).added, records.length)
      assert.equal((await person.write(records)).unchanged, records.length)
      assert.deepEqual(await person.values(), [...records.keys()])
    })

    test('[ST-46] a key counts within its data set only', async () => {
      const person = await aPerson(store())
      const other = await store().createDataSet(aDataSet(person.user.id))
      await person.write([aRecord('o1', { value: 1 })])
      assert.equal((await person.write([aRecord('o1', { value: 2 })], other.id)).added, 1)
      assert.deepEqual(await person.values(), [1, 2])
    })

    test('[ST-47] records without a key are added every time', async () => {
      const person = await aPerson(store())
      const record = aRecord('o1', keyless)
      assert.equal((await person.write([record, record])).added, 2)
      assert.equal((await person.write([record])).added, 1)
      assert.equal(new Set((await person.sees()).map(({ id }) => id)).size, 3)
    })

    test('[ST-48] a record for an archived row makes it live again, with its id', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1'), aRecord('o2', { dedupKey: contentKey('a'), id: 'client' })])
      const seen = await person.sees()
      await person.remove({ by: 'id', values: seen.map(({ id }) => id), how: 'archive' })
      assert.deepEqual(await person.sees(), [])
      const before = await person.changeSequence()
      const count = await person.write([aRecord('o1'), aRecord('o2', { dedupKey: contentKey('a') })])
      assert.deepEqual(count, { added: 0, replaced: 2, unchanged: 0, changeSequence: before + 2 })
      assert.deepEqual(await person.sees(), seen)
    })

    test('[ST-49] data revive a deleted open continuous data set, which takes a change number (D2)', async () => {
      const person = await aPerson(store(), { deletedMs: NOW_MS - 1, modifiedMs: NOW_MS - 1 })
      const before = await person.changeSequence()
      await person.write([])
      assert.equal((await store().dataSet(person.dataSet.id))?.deletedMs, NOW_MS - 1)
      assert.equal((await person.write([aRecord('o1')])).changeSequence, before + 2)
      const { deletedMs: _, ...live } = person.dataSet
      assert.deepEqual(await store().dataSet(person.dataSet.id), { ...live, modifiedMs: NOW_MS })
      assert.equal((await person.sees()).length, 1)
    })

    test('[ST-50] a data set that is not there or is closed refuses, whatever the plan, and stores nothing', async () => {
      const person = await aPerson(store())
      const closed = await store().createDataSet(aDataSet(person.user.id, { state: 'closed' }))
      const gone = await store().createDataSet(
        aDataSet(person.user.id, { dataSetType: 'normal', deletedMs: NOW_MS }),
      )
      const before = await person.changeSequence()
      for (const records of [[], [aRecord('o1')]]) {
        await refuses(person.write(records, 'unknown'), 'data-set-not-found', 'unknown')
        await refuses(person.write(records, closed.id), 'data-set-closed', closed.id)
        // D3
        await refuses(person.write(records, gone.id), 'data-set-not-found', gone.id)
      }
      assert.deepEqual(await person.sees(), [])
      assert.equal(await person.changeSequence(), before)
    })

    /** Passes the types but not a database: every engine fails at it in the middle of the plan. */
    const impossible = aRecord('o2', { timeMs: Number.NaN, type: 'neverSeenBefore' })

    test('[ST-51] a plan that fails at one record leaves nothing of the others', async () => {
      const person = await aPerson(store())
      await person.write([aRecord('o1', { value: 1 })])
      const before = await person.changeSequence()
      await assert.rejects(
        person.write([aRecord('o1', { value: 2 }), impossible, aRecord('o3', { value: 3 })]),
      )
      assert.deepEqual(await person.values(), [1])
      assert.equal(await person.changeSequence(), before)
      assert.equal((await person.write([aRecord('o2', { type: 'neverSeenBefore', value: 4 })])).added, 1)
      assert.deepEqual(await person.values(), [1, 4])
    })

    test('[ST-52] plans that are written at the same time fail or succeed each for itself', async () => {
      const person = await aPerson(store())
      const plans = Array.from({ length: 40 }, (_, n) => {
        const good = aRecord(`good ${n}`, { value: n })
        if (n % 4 === 1) return person.write([good, impossible])
        if (n % 4 === 3) return person.write([good], 'unknown')
        return person.write([good])
      })
      const outcomes = await Promise.allSettled(plans)
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        plans.map((_, n) => (n % 2 === 0 ? 'fulfilled' : 'rejected')),
      )
      const expected = [...plans.keys()].filter((n) => n % 2 === 0)
      assert.deepEqual(await person.values(), expected)
      assert.equal(await person.changeSequence(), 1 + expected.length)
    })

    test('[ST-53] fifty writes of the same keys at once end as if one came after another', async () => {
      const person = await aPerson(store())
      const KEYS = 20
      const WRITES = 50
      const counts = await Promise.all(
        Array.from({ length: WRITES }, (_, value) =>
          person.write(Array.from({ length: KEYS }, (_, n) => aRecord(`o${n}`, { value }))),
        ),
      )
      const seen = await person.sees()
      assert.deepEqual(
        seen.map(({ origin }) => origin?.id),
        Array.from({ length: KEYS }, (_, n) => `o${n}`),
      )
      assert.equal(new Set(seen.map(({ value }) => value)).size, 1, 'all rows are from one write')
      // Every write changed every row, so that the numbers go up in whole writes.
      assert.deepEqual(
        counts.map(({ changeSequence }) => changeSequence).sort((a, b) => a - b),
        Array.from({ length: WRITES }, (_, n) => 1 + KEYS * (n + 1)),
      )
      assert.equal(
        counts.reduce((sum, { added }) => sum + added, 0),
        KEYS,
      )
    })

    test('[ST-54] users have change numbers of their own', async () => {
      const [one, two] = [await aPerson(store()), await aPerson(store())]
      await Promise.all([one.write([aRecord('o1'), aRecord('o2')]), two.write([aRecord('o1')])])
      assert.equal(await one.changeSequence(), 3)
      assert.equal(await two.changeSequence(), 2)
    })

    test('[ST-55] a body comes back as it was, character for character', async () => {
      const person = await aPerson(store())
      const bodies = [
        '{}',
        '{"a":"\\ud800\\u0000","ü":"𝄞 \u2028"}',
        '{"big":9007199254740993,"tiny":1e-7,"__proto__":{"$set":null}}',
        `{"long":"${'x'.repeat(100_000)}"}`,
      ]
      await person.write(bodies.map((body, n) => ({ ...aRecord(`o${n}`, { id: `id${n}` }), body })))
      const rows = []
      for await (const batch of store().read({ userId: person.user.id })) rows.push(...batch)
      const heads = bodies.map((_, n) => `{"id":"id${n}","uploadId":"${person.dataSet.id}"`)
      assert.deepEqual(
        rows.map(({ json }) => json),
        bodies.map((body, n) => (body === '{}' ? `${heads[n]}}` : `${heads[n]},${body.slice(1)}`)),
      )
    })

    test('[ST-56] a plan of ten thousand records is one write', async () => {
      const person = await aPerson(store())
      const records = Array.from({ length: 10_000 }, (_, n) => aRecord(`o${n}`, { timeMs: n, value: n }))
      const count = await person.write(records)
      assert.deepEqual(count, { added: 10_000, replaced: 0, unchanged: 0, changeSequence: 10_001 })
      assert.deepEqual(await person.values(), [...records.keys()])
    })
  })
}

export async function refuses(
  attempt: Promise<unknown>,
  reason: StoreRefusal['reason'],
  dataSetId: string,
): Promise<void> {
  await assert.rejects(attempt, (error: unknown) => {
    assert.ok(error instanceof StoreRefusal)
    assert.equal(error.reason, reason)
    assert.equal(error.dataSetId, dataSetId)
    return true
  })
}
