import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NewParkedRecord, Store } from '../port.ts'
import { aDataSet, aPerson, aRecord, aUser, NOW_MS, type Person, sharedStore } from './examples.ts'
import { refuses } from './writing.ts'

const problem = {
  code: 'value-out-of-range',
  title: 'a',
  detail: 'b',
  pointer: '/value',
  meta: { type: 'cbg' },
}

export function quarantineConforms(open: () => Promise<Store>): void {
  describe('quarantine', () => {
    const store = sharedStore(open)
    let made = 0

    const faulty = (fields: Partial<NewParkedRecord> = {}): NewParkedRecord => ({
      id: `parked-${++made}`,
      index: 3,
      problems: [problem],
      json: '{"type":"cbg","__proto__":1,"value":"\\ud800"}',
      ...fields,
    })
    const write = (person: Person, parked: NewParkedRecord[], records = [aRecord('good')]) =>
      store().write({ dataSetId: person.dataSet.id, nowMs: NOW_MS, records, parked })
    const parkedOf = async ({ user }: Person) =>
      (await store().listParked({ userId: user.id, offset: 0, limit: 100 })).map(({ id }) => id)
    const settle = (person: Person, id: string, record = aRecord('mended'), dataSetId = person.dataSet.id) =>
      store().settleParked({
        userId: person.user.id,
        id,
        plan: { dataSetId, nowMs: NOW_MS, records: [record] },
      })

    test('[ST-240] it is off until it is set; a new setting takes the place of the old, names sorted and each once', async () => {
      const { user } = await aPerson(store())
      assert.deepEqual(await store().quarantineSettings(user.id), { enabled: false, clientNames: [] })
      const set = (enabled: boolean, ...clientNames: string[]) =>
        store().setQuarantineSettings({ userId: user.id, enabled, clientNames })
      assert.equal(await set(true, 'b', 'a', 'b'), 'set')
      assert.deepEqual(await store().quarantineSettings(user.id), { enabled: true, clientNames: ['a', 'b'] })
      await set(false, 'c')
      assert.deepEqual(await store().quarantineSettings(user.id), { enabled: false, clientNames: ['c'] })
      const unknown = { userId: 'nobody', enabled: true, clientNames: [] }
      assert.equal(await store().setQuarantineSettings(unknown), 'unknown-user')
    })

    test('[ST-241] a write parks records beside what it stores, which take no change number, and each once', async () => {
      const person = await aPerson(store())
      const before = await person.changeSequence()
      const [one, two] = [faulty({ originId: 'bad\ud800' }), faulty()]
      assert.equal((await write(person, [one, two])).added, 1)
      await write(person, [{ ...one, index: 9 }, two], [])
      assert.equal(await person.changeSequence(), before + 1)
      const of = { userId: person.user.id, dataSetId: person.dataSet.id, receivedMs: NOW_MS }
      const all = { userId: person.user.id, offset: 0, limit: 10 }
      assert.deepEqual(await store().listParked(all), [
        { ...one, ...of },
        { ...two, ...of },
      ])
      assert.deepEqual(await store().listParked({ ...all, offset: 1 }), [{ ...two, ...of }])
      assert.deepEqual(await store().parked({ userId: of.userId, id: one.id }), { ...one, ...of })
      assert.equal(await store().parked({ userId: (await aPerson(store())).user.id, id: one.id }), undefined)
      assert.deepEqual(await store().listParked({ userId: 'nobody', offset: 0, limit: 10 }), [])
    })

    test('[ST-242] a write that is refused parks nothing', async () => {
      const person = await aPerson(store())
      await store().updateDataSet({ dataSetId: person.dataSet.id, nowMs: NOW_MS, close: true, fields: {} })
      await refuses(write(person, [faulty()]), 'data-set-closed', person.dataSet.id)
      assert.deepEqual(await parkedOf(person), [])
    })

    test('[ST-243] a record makes good what is parked of its origin in its data set, however it is recognised', async () => {
      const person = await aPerson(store())
      const other = await store().createDataSet(aDataSet(person.user.id))
      const [one, two, three] = [faulty({ originId: 'o1' }), faulty({ originId: 'o2' }), faulty()]
      await write(person, [one, two, three])
      await person.write([aRecord('o1'), aRecord('o2')], other.id)
      assert.deepEqual(await parkedOf(person), [one.id, two.id, three.id])
      await person.write([aRecord('o1'), aRecord('x', { dedupKey: null, originId: 'o2' })])
      assert.deepEqual(await parkedOf(person), [three.id])
    })

    test('[ST-244] settling stores and removes, both or neither', async () => {
      const person = await aPerson(store())
      const bad = faulty()
      await write(person, [bad], [])
      const closed = await store().createDataSet(aDataSet(person.user.id, { state: 'closed' }))
      await refuses(settle(person, bad.id, aRecord('x'), closed.id), 'data-set-closed', closed.id)
      assert.deepEqual(await parkedOf(person), [bad.id])
      const count = await settle(person, bad.id)
      assert.ok(count !== 'not-found')
      assert.equal(count.added, 1)
      assert.deepEqual(await parkedOf(person), [])
      assert.equal(await settle(person, bad.id, aRecord('again')), 'not-found')
      assert.deepEqual(
        (await person.sees()).map(({ origin }) => origin?.id),
        ['mended'],
      )
    })

    test('[ST-245] dropping removes it, of this user alone', async () => {
      const [person, other] = [await aPerson(store()), await aPerson(store())]
      const bad = faulty()
      await write(person, [bad])
      assert.equal(await store().dropParked({ userId: other.user.id, id: bad.id }), 'not-found')
      assert.equal(await settle(other, bad.id), 'not-found')
      assert.equal(await store().dropParked({ userId: person.user.id, id: bad.id }), 'dropped')
      assert.equal(await store().dropParked({ userId: person.user.id, id: bad.id }), 'not-found')
      assert.deepEqual(await parkedOf(person), [])
    })

    test('[ST-246] what is parked goes with its data set, and with all data of its user', async () => {
      const person = await aPerson(store())
      const other = await store().createDataSet(aDataSet(person.user.id))
      const [here, there] = [faulty(), faulty()]
      await write(person, [here])
      await store().write({ dataSetId: other.id, nowMs: NOW_MS, records: [], parked: [there] })
      await store().deleteDataSet({ dataSetId: person.dataSet.id, nowMs: NOW_MS })
      assert.deepEqual(await parkedOf(person), [there.id])
      await store().setQuarantineSettings({ userId: person.user.id, enabled: true, clientNames: [] })
      await store().deleteUserData({ userId: person.user.id })
      assert.deepEqual(await parkedOf(person), [])
      assert.equal((await store().quarantineSettings(person.user.id)).enabled, true)
    })

    test('[ST-247] what is parked alone does not revive a deleted data set', async () => {
      const person = await aPerson(store())
      await store().deleteDataSet({ dataSetId: person.dataSet.id, nowMs: 5 })
      await write(person, [faulty()], [])
      assert.equal((await store().dataSet(person.dataSet.id))?.deletedMs, 5)
    })

    test('[ST-248] a data set that a close destroys loses what is parked of it', async () => {
      const user = aUser()
      await store().createUser(user, { onlyIfFirst: false })
      const normal = () =>
        store().createDataSet(
          aDataSet(user.id, {
            dataSetType: 'normal',
            active: false,
            deviceId: 'pump',
            fingerprint: `${made}`,
          }),
        )
      const [older, newer] = [await normal(), await normal()]
      const [gone, stays] = [faulty(), faulty()]
      await store().write({ dataSetId: older.id, nowMs: NOW_MS, records: [], parked: [gone] })
      await store().write({ dataSetId: newer.id, nowMs: NOW_MS, records: [], parked: [stays] })
      await store().closeDataSet({ dataSetId: newer.id, nowMs: NOW_MS, supersedes: 'whole-device' })
      const left = await store().listParked({ userId: user.id, offset: 0, limit: 10 })
      assert.deepEqual(
        left.map(({ id }) => id),
        [stays.id],
      )
    })
  })
}
