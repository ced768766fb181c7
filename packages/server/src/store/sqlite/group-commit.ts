import type { DatabaseSync } from 'node:sqlite'
import { StoreRefusal, StoreUnavailable } from '../port.ts'
import { unavailability } from './faults.ts'
import { type WriteVerb, writeVerbs } from './writes.ts'

/** One call of a writing verb, as it waits for the writer. */
export interface Command {
  ticket: number
  verb: WriteVerb
  argument: unknown
  /** Roughly what the writer has to move for it; a group is bounded by this. */
  bytes: number
}

export type Reply = { ticket: number } & ({ value: unknown } | { fault: Fault })

/** An error as it passes between threads. */
export type Fault =
  | { kind: 'refusal'; reason: StoreRefusal['reason']; dataSetId: string }
  | { kind: 'unavailable'; reason: StoreUnavailable['reason']; message: string }
  | { kind: 'defect'; message: string; stack: string | undefined }

/** Carries out commands in groups: one transaction, and so one `fsync`, for all that wait. */
export interface GroupCommit {
  /**
   * Carries a group out, in its order, and commits it. A command that fails leaves nothing and fails alone; if the
   * disk is full or the like, all of the group fail. Afterwards the next group can be tried.
   */
  run(group: readonly Command[]): Reply[]
  /** Transactions committed so far. */
  readonly commits: number
}

/** @param isInPlace Whether what is committed can be found again; asked before every group. */
export function groupCommit(database: DatabaseSync, isInPlace: () => boolean = () => true): GroupCommit {
  const { verbs, forget } = writeVerbs(database)
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const savepoint = database.prepare('SAVEPOINT verb')
  const release = database.prepare('RELEASE verb')
  let commits = 0

  const carryOut = ({ ticket, verb, argument }: Command): Reply => ({
    ticket,
    // The sender's types make sure that the argument is the verb's own.
    value: (verbs[verb] as (argument: unknown) => unknown)(argument),
  })

  function carryOutAlone(command: Command): Reply {
    savepoint.run()
    try {
      const reply = carryOut(command)
      release.run()
      return reply
    } catch (error) {
      // SQLite itself rolls the whole transaction back when the disk is full.
      if (!database.isTransaction || unavailability(error) !== undefined) throw error
      database.exec('ROLLBACK TO verb; RELEASE verb')
      forget()
      return { ticket: command.ticket, fault: faultOf(error) }
    }
  }

  return {
    run(group) {
      try {
        if (!isInPlace()) throw new StoreUnavailable('io', { cause: new Error('the database file is gone') })
        begin.run()
        // A savepoint costs copies of the pages that change: a chunk that comes alone goes without.
        const replies = group.map(group.length === 1 ? carryOut : carryOutAlone)
        commit.run()
        commits++
        return replies
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        forget()
        const fault = faultOf(error)
        return group.map(({ ticket }) => ({ ticket, fault }))
      }
    },
    get commits() {
      return commits
    },
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof StoreRefusal) {
    return { kind: 'refusal', reason: error.reason, dataSetId: error.dataSetId }
  }
  const reason = error instanceof StoreUnavailable ? error.reason : unavailability(error)
  const message = error instanceof Error ? error.message : String(error)
  if (reason !== undefined) return { kind: 'unavailable', reason, message }
  return { kind: 'defect', message, stack: error instanceof Error ? error.stack : undefined }
}
