/** A user's link to an account with a provider of data (data-sets.md §10). */
export interface DataSource {
  /** 32 lower-case hex digits. */
  id: string
  userId: string
  providerType: 'oauth'
  providerName: string
  /** The provider session that is linked now. No two sources have the same. */
  providerSessionId?: string
  providerExternalId?: string
  /** Of one user, provider type and name, at most one source is not `disconnected`. */
  state: DataSourceState
  metadata?: Readonly<Record<string, unknown>>
  /** Why the last import failed, as the service says it. */
  error?: Readonly<Record<string, unknown>>
  /** What the provider's data go into. */
  dataSetId?: string
  /** The span of time of the data in it, both ends inclusive. */
  earliestDataMs?: number
  latestDataMs?: number
  lastImportMs?: number
  createdMs: number
  modifiedMs?: number
  /** 0 when made, one more with every update. */
  revision: number
}

export const dataSourceStates = ['connected', 'disconnected', 'error'] as const
export type DataSourceState = (typeof dataSourceStates)[number]

type Changeable =
  | 'providerSessionId'
  | 'providerExternalId'
  | 'metadata'
  | 'error'
  | 'dataSetId'
  | 'earliestDataMs'
  | 'latestDataMs'
  | 'lastImportMs'

/** New values of a source; null takes one away, and what is not named stays. */
export type DataSourceChanges = { state?: DataSourceState } & {
  [Key in Changeable]?: NonNullable<DataSource[Key]> | null
}

export interface DataSourceUpdate {
  id: string
  /** Given: nothing is done unless the source has this revision. */
  revision?: number
  nowMs: number
  changes: DataSourceChanges
}

export interface DataSourceQuery {
  userId: string
  providerType?: string
  providerName?: string
  providerExternalId?: string
  state?: DataSourceState
  offset: number
  limit: number
}

/** The part of the storage port that is about data sources. */
export interface DataSourceStore {
  createDataSource(source: DataSource): Promise<'created' | 'unknown-user'>
  dataSource(id: string): Promise<DataSource | undefined>
  dataSourceOfSession(providerSessionId: string): Promise<DataSource | undefined>
  /** Of one user, newest `createdMs` first (equal times by id, descending). */
  listDataSources(query: DataSourceQuery): Promise<DataSource[]>
  /**
   * Changes a source and answers it, its revision raised. `session-taken`: another source has this provider session.
   * `provider-taken`: another source of the same user and provider is not disconnected.
   */
  updateDataSource(
    update: DataSourceUpdate,
  ): Promise<DataSource | 'not-found' | 'session-taken' | 'provider-taken'>
  /** Removes it, if it is there and has the revision, where one is given. Its data set stays. */
  deleteDataSource(source: { id: string; revision?: number }): Promise<'deleted' | 'not-found'>
  /** Removes every source of a user. */
  deleteDataSources(userId: string): Promise<void>
}
