import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreNotOpened } from '../port.ts'
import { PAGE_BYTES } from './connection.ts'
import { migrations } from './migrations/migrations.ts'
import { createPrivateFile } from './private-file.ts'

/** "Tide" in ASCII, in the header of our files. */
const APPLICATION_ID = 0x54696465

/**
 * Brings a database file to the newest schema, in one transaction, and finds out whether it can be written at all. A
 * file of an older schema is copied first to `<file>.before-v<new version>`. A file that is not ours, or of a newer
 * schema, is left as it is.
 *
 * @param file Exists; empty for a new database.
 * @throws {StoreNotOpened} `foreign`, `newer-version`; else SQLite's own error.
 */
export function migrate(file: string, steps: readonly string[] = migrations): void {
  // Without foreign keys, as a migration may build a table anew; they are checked before it is committed.
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  try {
    const version = schemaVersion(database, file)
    if (version > steps.length) {
      throw new StoreNotOpened(
        'newer-version',
        `${file} has schema version ${version} of a newer Tidegauge; this one knows versions up to ${steps.length}`,
      )
    }
    if (version > 0 && version < steps.length) copyBeside(database, file, steps.length)
    if (version === 0) database.exec(`PRAGMA page_size = ${PAGE_BYTES}`)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE')
    for (const step of steps.slice(version)) database.exec(step)
    const violations = version < steps.length ? database.prepare('PRAGMA foreign_key_check').all() : []
    if (violations.length > 0) throw new Error(`a migration of ${file} broke ${violations.length} references`)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${steps.length}; COMMIT`)
  } finally {
    // Rolls back what was not committed.
    database.close()
  }
}

/** 0 for an empty file. */
function schemaVersion(database: DatabaseSync, file: string): number {
  const header = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
  const version = header('user_version')
  const tables = Number(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables)
  if (tables === 0 && version === 0) return 0
  if (header('application_id') !== APPLICATION_ID || version === 0) {
    throw new StoreNotOpened('foreign', `${file} is a database of another program; nothing was changed`)
  }
  return version
}

/** Through SQLite, so that what still stands in the write-ahead log is in the copy. */
function copyBeside(database: DatabaseSync, file: string, newVersion: number): void {
  const name = `${file}.before-v${newVersion}`
  const partial = `${name}.partial`
  rmSync(partial, { force: true })
  createPrivateFile(partial)
  database.prepare('VACUUM INTO ?').run(partial)
  sync(partial)
  let target = name
  for (let copy = 2; existsSync(target); copy++) target = `${name}.${copy}`
  renameSync(partial, target)
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
