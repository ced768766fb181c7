import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PlannedRecord } from '../port.ts'
import type { Snapshots } from './snapshots.ts'
import { TimeCursor } from './time-cursor.ts'

const MANUFACTURER = 'Medtronic'
/** As it stands in every body that says so: bodies are written without white space. */
const NEEDLE = `"manufacturer":"${MANUFACTURER}"`

/** The latest time of a record that Loop made with a Medtronic pump, as far as a quick look can tell. */
export function latestMedtronicLoopMs(records: readonly PlannedRecord[]): number | undefined {
  let latestMs: number | undefined
  for (const { body, timeMs } of records) {
    if ((latestMs === undefined || timeMs > latestMs) && body.includes(NEEDLE)) latestMs = timeMs
  }
  return latestMs
}

/** Remembers such a time for the owner of a data set, inside a transaction that the caller holds. */
export function medtronicLoopMarks(database: DatabaseSync) {
  const mark = database.prepare(`
    INSERT INTO medtronic_loop (user, latest_ms) SELECT user, ?2 FROM data_sets WHERE id = ?1
    ON CONFLICT (user) DO UPDATE SET latest_ms = excluded.latest_ms WHERE latest_ms < excluded.latest_ms`)
  return (dataSetId: string, latestMs: number): void => void mark.run(dataSetId, latestMs)
}

const ROWS_AT_FIRST = 20
const ROWS_PER_PAGE = 300

/**
 * The verb `hasMedtronicLoopData`. Nearly always the remembered time says it all: there was never such a row, or it
 * still stands there. Only if it has gone, earlier ones are looked for, newest first and of all types in turn.
 */
export async function hasMedtronicLoopData(
  snapshots: Snapshots,
  userId: string,
  fromMs: number,
): Promise<boolean> {
  const snapshot = snapshots.take()
  try {
    const marked = snapshot
      .statement(
        'SELECT user, latest_ms FROM medtronic_loop WHERE user = (SELECT pk FROM users WHERE id = ?)',
      )
      .get(userId) as unknown as [user: number, latestMs: number] | undefined
    if (!marked) return false
    const [user, toMs] = marked
    const numbers = (sql: string, ...values: number[]) =>
      (snapshot.statement(sql).all(...values) as unknown as [pk: number][]).map(([pk]) => pk)
    const visible = new Set(numbers('SELECT pk FROM data_sets WHERE user = ? AND active = 1', user))
    const types = numbers('SELECT pk FROM types')
    let cursors = types.map((type) => {
      const range = { user, type, fromMs, toMs, direction: 'newest-first' as const }
      return new TimeCursor(snapshot, range, { originManufacturer: MANUFACTURER })
    })
    for (let rows = ROWS_AT_FIRST; cursors.length > 0; rows = ROWS_PER_PAGE) {
      const unfinished: TimeCursor[] = []
      for (const cursor of cursors) {
        const page = cursor.page(rows)
        if (!page) continue
        if (page.some(([, , , dataSet, , body]) => body !== null && visible.has(dataSet))) return true
        unfinished.push(cursor)
        await nextTurn()
      }
      cursors = unfinished
    }
    return false
  } finally {
    snapshots.give(snapshot)
  }
}
