import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { DataSource, DataSourceChanges, DataSourceQuery, DataSourceUpdate } from '../data-sources.ts'

export interface DataSourceRow {
  id: string
  user_id: string
  provider_type: DataSource['providerType']
  provider_name: string
  provider_session_id: string | null
  provider_external_id: string | null
  state: DataSource['state']
  metadata: string | null
  error: string | null
  data_set_id: string | null
  earliest_data_ms: number | null
  latest_data_ms: number | null
  last_import_ms: number | null
  created_ms: number
  modified_ms: number | null
  revision: number
}

const selectSources = `
  SELECT data_sources.id, users.id AS user_id, provider_type, provider_name, provider_session_id,
    provider_external_id, state, metadata, error, data_set_id, earliest_data_ms, latest_data_ms, last_import_ms,
    data_sources.created_ms, modified_ms, revision
  FROM data_sources JOIN users ON users.pk = data_sources.user`

export function toDataSource(row: DataSourceRow): DataSource {
  return {
    id: row.id,
    userId: row.user_id,
    providerType: row.provider_type,
    providerName: row.provider_name,
    ...(row.provider_session_id !== null && { providerSessionId: row.provider_session_id }),
    ...(row.provider_external_id !== null && { providerExternalId: row.provider_external_id }),
    state: row.state,
    ...(row.metadata !== null && { metadata: JSON.parse(row.metadata) }),
    ...(row.error !== null && { error: JSON.parse(row.error) }),
    ...(row.data_set_id !== null && { dataSetId: row.data_set_id }),
    ...(row.earliest_data_ms !== null && { earliestDataMs: row.earliest_data_ms }),
    ...(row.latest_data_ms !== null && { latestDataMs: row.latest_data_ms }),
    ...(row.last_import_ms !== null && { lastImportMs: row.last_import_ms }),
    createdMs: row.created_ms,
    ...(row.modified_ms !== null && { modifiedMs: row.modified_ms }),
    revision: row.revision,
  }
}

/** The verbs about data sources that read, on a connection of their own. */
export function dataSourceLookups(database: DatabaseSync) {
  const byId = database.prepare(`${selectSources} WHERE data_sources.id = ?`)
  const bySession = database.prepare(`${selectSources} WHERE provider_session_id = ?`)
  const listed = database.prepare(`${selectSources}
    WHERE data_sources.user = (SELECT pk FROM users WHERE id = ?1)
      AND (?2 IS NULL OR provider_type = ?2) AND (?3 IS NULL OR provider_name = ?3)
      AND (?4 IS NULL OR provider_external_id = ?4) AND (?5 IS NULL OR state = ?5)
    ORDER BY data_sources.created_ms DESC, data_sources.id DESC LIMIT ?6 OFFSET ?7`)
  const one = (row: unknown) => (row === undefined ? undefined : toDataSource(row as DataSourceRow))

  return {
    dataSource: (id: string): DataSource | undefined => one(byId.get(id)),
    dataSourceOfSession: (id: string): DataSource | undefined => one(bySession.get(id)),
    listDataSources(query: DataSourceQuery): DataSource[] {
      const { userId, providerType, providerName, providerExternalId, state, limit, offset } = query
      const filters = [providerType, providerName, providerExternalId, state].map((value) => value ?? null)
      return (listed.all(userId, ...filters, limit, offset) as unknown as DataSourceRow[]).map(toDataSource)
    },
  }
}

/** Objects as JSON text: what somebody put into one (`__proto__`…) is not for cloning between threads. */
export interface DataSourceMessage extends Omit<DataSource, 'metadata' | 'error'> {
  metadataJson: string | null
  errorJson: string | null
}

export interface DataSourceUpdateMessage extends Pick<DataSourceUpdate, 'id' | 'nowMs'> {
  revision: number | undefined
  /** New values by column; null takes one away. */
  columns: readonly (readonly [column: string, value: string | number | null])[]
}

