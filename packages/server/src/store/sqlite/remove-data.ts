import type { StatementSync } from 'node:sqlite'
import type { RemoveCount, RemovePlan } from '../port.ts'
import { changeSequences } from './change-sequence.ts'
import { packDedupKey } from './dedup-key.ts'
import type { DataWriteParts } from './write-data.ts'
import { openDataSets } from './write-data-sets.ts'

interface FoundRow {
  pk: number
  id: string | null
  type: number
  time_ms: number
}

/** The verb `remove`. It runs inside a transaction that the caller holds. */
export function dataRemovals({ database, ids }: Pick<DataWriteParts, 'database' | 'ids'>) {
  const openDataSet = openDataSets(database)
  const sequences = changeSequences(database)
  const find = (condition: string) => ({
    archive: database.prepare(
      `SELECT pk, id, type, time_ms FROM data WHERE ${condition} AND archived_ms IS NULL ORDER BY pk`,
    ),
    destroy: database.prepare(`SELECT pk, id, type, time_ms FROM data WHERE ${condition} ORDER BY pk`),
  })
  const byPk = find('data_set = ? AND pk = ? AND id IS NULL')
  const byId = find('data_set = ? AND id = ?')
  const byKey = find('data_set = ? AND dedup_key = ?')
  const byOrigin = find('data_set = ? AND origin_id = ?')
  const byHash = find('data_set = ? AND hash = ?')
  const archive = database.prepare(
    'UPDATE data SET archived_ms = ?1, modified_ms = ?1, seq = ?2 WHERE pk = ?3',
  )
  const destroy = database.prepare('DELETE FROM data WHERE pk = ?')
  const remember = database.prepare(
    'INSERT INTO removed (user, seq, data_set, id, type, time_ms) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const keepPkUsed = database.prepare('UPDATE meta SET next_data_pk = max(next_data_pk, ?)')

  function rowsOf({ by, how }: RemovePlan, dataSet: number, value: string): FoundRow[] {
    const rows = (statement: StatementSync, ...values: (string | number | Uint8Array)[]) =>
      statement.all(dataSet, ...values) as unknown as FoundRow[]
    if (by === 'hash') return rows(byHash[how], value)
    if (by === 'origin') {
      const packed = packDedupKey({ kind: 'o', originId: value })
      return [...rows(byKey[how], packed), ...rows(byOrigin[how], packed)]
    }
    const pk = ids.pkOf(value)
    return pk === undefined ? rows(byId[how], value) : [...rows(byPk[how], pk), ...rows(byId[how], value)]
  }

  return {
    remove(plan: RemovePlan): RemoveCount {
      const dataSet = openDataSet(plan.dataSetId)
      const before = sequences.last(dataSet.user)
      let seq = before
      let lastPk = 0
      for (const value of plan.values) {
        for (const row of rowsOf(plan, dataSet.pk, value)) {
          seq++
          if (plan.how === 'archive') archive.run(plan.nowMs, seq, row.pk)
          else {
            destroy.run(row.pk)
            remember.run(dataSet.user, seq, dataSet.pk, row.id ?? ids.of(row.pk), row.type, row.time_ms)
            lastPk = Math.max(lastPk, row.pk)
          }
        }
      }
      if (seq !== before) sequences.set(dataSet.user, seq)
      if (lastPk > 0) keepPkUsed.run(lastPk + 1)
      return { removed: seq - before, changeSequence: seq }
    },
  }
}
