import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { aDataSet, aPerson, aRecord, rowsOf } from '../conformance/examples.ts'
import { storeConformance } from '../conformance.ts'
import { openForReading, openForWriting } from './connection.ts'
import { openSqliteStore, type SqliteStore } from './open.ts'
import { scratchDirectories } from './scratch.fixture.ts'
import { startWriter } from './writer-thread.ts'

const scratch = scratchDirectories()

storeConformance('sqlite', () => openSqliteStore({ directory: scratch() }))

/** A store that is closed after the test, whatever becomes of the test. */
async function anOpenStore(t: TestContext, directory = scratch()): Promise<SqliteStore> {
  const store = await openSqliteStore({ directory })
  t.after(() => store.close())
  return store
}

describe('what SQLite itself promises', () => {
  test('[ST-130] commits are synced, in write-ahead mode, with foreign keys', async (t) => {
    const directory = scratch()
    await anOpenStore(t, directory)
    const connection = openForWriting(join(directory, 'tidegauge.db'))
    const pragma = (name: string) => connection.prepare(`PRAGMA ${name}`).get()?.[name]
    assert.equal(pragma('journal_mode'), 'wal')
    assert.equal(pragma('synchronous'), 2)
    assert.equal(pragma('foreign_keys'), 1)
    assert.equal(pragma('page_size'), 8192)
    connection.close()
  })

  test('[ST-131] requests that wait for the writer share a commit', async (t) => {
    const store = await anOpenStore(t)
    const person = await aPerson(store)
    const before = store.commits
    await Promise.all(Array.from({ length: 500 }, (_, n) => person.write([aRecord(`o${n}`)])))
    const commits = store.commits - before
    assert.ok(commits <= 10, `${commits} commits for 500 writes`)
    const alone = store.commits
    for (let n = 0; n < 5; n++) await person.write([aRecord('one', { value: n })])
    assert.equal(store.commits - alone, 5)
  })

  test('[ST-132] everything is there after closing and opening again, and no id is made twice', async (t) => {
    const directory = scratch()
    const first = await anOpenStore(t, directory)
    const person = await aPerson(first, { clientName: 'org.example.app', fields: { time: 'then' } })
    await person.write([aRecord('o1'), aRecord('o2'), aRecord('o3')])
    const seen = await person.sees()
    // The row with the greatest number goes: its number must not come back.
    await person.remove({ by: 'origin', values: ['o3'], how: 'destroy' })
    await person.remove({ by: 'origin', values: ['o2'], how: 'archive' })
    await first.close()

    const second = await anOpenStore(t, directory)
    assert.deepEqual(await second.userById(person.user.id), person.user)
    assert.deepEqual(await second.dataSet(person.dataSet.id), person.dataSet)
    assert.equal(await second.changeSequence(person.user.id), 6)
    const write = (originId: string) =>
      second.write({ dataSetId: person.dataSet.id, nowMs: 1, records: [aRecord(originId)] })
    assert.equal((await write('o1')).unchanged, 1)
    assert.equal((await write('o2')).replaced, 1)
    assert.equal((await write('o4')).added, 1)
    const ids = (await rowsOf(second, { userId: person.user.id })).map(({ json }) => JSON.parse(json).id)
    assert.deepEqual(ids.slice(0, 2), [seen[0]?.id, seen[1]?.id])
    assert.ok(ids[2] && !seen.some(({ id }) => id === ids[2]))
  })

  test('[ST-133] closing leaves the database and the lock file alone, with nothing in a log', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    const person = await aPerson(store)
    await person.write([aRecord('o1')])
    await store.close()
    assert.deepEqual(readdirSync(directory).sort(), ['tidegauge.db', 'tidegauge.lock'])
    const copy = new DatabaseSync(join(directory, 'tidegauge.db'), { readOnly: true })
    assert.equal(copy.prepare('SELECT count(*) AS n FROM data').get()?.n, 1)
    copy.close()
  })

  test('[ST-143] closing empties the log into the database, whoever else has it open', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    const person = await aPerson(store)
    await person.write([aRecord('o1')])
    const other = openForReading(join(directory, 'tidegauge.db'))
    assert.equal(other.prepare('SELECT count(*) AS n FROM data').get()?.n, 1)
    await store.close()
    assert.equal(statSync(join(directory, 'tidegauge.db-wal')).size, 0)
    other.close()
  })

  test('[ST-134] a directory that is made, and the files in it, are for their owner alone', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const directory = join(scratch(), 'made', 'by', 'us')
    const store = await anOpenStore(t, directory)
    await aPerson(store)
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    assert.equal(mode(directory), '700')
    const files = readdirSync(directory)
    assert.ok(files.includes('tidegauge.db-wal'))
    for (const file of files) assert.equal(mode(join(directory, file)), '600', file)
  })

  test('[ST-135] readers do not wait for a write that is under way', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    const person = await aPerson(store)
    await person.write([aRecord('o1', { value: 1 })])
    const other = new DatabaseSync(join(directory, 'tidegauge.db'))
    other.exec("BEGIN IMMEDIATE; UPDATE data SET body = '{}'")
    let written = false
    const write = person.write([aRecord('o1', { value: 2 })]).then(() => {
      written = true
    })
    const begin = performance.now()
    assert.deepEqual(await person.values(), [1])
    assert.deepEqual(await store.dataSet(person.dataSet.id), person.dataSet)
    assert.ok(performance.now() - begin < 1000)
    assert.equal(written, false)
    other.exec('ROLLBACK')
    other.close()
    await write
    assert.deepEqual(await person.values(), [2])
  })

  test('[ST-136] a directory in use is refused, and free again when the store is closed', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    await assert.rejects(openSqliteStore({ directory, lockWaitMs: 100 }), {
      name: 'StoreNotOpened',
      reason: 'in-use',
    })
    await store.close()
    await (await openSqliteStore({ directory, lockWaitMs: 0 })).close()
  })

  test('[ST-137] a file that is damaged or no database is refused and left as it is; the lock is free again', async (t) => {
    const cut = scratch()
    const store = await anOpenStore(t, cut)
    const person = await aPerson(store)
    await person.write(Array.from({ length: 500 }, (_, n) => aRecord(`o${n}`)))
    await store.close()
    truncateSync(join(cut, 'tidegauge.db'), 50_000)
    const text = scratch()
    writeFileSync(join(text, 'tidegauge.db'), 'my diary, in plain text. '.repeat(100))
    for (const directory of [cut, text]) {
      const before = readFileSync(join(directory, 'tidegauge.db'))
      const refused = { name: 'StoreNotOpened', reason: 'damaged' }
      await assert.rejects(openSqliteStore({ directory }), refused)
      await assert.rejects(openSqliteStore({ directory, lockWaitMs: 0 }), refused)
      assert.deepEqual(readFileSync(join(directory, 'tidegauge.db')), before)
    }
  })

  test('[ST-138] a row that is destroyed leaves its change number and its name behind', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    const person = await aPerson(store)
    await person.write([aRecord('o1', { timeMs: 5 }), aRecord('o2', { id: 'sent' })])
    const [made] = await person.sees()
    await person.remove({ by: 'origin', values: ['o1', 'o2'], how: 'destroy' })
    const reader = openForReading(join(directory, 'tidegauge.db'))
    const removed = reader.prepare('SELECT seq, id, time_ms FROM removed ORDER BY seq').all()
    assert.deepEqual(
      removed.map(({ seq, id }) => [seq, id]),
      [
        [4, made?.id],
        [5, 'sent'],
      ],
    )
    assert.equal(removed[0]?.time_ms, 5)
    reader.close()
    await store.close()
  })

  test('[ST-140] a writer that cannot open its file says so', async () => {
    await assert.rejects(startWriter(join(scratch(), 'no', 'such', 'directory', 'tidegauge.db')))
  })

  test('[ST-141] what replaces is counted as replaced, whatever was added to another table before', async (t) => {
    const store = await anOpenStore(t)
    const person = await aPerson(store)
    await person.write([aRecord('o1', { value: 0 })])
    for (let value = 1; value < 5; value++) {
      // Its row number is the one that the next datum would get.
      await store.createDataSet(aDataSet(person.user.id))
      assert.equal((await person.write([aRecord('o1', { value })])).replaced, 1)
      assert.equal((await person.write([aRecord(`more ${value}`, { value })])).added, 1)
    }
  })

  test('[ST-142] reads that have ended, early or not, keep nothing of the log', async (t) => {
    const directory = scratch()
    const store = await anOpenStore(t, directory)
    const person = await aPerson(store)
    await person.write(Array.from({ length: 1000 }, (_, n) => aRecord(`o${n}`)))
    for (let n = 0; n < 10; n++) {
      await person.sees()
      await store.readLatest({ userId: person.user.id, types: ['cbg'] })
      for await (const _ of store.read({ userId: person.user.id })) break
      await person.write([aRecord('o1', { value: n })])
    }
    const other = new DatabaseSync(join(directory, 'tidegauge.db'))
    assert.equal(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy, 0)
    other.close()
  })
})
