import type { DatabaseSync, StatementResultingChanges } from 'node:sqlite'

/** The change numbers of users, as a transaction sees and moves them. */
export interface ChangeSequences {
  /** The last number given out. @param user The user's number in this file. */
  last(user: number): number
  set(user: number, seq: number): void
}

export function changeSequences(database: DatabaseSync): ChangeSequences {
  const select = database.prepare('SELECT seq FROM users WHERE pk = ?')
  const update = database.prepare('UPDATE users SET seq = ? WHERE pk = ?')
  return {
    last: (user) => Number(select.get(user)?.seq),
    set: (user, seq) => void update.run(seq, user),
  }
}

/** How many rows a statement has changed. */
export function changes(result: StatementResultingChanges): number {
  return Number(result.changes)
}
