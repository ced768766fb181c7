import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { StoreNotOpened } from '../port.ts'
import { sqliteCode } from './faults.ts'
import { createPrivateFile } from './private-file.ts'

const BUSY = 5
const NOT_A_DATABASE = 26
const RETRY_MS = 50

/** Held as long as the store is open. */
export interface DirectoryLock {
  release(): void
}

/**
 * Takes the lock of a data directory: an exclusive transaction on an otherwise empty database file,
 * `tidegauge.lock`. The operating system lets go of it when the process dies, however it dies, so that no stale lock
 * can be left behind.
 *
 * @param waitMs For how long to try again: a process that was told to stop needs a moment.
 * @throws {StoreNotOpened} `in-use`: somebody else held it all that time.
 */
export async function lockDirectory(directory: string, waitMs: number): Promise<DirectoryLock> {
  const file = join(directory, 'tidegauge.lock')
  createPrivateFile(file)
  const giveUpAt = performance.now() + waitMs
  for (;;) {
    const lock = tryLock(file)
    if (lock) return lock
    if (performance.now() >= giveUpAt) {
      throw new StoreNotOpened('in-use', `the data directory ${directory} is in use by another process`)
    }
    await delay(RETRY_MS)
  }
}

function tryLock(file: string): DirectoryLock | undefined {
  const database = new DatabaseSync(file)
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    const code = sqliteCode(error)
    if (code === BUSY) return undefined
    if (code === NOT_A_DATABASE) {
      throw new StoreNotOpened(
        'damaged',
        `${file} is damaged; it holds nothing, so delete it and start again`,
      )
    }
    throw error
  }
  return { release: () => database.close() }
}
