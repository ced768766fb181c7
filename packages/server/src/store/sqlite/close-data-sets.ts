import type { DatabaseSync } from 'node:sqlite'
import { type ClosePlan, StoreRefusal } from '../port.ts'
import { changeSequences, changes } from './change-sequence.ts'
import { rowDestruction } from './destroy-rows.ts'
import type { MadeIds } from './ids.ts'
import type { DataSetRow } from './rows.ts'
import type { SummaryMarks } from './summaries.ts'
import type { SqlText } from './text.ts'
import { type StoredDataSet, storedDataSets } from './write-data-sets.ts'

export interface ClosingParts {
  database: DatabaseSync
  ids: MadeIds
  marks: SummaryMarks
}

/** The verb `closeDataSet`. It runs inside a transaction that the caller holds. */
export function closingOfDataSets({ database, ids, marks }: ClosingParts) {
  const storedDataSet = storedDataSets(database)
  const sequences = changeSequences(database)
  const supersede = supersedings({ database, ids, marks })
  const showRows = database.prepare(`
    UPDATE data SET modified_ms = ?, seq = ? + shown.place
    FROM (SELECT pk, row_number() OVER (ORDER BY seq) AS place FROM data
      WHERE data_set = ? AND archived_ms IS NULL) AS shown
    WHERE data.pk = shown.pk`)
  const close = database.prepare(
    "UPDATE data_sets SET state = 'closed', active = 1, modified_ms = ?, seq = ? WHERE pk = ?",
  )

  return {
    closeDataSet({ dataSetId, nowMs, supersedes }: ClosePlan): DataSetRow {
      const stored = storedDataSet(dataSetId)
      if (!stored) throw new StoreRefusal('data-set-not-found', dataSetId)
      const { pk, user, row } = stored
      const deleted = row.deleted_ms !== null
      const isClosed = row.state === 'closed'
      if (isClosed && (deleted || row.data_set_type !== 'normal')) {
        throw new StoreRefusal('data-set-closed', dataSetId)
      }
      if (isClosed) return row
      if (row.data_set_type !== 'normal') throw new Error('a continuous data set is closed by updating it')
      if (deleted) throw new StoreRefusal('data-set-not-found', dataSetId)

      let seq = sequences.last(user)
      seq += supersede[supersedes](stored, nowMs, seq)
      seq += changes(showRows.run(nowMs, seq, pk))
      close.run(nowMs, ++seq, pk)
      sequences.set(user, seq)
      marks.closed({ dataSet: pk, user, nowMs })
      return storedDataSet(dataSetId)?.row as DataSetRow
    },
  }
}

/** Carries out one way of superseding. @returns How many change numbers after `seq` that took. */
type Supersede = (closing: StoredDataSet, nowMs: number, seq: number) => number

function supersedings({ database, ids, marks }: ClosingParts): Record<ClosePlan['supersedes'], Supersede> {
  const hideEqualHashes = database.prepare(`
    UPDATE data SET archived_ms = ?1, archived_by = ?2, modified_ms = ?1, seq = ?3 + hidden.place
    FROM (
      SELECT older.pk, row_number() OVER (ORDER BY older.seq) AS place
      FROM (SELECT DISTINCT hash FROM data WHERE data_set = ?2 AND hash IS NOT NULL) AS own
      CROSS JOIN data AS older ON older.user = ?4 AND older.hash = own.hash
      JOIN data_sets ON data_sets.pk = older.data_set
      WHERE older.device_id = ?5 AND older.archived_ms IS NULL AND older.data_set <> ?2 AND data_sets.active = 1
    ) AS hidden
    WHERE data.pk = hidden.pk`)
  const markEqualHashes = marks.rows(
    `user = ? AND data_set <> ? AND device_id = ? AND archived_ms IS NULL
     AND hash IN (SELECT hash FROM data WHERE data_set = ?)`,
    'DATA_REMOVED',
  )
  const destroyDevice = rowDestruction(
    { database, ids, marks },
    `data_set IN (SELECT data_sets.pk FROM data_sets JOIN data_set_devices AS had ON had.data_set = data_sets.pk
       WHERE data_sets.user = ? AND data_sets.pk <> ? AND had.device_id = ?)
     AND device_id = ?`,
  )
  const markDevice = database.prepare(`
    UPDATE data_sets SET deleted_ms = ?1, modified_ms = ?1, seq = ?2 + marked.place
    FROM (SELECT pk, row_number() OVER (ORDER BY seq) AS place FROM data_sets
      WHERE user = ?3 AND pk <> ?4 AND device_id = ?5 AND deleted_ms IS NULL) AS marked
    WHERE data_sets.pk = marked.pk`)

  const destroyParked = database.prepare(`
    DELETE FROM parked WHERE data_set IN
      (SELECT pk FROM data_sets WHERE user = ? AND pk <> ? AND device_id = ?)`)

  return {
    nothing: () => 0,
    'equal-hashes'({ pk, user, row }, nowMs, seq) {
      if (row.device_id === null) return 0
      markEqualHashes(nowMs, user, pk, row.device_id as SqlText, pk)
      return changes(hideEqualHashes.run(nowMs, pk, seq, user, row.device_id as SqlText))
    },
    'whole-device'({ pk, user, row: { device_id: deviceId } }, nowMs, seq) {
      if (deviceId === null) return 0
      destroyParked.run(user, pk, deviceId)
      const destroyed = destroyDevice({ seq, nowMs }, user, pk, deviceId, deviceId)
      return destroyed + changes(markDevice.run(nowMs, seq + destroyed, user, pk, deviceId)) // H14
    },
  }
}
