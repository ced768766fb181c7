import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { closedWith } from '../conformance/closing-data-sets.ts'
import { aDataSet, aPerson, aRecord, keyless, NOW_MS, rowsOf } from '../conformance/examples.ts'
import { migrate } from './migrate.ts'
import { firstTables } from './migrations/0001-first-tables.ts'
import { openSqliteStore, type SqliteStore } from './open.ts'
import { createPrivateFile } from './private-file.ts'
import { scratchDirectories } from './scratch.fixture.ts'

const scratch = scratchDirectories()

async function anOpenStore(t: TestContext, directory = scratch()): Promise<SqliteStore> {
  const store = await openSqliteStore({ directory })
  t.after(() => store.close())
  return store
}

function query(directory: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(directory, 'tidegauge.db'), { readOnly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

/** Every change number of the only user is at one row, one data set or one mark of what is gone, or was taken over. */
function changeNumbers(directory: string): { taken: number[]; last: number } {
  const rows = query(
    directory,
    'SELECT seq FROM data UNION ALL SELECT seq FROM data_sets UNION ALL SELECT seq FROM removed ORDER BY seq',
  )
  const [user] = query(directory, 'SELECT seq FROM users')
  return { taken: rows.map(({ seq }) => Number(seq)), last: Number(user?.seq) }
}

describe('the life of data sets on SQLite', () => {
  test('[ST-200] rows and data sets that are destroyed leave their numbers and names behind', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    const person = await aPerson(store)
    await person.write([aRecord('o1', { timeMs: 5 }), aRecord('o2', { id: 'sent' })])
    const [made] = await person.sees()
    const from = await person.changeSequence()
    await store.deleteDataSet({ dataSetId: person.dataSet.id, nowMs: NOW_MS })
    const removed = () =>
      query(
        directory,
        'SELECT removed.seq, id, types.name AS type, time_ms FROM removed JOIN types ON types.pk = type ORDER BY seq',
      ).map((row) => Object.values(row))
    assert.deepEqual(removed(), [
      [from + 1, made?.id, 'cbg', 5],
      [from + 2, 'sent', 'cbg', NOW_MS],
    ])
    await person.write([aRecord('o3', { timeMs: 6 })])
    const [last] = await person.sees()
    const to = await person.changeSequence()
    await store.deleteUserData({ userId: person.user.id })
    assert.deepEqual(removed().slice(2), [
      [to + 1, last?.id, 'cbg', 6],
      [to + 2, person.dataSet.id, 'upload', NOW_MS],
    ])
  })

  test('[ST-201] change numbers have no gap and no double, whatever a close and a delete change', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    const person = await aPerson(store)
    const first = await closedWith(store, person, { a: 1, b: 2 })
    const second = await closedWith(store, person, { b: 3, c: 4 })
    await closedWith(store, person, { c: 5 })
    await store.deleteDataSet({ dataSetId: second, nowMs: NOW_MS })
    await closedWith(store, person, { d: 6 }, 'whole-device')
    await store.deleteDataSet({ dataSetId: first, nowMs: NOW_MS })
    const { taken, last } = changeNumbers(directory)
    assert.equal(new Set(taken).size, taken.length, 'nothing shares a number')
    assert.equal(Math.max(...taken), last)
  })

  test('[ST-202] numbers of destroyed rows and data sets are not given out again, after a restart either', async (t) => {
    const directory = scratch()
    const first = await anOpenStore(t, directory)
    const person = await aPerson(first)
    await person.write([aRecord('o1'), aRecord('o2')])
    const ids = (await person.sees()).map(({ id }) => id)
    await first.deleteUserData({ userId: person.user.id })
    await first.close()
    const second = await anOpenStore(t, directory)
    const { id } = await second.createDataSet(aDataSet(person.user.id))
    await second.write({ dataSetId: id, nowMs: NOW_MS, records: [aRecord('o1')] })
    const [row] = await rowsOf(second, { userId: person.user.id })
    assert.ok(!ids.includes(JSON.parse(row?.json ?? '').id))
    const numbers = query(
      directory,
      'SELECT pk FROM data_sets UNION ALL SELECT DISTINCT data_set FROM removed',
    )
    assert.equal(new Set(numbers.map(({ pk }) => pk)).size, numbers.length)
  })

  test('[ST-203] a file of the first version is brought along with its rows, which can then be truncated', async (t) => {
    const directory = scratch()
    const file = join(directory, 'tidegauge.db')
    createPrivateFile(file)
    migrate(file, [firstTables])
    const old = new DatabaseSync(file)
    old.exec(`
      INSERT INTO users VALUES (1, 'abcdef0123', 'a', '[]', '[]', '', 1, NULL, 0, 2);
      INSERT INTO types VALUES (1, 'cbg');
      INSERT INTO data_sets VALUES (1, 'old', 1, 'continuous', 'open', 1, 'x', '1.0.0', NULL, NULL, '', 0, 0, NULL, NULL, '{}', 1);
      INSERT INTO data (pk, user, data_set, dedup_key, type, time_ms, device_id, created_ms, modified_ms, seq, body)
        VALUES (1, 1, 1, 'o1', 1, 5, 'pump', 0, 0, 2, '{"value":1}');
    `)
    old.close()
    const store = await anOpenStore(t, directory)
    const userId = 'abcdef0123'
    assert.equal((await rowsOf(store, { userId })).length, 1)
    const pending = { dataSetType: 'normal', active: false, deviceId: 'pump' } as const
    const { id } = await store.createDataSet(aDataSet(userId, pending))
    await store.closeDataSet({ dataSetId: id, nowMs: 1, supersedes: 'whole-device' })
    assert.deepEqual(await rowsOf(store, { userId }), [])
  })

  test('[ST-204] a close that fails on its way leaves the data set open and every row as it was', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    const person = await aPerson(store)
    await closedWith(store, person, { a: 1 })
    const { id } = await store.createDataSet(
      aDataSet(person.user.id, { dataSetType: 'normal', active: false, deviceId: 'pump' }),
    )
    await person.write([aRecord('x', { ...keyless, hash: 'a', deviceId: 'pump', value: 2 })], id)
    const before = await person.changeSequence()
    const other = new DatabaseSync(join(directory, 'tidegauge.db'))
    other.exec(`CREATE TRIGGER fault BEFORE UPDATE OF state ON data_sets
      BEGIN SELECT RAISE(ABORT, 'injected'); END`)
    const close = () => store.closeDataSet({ dataSetId: id, nowMs: NOW_MS, supersedes: 'equal-hashes' })
    await assert.rejects(close(), /injected/)
    assert.equal((await store.dataSet(id))?.state, 'open')
    assert.deepEqual(await person.values(), [1])
    assert.equal(await person.changeSequence(), before)
    other.exec('DROP TRIGGER fault')
    other.close()
    await close()
    assert.deepEqual(await person.values(), [2])
  })

  test('[ST-205] a close that hides ten thousand rows among many others takes no look at those', async (t) => {
    const store = await anOpenStore(t)
    const person = await aPerson(store)
    const rows = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, n) =>
        aRecord('x', { ...keyless, hash: `${prefix}${n}`, deviceId: 'pump', value: n }),
      )
    const upload = async (prefix: string) => {
      const { id } = await store.createDataSet(
        aDataSet(person.user.id, { dataSetType: 'normal', active: false, deviceId: 'pump' }),
      )
      await person.write(rows(10_000, prefix), id)
      const begin = performance.now()
      await store.closeDataSet({ dataSetId: id, nowMs: NOW_MS, supersedes: 'equal-hashes' })
      return performance.now() - begin
    }
    const alone = await upload('h')
    await person.write(rows(60_000, 'other'))
    const amongMany = await upload('h')
    t.diagnostic(
      `alone ${alone.toFixed()} ms, over 10,000 equal hashes among 70,000 ${amongMany.toFixed()} ms`,
    )
    assert.equal((await rowsOf(store, { userId: person.user.id })).length, 70_000)
    assert.ok(amongMany < 15 * alone + 500)
  })
})
