import type { DatabaseSync } from 'node:sqlite'
import type { WriteCount } from '../port.ts'
import { changeSequences } from './change-sequence.ts'
import type { DataSetDevices } from './data-set-devices.ts'
import { packDedupKey } from './dedup-key.ts'
import type { MadeIds } from './ids.ts'
import { type PlanMessage, type RecordCells, unpackRecords } from './plan-message.ts'
import type { SummaryMarks } from './summaries.ts'
import { toSqlText } from './text.ts'
import type { TypeNumbers } from './types.ts'
import { openDataSets } from './write-data-sets.ts'

/**
 * Adds a row, or finds the row of the same key and replaces it, or leaves it alone if nothing would change. A client
 * that sends back the id which was made for this very row (`:own_pk` is then the row's number) changes nothing by it.
 */
const upsertSql = `
  INSERT INTO data (pk, user, data_set, dedup_key, type, sub_type, time_ms, id, device_id, origin_id, sent_units,
    created_ms, modified_ms, seq, body, hash, origin_time)
  VALUES (:pk, :user, :data_set, :dedup_key, :type, :sub_type, :time_ms, :id, :device_id, :origin_id, :sent_units,
    :now_ms, :now_ms, :seq, :body, NULL, NULL)
  ON CONFLICT (data_set, dedup_key) DO UPDATE SET
    type = excluded.type,
    sub_type = excluded.sub_type,
    time_ms = replacing(data.type, data.time_ms, data.archived_ms IS NULL, excluded.time_ms),
    id = ifnull(excluded.id, data.id),
    device_id = excluded.device_id,
    origin_id = excluded.origin_id,
    sent_units = excluded.sent_units,
    archived_ms = NULL,
    archived_by = NULL,
    created_ms = excluded.created_ms,
    modified_ms = excluded.modified_ms,
    seq = excluded.seq,
    body = excluded.body,
    hash = excluded.hash,
    origin_time = excluded.origin_time
  WHERE (data.body IS NOT excluded.body
    OR data.archived_ms IS NOT NULL
    OR data.sent_units IS NOT excluded.sent_units
    OR (excluded.id IS NOT NULL AND data.id IS NOT excluded.id AND NOT (data.id IS NULL AND data.pk IS :own_pk)))`

/** The same for records that say more. The other is for most of the records there are: each value less saved time. */
const upsertMoreSql = `
  ${upsertSql.replace(':body, NULL, NULL', ':body, :hash, :origin_time')}
  AND CASE :replaces
    WHEN 'if-archived' THEN data.archived_ms IS NOT NULL
    WHEN 'if-older' THEN ifnull(excluded.origin_time > ifnull(data.origin_time, ''), 0)
    ELSE 1
  END`

export interface DataWriteParts {
  database: DatabaseSync
  types: TypeNumbers
  devices: DataSetDevices
  ids: MadeIds
  marks: SummaryMarks
}

/** The verb `write`. It runs inside a transaction that the caller holds. */
export function dataWrites({ database, types, devices, ids, marks }: DataWriteParts) {
  const openDataSet = openDataSets(database)
  const sequences = changeSequences(database)
  // The hour of a row before it is replaced: to ask for it of every record would cost what the upsert does.
  let hours: ReturnType<SummaryMarks['gather']>
  database.function('replacing', (type, timeMs, isLive, newTimeMs) => {
    if (isLive) hours.add(Number(type), Number(timeMs))
    return newTimeMs
  })
  const upsert = database.prepare(positional(upsertSql))
  const upsertMore = database.prepare(positional(upsertMoreSql))
  const revive = database.prepare(
    'UPDATE data_sets SET deleted_ms = NULL, modified_ms = ?, seq = ? WHERE pk = ?',
  )
  const equalHash = database.prepare(
    'SELECT 1 FROM data WHERE user = ? AND hash = ? AND archived_ms IS NULL LIMIT 1',
  )
  const lastInserted = database.prepare('SELECT last_insert_rowid() AS pk')
  let nextPk = Number(
    database
      .prepare('SELECT max(next_data_pk, (SELECT ifnull(max(pk), 0) + 1 FROM data)) AS next FROM meta')
      .get()?.next,
  )

  return {
    write(plan: PlanMessage): WriteCount {
      const dataSet = openDataSet(plan.dataSetId)
      const before = sequences.last(dataSet.user)
      const count: WriteCount = { added: 0, replaced: 0, unchanged: 0, changeSequence: before }
      if (dataSet.deleted && plan.cells.length > 0) {
        revive.run(plan.nowMs, ++count.changeSequence, dataSet.pk)
      }
      const skipped = new Set<string>()
      const isThere = (hash: string | null | undefined) => hash != null && equalHash.get(dataSet.user, hash)
      const records = [...unpackRecords(plan)].filter(({ more }) => {
        if (!plan.skipsEqualHashes || !isThere(more?.hash)) return true
        if (more?.hash != null) skipped.add(more.hash)
        return false
      })
      if (plan.skipsEqualHashes) count.skippedHashes = [...skipped]
      for (const { type } of records) types.of(type)
      // An insert makes `nextPk` the connection's last inserted number and an update leaves that as it is: so are the
      // two told apart (RETURNING took 40 % of the speed). It must not be that number yet, through another table.
      if (lastInserted.get()?.pk === nextPk) nextPk++
      hours = marks.gather({ ...dataSet, nowMs: plan.nowMs, reason: 'DATA_ADDED' })
      for (const record of records) {
        const deviceId = record.deviceId === null ? null : toSqlText(record.deviceId)
        const ownPk = record.id === null ? null : (ids.pkOf(record.id) ?? null)
        const values = [
          nextPk,
          dataSet.user,
          dataSet.pk,
          keyOf(record),
          types.of(record.type),
          record.subType,
          record.timeMs,
          record.id,
          deviceId,
          record.originId === null ? null : packDedupKey({ kind: 'o', originId: record.originId }),
          record.sentUnits,
          plan.nowMs,
          count.changeSequence + 1,
          record.body,
        ] as const
        const { more } = record
        const { changes, lastInsertRowid } = more
          ? upsertMore.run(...values, more.hash, more.originTime, ownPk, more.replaces)
          : upsert.run(...values, ownPk)
        if (changes === 0) {
          count.unchanged++
          continue
        }
        count.changeSequence++
        hours.add(values[4], record.timeMs)
        if (deviceId !== null) devices.note(dataSet.pk, deviceId)
        if (lastInsertRowid === nextPk) {
          count.added++
          nextPk++
        } else count.replaced++
      }
      hours.flush()
      if (count.changeSequence !== before) sequences.set(dataSet.user, count.changeSequence)
      return count
    },
  }
}

function keyOf({ keyOriginId, keyContentSha256, more }: RecordCells) {
  if (keyOriginId !== null) return packDedupKey({ kind: 'o', originId: keyOriginId })
  if (keyContentSha256 !== null) return packDedupKey({ kind: 'c', contentSha256: keyContentSha256 })
  return more?.keyHash == null ? null : packDedupKey({ kind: 'h', hash: more.keyHash })
}

/** Numbers the parameters in the order in which they first appear: binding by position is faster than by name. */
function positional(sql: string): string {
  const names: string[] = []
  return sql.replace(/:([a-z_]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `?${names.indexOf(name) + 1}`
  })
}
