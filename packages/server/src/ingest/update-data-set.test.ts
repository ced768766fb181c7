import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Refused } from '../failure.ts'
import { aDataSet, aPerson, aRecord } from '../store/conformance/examples.ts'
import type { DataSet, Store } from '../store/port.ts'
import { type TemporaryStore, temporaryStore } from '../testing/store.ts'
import { deleteUserData } from './delete-user-data.ts'
import { updateContinuousDataSet } from './update-data-set.ts'

/** What services do; the routes let them in when there are service tokens. */
describe('updates by a service', () => {
  let temporary: TemporaryStore
  let store: Store
  const now = () => Date.UTC(2026, 0, 5, 10)
  before(async () => {
    temporary = await temporaryStore()
    store = temporary.store
  })
  after(() => temporary[Symbol.asyncDispose]())
  const update = (dataSet: DataSet, body: unknown) =>
    updateContinuousDataSet({ store, now }, dataSet, async () => body)

  test('[DS-35] its fields change, all that were not named stay', async () => {
    const { dataSet } = await aPerson(store, { fields: { time: 'then', client: { name: 'a' } } })
    const changes = {
      deviceId: 'pump',
      deviceModel: '723',
      deviceSerialNumber: '42',
      time: '2026-01-05T11:00:00.000Z',
      timezone: 'Europe/Prague',
      timezoneOffset: 60,
    }
    const { modifiedMs, deviceId, fields, state } = await update(dataSet, { ...changes, state: 'open' })
    assert.deepEqual([modifiedMs, deviceId, state], [now(), 'pump', 'open'])
    assert.deepEqual(fields, { client: { name: 'a' }, ...changes })
  })

  test('[DS-35] state closed closes it for good; its data stay visible (scenario 43)', async () => {
    const person = await aPerson(store)
    await person.write([aRecord('o1', { value: 7 })])
    const closed = await update(person.dataSet, { state: 'closed' })
    assert.equal(closed.state, 'closed')
    await assert.rejects(person.write([aRecord('o2')]), { reason: 'data-set-closed' })
    assert.deepEqual(await person.values(), [7])
    await assert.rejects(
      updateContinuousDataSet({ store, now }, closed, () => assert.fail('the body is not read')),
      (error: unknown) => error instanceof Refused && error.failure.kind === 'data-set-closed',
    )
  })

  const faults: [string, unknown, [string, string][]][] = [
    ['an unknown key', { dataState: 'closed' }, [['not-parsed', '/dataState']]],
    ['an empty device', { deviceId: '' }, [['value-empty', '/deviceId']]],
    ['a short model', { deviceModel: 'x' }, [['length-out-of-range', '/deviceModel']]],
    ['a short serial number', { deviceSerialNumber: 'x' }, [['length-out-of-range', '/deviceSerialNumber']]],
    ['another state', { state: 'shut' }, [['value-not-allowed', '/state']]],
    ['no time', { time: 'x' }, [['value-not-parsable', '/time']]],
    ['the first time', { time: '0001-01-01T00:00:00Z' }, [['value-empty', '/time']]],
    ['an unknown zone', { timezone: 'Mars/Olympus' }, [['value-not-valid', '/timezone']]],
    ['an offset too low', { timezoneOffset: -721 }, [['value-out-of-range', '/timezoneOffset']]],
    ['an offset too high', { timezoneOffset: 841 }, [['value-out-of-range', '/timezoneOffset']]],
    [
      'wrong kinds',
      { deviceId: 1, b: 1, a: 1 },
      [
        ['type-not-string', '/deviceId'],
        ['not-parsed', '/a'],
        ['not-parsed', '/b'],
      ],
    ],
  ]
  for (const [what, body, expected] of faults) {
    test(`[DS-35] ${what} is refused with its place, and nothing changes`, async () => {
      const { dataSet } = await aPerson(store)
      await assert.rejects(update(dataSet, body), (error: unknown) => {
        assert.ok(error instanceof Refused && error.failure.kind === 'invalid')
        assert.deepEqual(
          error.failure.problems.map(({ code, pointer }) => [code, pointer]),
          expected,
        )
        return true
      })
      assert.deepEqual(await store.dataSet(dataSet.id), dataSet)
    })
  }

  test('[DS-35] what is no object is malformed; limits are inside, null is the same as absent', async () => {
    const { dataSet } = await aPerson(store)
    for (const body of [null, [], 5, 'x']) {
      await assert.rejects(
        update(dataSet, body),
        (error: unknown) => error instanceof Refused && error.failure.kind === 'json-malformed',
      )
    }
    for (const timezoneOffset of [-720, 840]) {
      const { fields } = await update(dataSet, { timezoneOffset, deviceId: null })
      assert.deepEqual(fields, { timezoneOffset })
    }
  })

  test('[DS-34] a service deletes all data and data sets of an account', async () => {
    const person = await aPerson(store)
    await person.write([aRecord('o1')])
    await store.createDataSet(aDataSet(person.user.id, { deletedMs: 1 }))
    const session = { tokenHash: 'x', service: 'a', createdMs: 0, expiresMs: 1 }
    const service = { kind: 'service', name: 'a', expiresMs: 1, session } as const
    await deleteUserData({ store }, service, person.user.id)
    assert.deepEqual(await person.sees(), [])
    const all = { userId: person.user.id, includeDeleted: true, offset: 0, limit: 10 }
    assert.deepEqual(await store.listDataSets(all), [])
    await assert.rejects(deleteUserData({ store }, service, ''), Refused)
  })
})
