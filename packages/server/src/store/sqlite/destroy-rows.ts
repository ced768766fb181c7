import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { changes } from './change-sequence.ts'
import type { MadeIds } from './ids.ts'
import type { SummaryMarks } from './summaries.ts'

/** Destroys many rows of one user at once. @returns How many; they took as many change numbers after `seq`. */
export type RowDestruction = (at: { seq: number; nowMs: number }, ...values: SQLInputValue[]) => number

export interface DestructionParts {
  database: DatabaseSync
  ids: MadeIds
  marks: SummaryMarks
}

/**
 * Prepares the destruction of all rows under a condition, in the order of their change numbers. Each leaves the number
 * of its destruction and its name in `removed`, and its row number is not given out again.
 *
 * @param condition SQL over `data`, of one user. Its values follow in the order of its question marks.
 */
export function rowDestruction(
  { database, ids, marks }: DestructionParts,
  condition: string,
): RowDestruction {
  const mark = marks.rows(`${condition} AND archived_ms IS NULL`, 'DATA_REMOVED')
  const remember = database.prepare(`
    INSERT INTO removed (user, seq, data_set, id, type, time_ms)
    SELECT user, ? + row_number() OVER (ORDER BY seq), data_set, ifnull(id, ? || format('%016x', pk)), type, time_ms
    FROM data WHERE ${condition}`)
  const keepPkUsed = database.prepare(
    'UPDATE meta SET next_data_pk = max(next_data_pk, (SELECT ifnull(max(pk), 0) + 1 FROM data))',
  )
  const destroy = database.prepare(`DELETE FROM data WHERE ${condition}`)
  return ({ seq, nowMs }, ...values) => {
    mark(nowMs, ...values)
    const count = changes(remember.run(seq, ids.prefix, ...values))
    if (count > 0) {
      keepPkUsed.run()
      destroy.run(...values)
    }
    return count
  }
}