export function toUpdateMessage({ id, revision, nowMs, changes }: DataSourceUpdate): DataSourceUpdateMessage {
  const json = (value: DataSourceChanges['metadata']) =>
    value === undefined || value === null ? value : JSON.stringify(value)
  const columns = {
    state: changes.state,
    provider_session_id: changes.providerSessionId,
    provider_external_id: changes.providerExternalId,
    metadata: json(changes.metadata),
    error: json(changes.error),
    data_set_id: changes.dataSetId,
    earliest_data_ms: changes.earliestDataMs,
    latest_data_ms: changes.latestDataMs,
    last_import_ms: changes.lastImportMs,
  }
  return {
    id,
    revision,
    nowMs,
    columns: Object.entries(columns).flatMap(([column, value]) =>
      value === undefined ? [] : [[column, value] as const],
    ),
  }
}

/** The verbs about data sources that write. Each runs inside a transaction that the caller holds. */
export function dataSourceWrites(database: DatabaseSync) {
  const user = database.prepare('SELECT pk FROM users WHERE id = ?')
  const insert = database.prepare(`
    INSERT INTO data_sources (id, user, provider_type, provider_name, provider_session_id, provider_external_id,
      state, metadata, error, data_set_id, earliest_data_ms, latest_data_ms, last_import_ms, created_ms, modified_ms,
      revision)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const current = database.prepare(
    'SELECT pk FROM data_sources WHERE id = ?1 AND (?2 IS NULL OR revision = ?2)',
  )
  const bySession = database.prepare('SELECT pk FROM data_sources WHERE provider_session_id = ? AND pk <> ?')
  const linked = database.prepare(`
    SELECT 1 FROM data_sources AS this JOIN data_sources AS other USING (user, provider_type, provider_name)
    WHERE this.pk = ? AND other.pk <> this.pk AND other.state <> 'disconnected'`)
  const byPk = database.prepare(`${selectSources} WHERE data_sources.pk = ?`)
  const remove = database.prepare('DELETE FROM data_sources WHERE pk = ?')
  const removeAll = database.prepare(
    'DELETE FROM data_sources WHERE user = (SELECT pk FROM users WHERE id = ?)',
  )

  const pkOf = (id: string, revision: number | undefined) => {
    const row = current.get(id, revision ?? null)
    return row && Number(row.pk)
  }

  return {
    createDataSource(source: DataSourceMessage): 'created' | 'unknown-user' {
      const owner = user.get(source.userId)
      if (!owner) return 'unknown-user'
      insert.run(
        source.id,
        Number(owner.pk),
        source.providerType,
        source.providerName,
        source.providerSessionId ?? null,
        source.providerExternalId ?? null,
        source.state,
        source.metadataJson,
        source.errorJson,
        source.dataSetId ?? null,
        source.earliestDataMs ?? null,
        source.latestDataMs ?? null,
        source.lastImportMs ?? null,
        source.createdMs,
        source.modifiedMs ?? null,
        source.revision,
      )
      return 'created'
    },

    updateDataSource({
      id,
      revision,
      nowMs,
      columns,
    }: DataSourceUpdateMessage): DataSourceRow | 'not-found' | 'session-taken' | 'provider-taken' {
      const pk = pkOf(id, revision)
      if (pk === undefined) return 'not-found'
      const values = new Map(columns)
      const session = values.get('provider_session_id')
      if (typeof session === 'string' && bySession.get(session, pk)) return 'session-taken'
      const state = values.get('state')
      if (state !== undefined && state !== 'disconnected' && linked.get(pk)) return 'provider-taken'
      const assignments = [...values.keys(), 'modified_ms'].map((column) => `${column} = ?`)
      const parameters: SQLInputValue[] = [...values.values(), nowMs, pk]
      database
        .prepare(`UPDATE data_sources SET ${assignments.join(', ')}, revision = revision + 1 WHERE pk = ?`)
        .run(...parameters)
      // A plain copy: rows have no prototype, which a message does not carry over.
      return { ...byPk.get(pk) } as unknown as DataSourceRow
    },

    deleteDataSource({ id, revision }: { id: string; revision?: number }): 'deleted' | 'not-found' {
      const pk = pkOf(id, revision)
      if (pk === undefined) return 'not-found'
      remove.run(pk)
      return 'deleted'
    },

    deleteDataSources(userId: string): void {
      removeAll.run(userId)
    },
  }
}
