import type { StatementSync } from 'node:sqlite'
import type { RemoveCount, RemovePlan } from '../port.ts'
import { changeSequences } from './change-sequence.ts'
import { packDedupKey } from './dedup-key.ts'
import type { DataWriteParts } from './write-data.ts'
import { type OpenDataSet, openDataSets } from './write-data-sets.ts'

interface FoundRow {
  pk: number
  id: string | null
  type: number
  time_ms: number
  archived_ms: number | null
}

/** The verbs `remove` and `destroyWithdrawn`. They run inside a transaction that the caller holds. */
export function dataRemovals({ database, ids, marks }: Pick<DataWriteParts, 'database' | 'ids' | 'marks'>) {
  const openDataSet = openDataSets(database)
  const sequences = changeSequences(database)
  const find = (condition: string) => ({
    archive: database.prepare(
      `SELECT pk, id, type, time_ms, archived_ms FROM data WHERE ${condition} AND archived_ms IS NULL ORDER BY pk`,
    ),
    destroy: database.prepare(
      `SELECT pk, id, type, time_ms, archived_ms FROM data WHERE ${condition} ORDER BY pk`,
    ),
  })
  const byPk = find('data_set = ? AND pk = ? AND id IS NULL')
  const byId = find('data_set = ? AND id = ?')
  const byKey = find('data_set = ? AND dedup_key = ?')
  const byOrigin = find('data_set = ? AND origin_id = ?')
  const byHash = find('data_set = ? AND hash = ? AND user = ?')
  const archive = database.prepare(
    'UPDATE data SET archived_ms = ?1, modified_ms = ?1, seq = ?2 WHERE pk = ?3',
  )
  const destroy = database.prepare('DELETE FROM data WHERE pk = ?')
  const remember = database.prepare(
    'INSERT INTO removed (user, seq, data_set, id, type, time_ms) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const keepPkUsed = database.prepare('UPDATE meta SET next_data_pk = max(next_data_pk, ?)')

  const withdrawn = database.prepare(`
    SELECT pk, id, type, time_ms, archived_ms, user, data_set FROM data
    WHERE archived_by IS NULL AND archived_ms IS NOT NULL AND archived_ms < ? ORDER BY archived_ms LIMIT ?`)

  function rowsOf({ by, how }: RemovePlan, { pk: dataSet, user }: OpenDataSet, value: string): FoundRow[] {
    const rows = (statement: StatementSync, ...values: (string | number | Uint8Array)[]) =>
      statement.all(dataSet, ...values) as unknown as FoundRow[]
    if (by === 'hash') {
      return [
        ...rows(byKey[how], packDedupKey({ kind: 'h', hash: value })),
        ...rows(byHash[how], value, user),
      ]
    }
    if (by === 'origin') {
      const packed = packDedupKey({ kind: 'o', originId: value })
      return [...rows(byKey[how], packed), ...rows(byOrigin[how], packed)]
    }
    const pk = ids.pkOf(value)
    return pk === undefined ? rows(byId[how], value) : [...rows(byPk[how], pk), ...rows(byId[how], value)]
  }

  /** @returns What its row number was. */
  function destroyRow(row: FoundRow, user: number, dataSet: number, seq: number): number {
    destroy.run(row.pk)
    remember.run(user, seq, dataSet, row.id ?? ids.of(row.pk), row.type, row.time_ms)
    return row.pk
  }

  return {
    remove(plan: RemovePlan): RemoveCount {
      const dataSet = openDataSet(plan.dataSetId)
      const before = sequences.last(dataSet.user)
      let seq = before
      let lastPk = 0
      const hours = marks.gather({ ...dataSet, nowMs: plan.nowMs, reason: 'DATA_REMOVED' })
      for (const value of plan.values) {
        for (const row of rowsOf(plan, dataSet, value)) {
          seq++
          if (row.archived_ms === null) hours.add(row.type, row.time_ms)
          if (plan.how === 'archive') archive.run(plan.nowMs, seq, row.pk)
          else lastPk = Math.max(lastPk, destroyRow(row, dataSet.user, dataSet.pk, seq))
        }
      }
      hours.flush()
      if (seq !== before) sequences.set(dataSet.user, seq)
      if (lastPk > 0) keepPkUsed.run(lastPk + 1)
      return { removed: seq - before, changeSequence: seq }
    },

    destroyWithdrawn(plan: { archivedBeforeMs: number; limit: number }): number {
      const rows = withdrawn.all(plan.archivedBeforeMs, plan.limit) as unknown as (FoundRow & {
        user: number
        data_set: number
      })[]
      let lastPk = 0
      for (const row of rows) {
        const seq = sequences.last(row.user) + 1
        lastPk = Math.max(lastPk, destroyRow(row, row.user, row.data_set, seq))
        sequences.set(row.user, seq)
      }
      if (lastPk > 0) keepPkUsed.run(lastPk + 1)
      return rows.length
    },
  }
}
