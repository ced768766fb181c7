import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { openForReading } from './connection.ts'

/** A connection inside one read transaction: every statement on it sees the same state. */
export interface Snapshot {
  /** Prepared once per connection; rows come as arrays. */
  statement(sql: string): StatementSync
}

/** Read connections, lent one to a snapshot and used again. */
export interface Snapshots {
  /** The state as of its first statement. To be given back with {@link give}. */
  take(): Snapshot
  give(snapshot: Snapshot): void
  /** Closes the connections, also those that are lent. */
  close(): void
}

/** More can be open at a time: a slow reader keeps nobody waiting. */
const IDLE_KEPT = 4

class PooledSnapshot implements Snapshot {
  readonly database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(file: string) {
    this.database = openForReading(file)
  }

  statement(sql: string): StatementSync {
    if (!this.database.isOpen) throw new Error('the store is closed')
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.database.prepare(sql, { returnArrays: true })
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

export function snapshots(file: string): Snapshots {
  const lent = new Map<Snapshot, PooledSnapshot>()
  const idle: PooledSnapshot[] = []
  return {
    take() {
      const snapshot = idle.pop() ?? new PooledSnapshot(file)
      snapshot.database.exec('BEGIN')
      lent.set(snapshot, snapshot)
      return snapshot
    },
    give(snapshot) {
      const pooled = lent.get(snapshot)
      if (!pooled) return
      lent.delete(snapshot)
      pooled.database.exec('COMMIT')
      if (idle.length < IDLE_KEPT) idle.push(pooled)
      else pooled.database.close()
    },
    close() {
      for (const { database } of [...idle, ...lent.values()]) database.close()
      idle.length = 0
      lent.clear()
    },
  }
}
