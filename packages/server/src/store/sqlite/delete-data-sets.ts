import type { DatabaseSync } from 'node:sqlite'
import { StoreRefusal } from '../port.ts'
import { changeSequences, changes } from './change-sequence.ts'
import type { DataSetDevices } from './data-set-devices.ts'
import { rowDestruction } from './destroy-rows.ts'
import type { MadeIds } from './ids.ts'
import type { SummaryMarks } from './summaries.ts'
import type { TypeNumbers } from './types.ts'
import { storedDataSets } from './write-data-sets.ts'

export interface DeletionParts {
  database: DatabaseSync
  types: TypeNumbers
  devices: DataSetDevices
  ids: MadeIds
  marks: SummaryMarks
}

/** The verbs `deleteDataSet` and `deleteUserData`. They run inside a transaction that the caller holds. */
export function deletionOfDataSets({ database, types, devices, ids, marks }: DeletionParts) {
  const storedDataSet = storedDataSets(database)
  const sequences = changeSequences(database)
  const handBack = database.prepare(`
    UPDATE data SET archived_ms = freed.archived_ms, archived_by = freed.archived_by, modified_ms = ?1,
      seq = ?2 + freed.place
    FROM (
      SELECT older.pk, own.archived_ms, own.archived_by, row_number() OVER (ORDER BY older.seq) AS place
      FROM data AS older
      LEFT JOIN (SELECT hash, archived_ms, archived_by, row_number() OVER
          (PARTITION BY hash ORDER BY archived_ms IS NOT NULL, archived_ms DESC, seq) AS rank
        FROM data WHERE data_set = ?3 AND hash IS NOT NULL) AS own ON own.hash = older.hash AND own.rank = 1
      WHERE older.archived_by = ?3 AND older.archived_ms IS NOT NULL
    ) AS freed
    WHERE data.pk = freed.pk`)
  const destroyRows = rowDestruction({ database, ids, marks }, 'data_set = ?')
  const markHidden = marks.rows('archived_by = ? AND archived_ms IS NOT NULL', 'DATA_ADDED')
  const destroyParked = database.prepare('DELETE FROM parked WHERE data_set = ?')
  const forgetDevices = database.prepare('DELETE FROM data_set_devices WHERE data_set = ?')
  const mark = database.prepare(
    'UPDATE data_sets SET deleted_ms = ?1, modified_ms = ?1, seq = ?2 WHERE pk = ?3',
  )

  const owner = database.prepare('SELECT pk FROM users WHERE id = ?')
  const dataSetsOf = database.prepare('SELECT pk, id, created_ms FROM data_sets WHERE user = ? ORDER BY seq')
  const remember = database.prepare(
    'INSERT INTO removed (user, seq, data_set, id, type, time_ms) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const keepPkUsed = database.prepare(
    'UPDATE meta SET next_data_set_pk = max(next_data_set_pk, (SELECT max(pk) + 1 FROM data_sets))',
  )
  const destroySources = database.prepare('DELETE FROM data_sources WHERE user = ?')
  const destroyParkedOfUser = database.prepare('DELETE FROM parked WHERE user = ?')
  const forgetMedtronicLoop = database.prepare('DELETE FROM medtronic_loop WHERE user = ?')
  const forgetSummaries = ['summary_marks', 'summary_hours', 'summaries'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE user = ?`),
  )
  const destroyDataSet = database.prepare('DELETE FROM data_sets WHERE pk = ?')

  return {
    deleteDataSet({ dataSetId, nowMs }: { dataSetId: string; nowMs: number }): void {
      const stored = storedDataSet(dataSetId)
      if (!stored) throw new StoreRefusal('data-set-not-found', dataSetId)
      const { pk, user, row } = stored
      const before = sequences.last(user)
      let seq = before
      markHidden(nowMs, pk)
      seq += changes(handBack.run(nowMs, seq, pk))
      seq += destroyRows({ seq, nowMs }, pk)
      destroyParked.run(pk)
      forgetDevices.run(pk)
      if (row.deleted_ms === null) mark.run(nowMs, ++seq, pk)
      if (seq !== before) sequences.set(user, seq)
      devices.forget()
    },

    deleteUserData({ userId }: { userId: string }): void {
      const found = owner.get(userId)
      if (!found) return
      const user = Number(found.pk)
      destroySources.run(user)
      destroyParkedOfUser.run(user)
      forgetMedtronicLoop.run(user)
      const uploadType = types.of('upload')
      let seq = sequences.last(user)
      const dataSets = dataSetsOf.all(user) as unknown as { pk: number; id: string; created_ms: number }[]
      if (dataSets.length === 0) return
      for (const { pk } of dataSets) seq += destroyRows({ seq, nowMs: 0 }, pk)
      for (const statement of forgetSummaries) statement.run(user)
      keepPkUsed.run()
      for (const { pk, id, created_ms: createdMs } of dataSets) {
        remember.run(user, ++seq, pk, id, uploadType, createdMs)
        forgetDevices.run(pk)
        destroyDataSet.run(pk)
      }
      sequences.set(user, seq)
      devices.forget()
    },
  }
}
