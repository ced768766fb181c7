import type { DatabaseSync } from 'node:sqlite'
import { type DataSet, StoreRefusal, type UpdatePlan } from '../port.ts'
import { changeSequences } from './change-sequence.ts'
import { type DataSetRow, dataSetColumns } from './rows.ts'
import { toSqlText } from './text.ts'

/** `fields` as JSON text: what a client put into a payload (`__proto__`…) is not for cloning between threads. */
export type DataSetMessage = Omit<DataSet, 'fields'> & { fieldsJson: string }
export type UpdateMessage = Omit<UpdatePlan, 'fields'> & { fieldsJson: string }

export function dataSetWrites(database: DatabaseSync) {
  const sequences = changeSequences(database)
  const storedDataSet = storedDataSets(database)
  const owner = database.prepare('SELECT pk FROM users WHERE id = ?')
  const reusable = database.prepare(`
    SELECT ${dataSetColumns} FROM data_sets JOIN users ON users.pk = data_sets.user
    WHERE data_sets.user = ? AND data_sets.created_ms >= ? AND fingerprint = ?
      AND state = 'open' AND deleted_ms IS NULL AND modified_ms = data_sets.created_ms
      AND NOT EXISTS (SELECT 1 FROM data WHERE data.data_set = data_sets.pk)
    ORDER BY data_sets.created_ms DESC, data_sets.id DESC LIMIT 1`)
  const insert = database.prepare(`
    INSERT INTO data_sets (pk, id, user, data_set_type, state, active, deduplicator_name, deduplicator_version,
      client_name, device_id, fingerprint, created_ms, modified_ms, deleted_ms, created_user_id, fields, seq)
    VALUES ((SELECT max(next_data_set_pk, (SELECT ifnull(max(pk), 0) + 1 FROM data_sets)) FROM meta),
      ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const change = database.prepare(`
    UPDATE data_sets SET state = ?, device_id = ifnull(?, device_id), fields = ?, modified_ms = ?, seq = ? WHERE pk = ?`)

  return {
    /** @returns The row of the data set that is to be used instead (D14), or nothing if the given one was added. */
    createDataSet(request: {
      dataSet: DataSetMessage
      reuseCreatedSinceMs: number | undefined
    }): DataSetRow | undefined {
      const { dataSet, reuseCreatedSinceMs } = request
      const found = owner.get(dataSet.userId)
      if (!found) throw new Error('a data set needs an account that exists')
      const user = Number(found.pk)
      if (reuseCreatedSinceMs !== undefined) {
        const row = reusable.get(user, reuseCreatedSinceMs, dataSet.fingerprint)
        // A plain copy: rows have no prototype, which a message does not carry over.
        if (row) return { ...row } as unknown as DataSetRow
      }
      const seq = sequences.last(user) + 1
      insert.run(
        dataSet.id,
        user,
        dataSet.dataSetType,
        dataSet.state,
        Number(dataSet.active),
        dataSet.deduplicator.name,
        dataSet.deduplicator.version,
        dataSet.clientName === undefined ? null : toSqlText(dataSet.clientName),
        dataSet.deviceId === undefined ? null : toSqlText(dataSet.deviceId),
        dataSet.fingerprint,
        dataSet.createdMs,
        dataSet.modifiedMs,
        dataSet.deletedMs ?? null,
        dataSet.createdUserId ?? null,
        dataSet.fieldsJson,
        seq,
      )
      sequences.set(user, seq)
      return undefined
    },

    updateDataSet({ dataSetId, nowMs, close, fieldsJson }: UpdateMessage): DataSetRow {
      const stored = storedDataSet(dataSetId)
      if (!stored) throw new StoreRefusal('data-set-not-found', dataSetId)
      const { pk, user, row } = stored
      if (row.state === 'closed') throw new StoreRefusal('data-set-closed', dataSetId)
      if (row.data_set_type !== 'continuous') throw new Error('only a continuous data set is updated')
      const changed = JSON.parse(fieldsJson)
      const fields = { ...JSON.parse(row.fields), ...changed }
      const deviceId = changed.deviceId === undefined ? null : toSqlText(changed.deviceId)
      const seq = sequences.last(user) + 1
      change.run(close ? 'closed' : 'open', deviceId, JSON.stringify(fields), nowMs, seq, pk)
      sequences.set(user, seq)
      return storedDataSet(dataSetId)?.row as DataSetRow
    },
  }
}

/** A data set's row, with its own number and its user's. */
export interface StoredDataSet {
  pk: number
  user: number
  /** A plain copy: what SQLite gives has no prototype, which a message does not carry over. */
  row: DataSetRow
}

export function storedDataSets(database: DatabaseSync): (dataSetId: string) => StoredDataSet | undefined {
  const select = database.prepare(`
    SELECT data_sets.pk, data_sets.user, ${dataSetColumns}
    FROM data_sets JOIN users ON users.pk = data_sets.user WHERE data_sets.id = ?`)
  return (dataSetId) => {
    const found = select.get(dataSetId)
    if (!found) return undefined
    const { pk, user, ...row } = found
    return { pk: Number(pk), user: Number(user), row: row as unknown as DataSetRow }
  }
}

/** What a write to a data set must know of it. */
export interface OpenDataSet {
  /** Readers see its data. */
  active: boolean
  pk: number
  user: number
  deleted: boolean
}

/** Looks a data set up and refuses one that takes no data now: the re-test that `write` and `remove` promise. */
export function openDataSets(database: DatabaseSync): (dataSetId: string) => OpenDataSet {
  const select = database.prepare(
    'SELECT pk, user, data_set_type, state, active, deleted_ms FROM data_sets WHERE id = ?',
  )
  return (dataSetId) => {
    const row = select.get(dataSetId)
    if (!row) throw new StoreRefusal('data-set-not-found', dataSetId)
    if (row.state === 'closed') throw new StoreRefusal('data-set-closed', dataSetId)
    const deleted = row.deleted_ms !== null
    // D3: a normal data set is not revived.
    if (deleted && row.data_set_type === 'normal') throw new StoreRefusal('data-set-not-found', dataSetId)
    return { pk: Number(row.pk), user: Number(row.user), active: row.active === 1, deleted }
  }
}
