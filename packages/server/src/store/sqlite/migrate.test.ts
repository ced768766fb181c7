import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { StoreNotOpened } from '../port.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/migrations.ts'
import { createPrivateFile } from './private-file.ts'
import { scratchDirectories } from './scratch.fixture.ts'

const scratch = scratchDirectories()

const one = 'CREATE TABLE one (n INTEGER) STRICT; INSERT INTO one VALUES (1)'
const two = 'CREATE TABLE two (n INTEGER) STRICT; INSERT INTO two SELECT n + 1 FROM one'

function newFile(): string {
  const file = join(scratch(), 'tidegauge.db')
  createPrivateFile(file)
  return file
}

function inspect<T>(file: string, look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file)
  try {
    return look(database)
  } finally {
    database.close()
  }
}

const version = (file: string) =>
  inspect(file, (database) => database.prepare('PRAGMA user_version').get()?.user_version)
const tables = (file: string) =>
  inspect(file, (database) =>
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => name),
  )
const beside = (file: string) => readdirSync(dirname(file)).filter((name) => name !== basename(file))

test('[ST-105] a new file has the newest schema, and opening it again changes nothing', () => {
  const file = newFile()
  migrate(file)
  assert.equal(version(file), migrations.length)
  const schema = inspect(file, (database) => database.prepare('SELECT sql FROM sqlite_schema').all())
  migrate(file)
  assert.deepEqual(
    inspect(file, (database) => database.prepare('SELECT sql FROM sqlite_schema').all()),
    schema,
  )
  assert.deepEqual(beside(file), [])
})

test('[ST-106] a file of a newer version is refused, naming both versions, and left as it is', () => {
  const file = newFile()
  migrate(file, [one, two])
  const before = readFileSync(file)
  assert.throws(
    () => migrate(file, [one]),
    (error: unknown) => {
      assert.ok(error instanceof StoreNotOpened)
      assert.equal(error.reason, 'newer-version')
      assert.match(error.message, /version 2 .* up to 1$/)
      return true
    },
  )
  assert.deepEqual(readFileSync(file), before)
  assert.deepEqual(beside(file), [])
})

test('[ST-107] before a migration the file is copied beside itself, with what was only in its log', () => {
  const file = newFile()
  migrate(file, [one])
  const writer = new DatabaseSync(file)
  writer.exec('PRAGMA wal_autocheckpoint = 0; INSERT INTO one VALUES (5)')
  assert.ok(statSync(`${file}-wal`).size > 0)
  migrate(file, [one, two])
  writer.close()
  const copy = `${file}.before-v2`
  assert.equal(version(file), 2)
  assert.deepEqual(tables(file), ['one', 'two'])
  assert.equal(version(copy), 1)
  assert.deepEqual(
    inspect(copy, (database) =>
      database
        .prepare('SELECT n FROM one')
        .all()
        .map(({ n }) => n),
    ),
    [1, 5],
  )
  assert.deepEqual(tables(copy), ['one'])
  if (process.platform !== 'win32') assert.equal(statSync(copy).mode & 0o777, 0o600)
})

test('[ST-108] a migration that fails leaves the file as it was; the next try keeps a copy of its own', () => {
  const file = newFile()
  migrate(file, [one])
  const broken = 'CREATE TABLE half (n INTEGER) STRICT; INSERT INTO nowhere VALUES (1)'
  assert.throws(() => migrate(file, [one, broken]), /nowhere/)
  assert.equal(version(file), 1)
  assert.deepEqual(tables(file), ['one'])
  migrate(file, [one, two])
  assert.equal(version(file), 2)
  assert.deepEqual(beside(file).sort(), ['tidegauge.db.before-v2', 'tidegauge.db.before-v2.2'])
})

test('[ST-109] a migration that would leave a reference to nothing is not committed', () => {
  const file = newFile()
  const parents = 'CREATE TABLE parents (pk INTEGER PRIMARY KEY) STRICT'
  const orphan = `CREATE TABLE children (parent INTEGER REFERENCES parents) STRICT; INSERT INTO children VALUES (7)`
  migrate(file, [parents])
  assert.throws(() => migrate(file, [parents, orphan]), /broke 1 references/)
  assert.equal(version(file), 1)
  assert.deepEqual(tables(file), ['parents'])
})

test('[ST-110] a database of another program is refused and left as it is', () => {
  const file = newFile()
  inspect(file, (database) => database.exec('CREATE TABLE theirs (n)'))
  const before = readFileSync(file)
  assert.throws(() => migrate(file), { name: 'StoreNotOpened', reason: 'foreign' })
  assert.deepEqual(readFileSync(file), before)
})

test('[ST-111] what is left of a first start that was cut short is filled in', () => {
  const file = newFile()
  inspect(file, (database) => database.exec('PRAGMA journal_mode = WAL'))
  writeFileSync(`${file}.before-v1.partial`, 'left over')
  migrate(file)
  assert.equal(version(file), migrations.length)
  assert.ok(existsSync(file))
})
