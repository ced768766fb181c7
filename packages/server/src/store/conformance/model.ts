import type {
  ClosePlan,
  DataQuery,
  DataSet,
  RemoveCount,
  RemovePlan,
  StoreRefusal,
  UpdatePlan,
  WriteCount,
  WritePlan,
} from '../port.ts'
import { changesRow, fieldsOf, keyText, type ModelRow, newestFirst } from './model-rows.ts'

type Refused = StoreRefusal['reason']

/** A store of one user in plain arrays, slow and obvious: what the engines are compared with. */
export class ModelStore {
  dataSets: DataSet[] = []
  #rows: ModelRow[] = []
  #sequence = 0

  get sequence(): number {
    return this.#sequence
  }

  createDataSet(dataSet: DataSet, options?: { reuseCreatedSinceMs: number }): DataSet {
    const reusable = this.dataSets.filter(
      (one) =>
        options !== undefined &&
        one.createdMs >= options.reuseCreatedSinceMs &&
        one.fingerprint === dataSet.fingerprint &&
        one.state === 'open' &&
        one.deletedMs === undefined &&
        one.modifiedMs === one.createdMs &&
        !this.#rows.some((row) => row.dataSetId === one.id),
    )
    const newest = reusable.sort(newestFirst)[0]
    if (newest) return newest
    this.#sequence++
    this.dataSets.push(dataSet)
    return dataSet
  }

  listed({ includeDeleted, pending }: { includeDeleted: boolean; pending: boolean }): DataSet[] {
    return this.dataSets
      .filter((one) => (pending ? one.dataSetType === 'normal' && one.state === 'open' : one.active))
      .filter(({ deletedMs }) => includeDeleted || deletedMs === undefined)
      .sort(newestFirst)
  }

  closeDataSet({ dataSetId, nowMs, supersedes }: ClosePlan): DataSet | Refused {
    const dataSet = this.#dataSet(dataSetId)
    if (!dataSet) return 'data-set-not-found'
    if (dataSet.state === 'closed') {
      return dataSet.dataSetType === 'normal' && dataSet.deletedMs === undefined ? dataSet : 'data-set-closed'
    }
    if (dataSet.deletedMs !== undefined) return 'data-set-not-found'
    const { deviceId } = dataSet
    const ofDevice = this.#inOrder((row) => row.dataSetId !== dataSetId && row.deviceId === deviceId)
    if (supersedes === 'equal-hashes' && deviceId !== undefined) {
      // A key's hash is of its own data set.
      const superseding = (row: ModelRow) => (row.key?.startsWith('h,') ? undefined : row.hash)
      const hashes = new Set(this.#rowsOf(dataSetId).flatMap((row) => superseding(row) ?? []))
      const hidden = ofDevice.filter((row) => this.#isVisible(row) && hashes.has(superseding(row) ?? ''))
      for (const row of hidden) this.#change(row, { archived: { atMs: nowMs, by: dataSetId } })
    }
    if (supersedes === 'whole-device' && deviceId !== undefined) {
      for (const row of ofDevice) this.#destroy(row)
      for (const { id, deviceId: its, deletedMs } of this.dataSets) {
        if (id === dataSetId || its !== deviceId || deletedMs !== undefined) continue
        this.#set(id, { deletedMs: nowMs, modifiedMs: nowMs })
      }
    }
    for (const row of this.#rowsOf(dataSetId)) if (!row.archived) this.#change(row, {})
    return this.#set(dataSetId, { state: 'closed', active: true, modifiedMs: nowMs })
  }

  updateDataSet({ dataSetId, nowMs, close, fields }: UpdatePlan): DataSet | Refused {
    const dataSet = this.#dataSet(dataSetId)
    if (!dataSet) return 'data-set-not-found'
    if (dataSet.state === 'closed') return 'data-set-closed'
    const deviceId = fields.deviceId as string | undefined
    return this.#set(dataSetId, {
      state: close ? 'closed' : 'open',
      modifiedMs: nowMs,
      fields: { ...dataSet.fields, ...fields },
      ...(deviceId !== undefined && { deviceId }),
    })
  }

  deleteDataSet({ dataSetId, nowMs }: { dataSetId: string; nowMs: number }): Refused | undefined {
    const dataSet = this.#dataSet(dataSetId)
    if (!dataSet) return 'data-set-not-found'
    const own = this.#rowsOf(dataSetId)
    for (const row of this.#inOrder(({ archived }) => archived?.by === dataSetId)) {
      const successors = own.filter(({ hash }) => hash !== undefined && hash === row.hash)
      const isVisible = successors.every(({ archived }) => archived) ? 0 : 1
      const last = successors.sort((a, b) => (b.archived?.atMs ?? 0) - (a.archived?.atMs ?? 0))[0]
      this.#change(row, { archived: isVisible ? undefined : last?.archived })
    }
    for (const row of own) this.#destroy(row)
    if (dataSet.deletedMs === undefined) this.#set(dataSetId, { deletedMs: nowMs, modifiedMs: nowMs })
    return undefined
  }

  deleteUserData(): void {
    this.#sequence += this.#rows.length + this.dataSets.length
    this.#rows = []
    this.dataSets = []
  }

  destroyWithdrawn({ archivedBeforeMs }: { archivedBeforeMs: number }): void {
    for (const row of [...this.#rows]) {
      const { archived } = row
      if (archived && archived.by === undefined && archived.atMs < archivedBeforeMs) this.#destroy(row)
    }
  }

  /** As the port's `write`, or the reason of its refusal. */
  write({ dataSetId, nowMs, records }: WritePlan): WriteCount | Refused {
    const refusal = this.#refusal(dataSetId)
    if (refusal) return refusal
    this.#revive(dataSetId, nowMs, records.length)
    const count = { added: 0, replaced: 0, unchanged: 0 }
    for (const record of records) {
      const key = keyText(record)
      const at = this.#rows.findIndex(
        (one) => key !== undefined && one.dataSetId === dataSetId && one.key === key,
      )
      const row = this.#rows[at]
      if (row && !changesRow(row, record)) {
        count.unchanged++
        continue
      }
      const id = record.id ?? row?.id
      const fresh = { ...fieldsOf(record), dataSetId, key, id, archived: undefined, seq: ++this.#sequence }
      if (row) this.#rows[at] = fresh
      else this.#rows.push(fresh)
      count[row ? 'replaced' : 'added']++
    }
    return { ...count, changeSequence: this.#sequence }
  }

  remove({ dataSetId, nowMs, by, values, how }: RemovePlan): RemoveCount | Refused {
    const refusal = this.#refusal(dataSetId)
    if (refusal) return refusal
    const name = { id: 'id', origin: 'originId', hash: 'hash' } as const
    let removed = 0
    for (const value of values) {
      for (const row of [...this.#rows]) {
        if (row.dataSetId !== dataSetId || row[name[by]] !== value || (how === 'archive' && row.archived))
          continue
        removed++
        if (how === 'destroy') this.#destroy(row)
        else this.#change(row, { archived: { atMs: nowMs, by: undefined } })
      }
    }
    return { removed, changeSequence: this.#sequence }
  }

  /** Rows in the order of a read. An id that the store made is unknown until {@link ModelRow.id} is set. */
  read(query: Omit<DataQuery, 'userId'>): ModelRow[] {
    const { types, subTypes, fromMs = -Infinity, toMs = Infinity, deviceId, dataSetId } = query
    return this.#rows
      .filter(
        (row) =>
          this.#isVisible(row) &&
          (types === undefined || types.includes(row.type)) &&
          (subTypes === undefined || (row.subType !== undefined && subTypes.includes(row.subType))) &&
          (deviceId === undefined || row.deviceId === deviceId) &&
          (dataSetId === undefined || row.dataSetId === dataSetId) &&
          row.timeMs >= fromMs &&
          row.timeMs <= toMs,
      )
      .sort((a, b) => a.timeMs - b.timeMs || a.seq - b.seq)
  }

  #dataSet(dataSetId: string): DataSet | undefined {
    return this.dataSets.find(({ id }) => id === dataSetId)
  }

  #isVisible({ archived, dataSetId }: ModelRow): boolean {
    return archived === undefined && this.#dataSet(dataSetId)?.active === true
  }

  #inOrder(which: (row: ModelRow) => boolean): ModelRow[] {
    return this.#rows.filter(which).sort((a, b) => a.seq - b.seq)
  }

  #rowsOf(dataSetId: string): ModelRow[] {
    return this.#inOrder((row) => row.dataSetId === dataSetId)
  }

  #change(row: ModelRow, change: Pick<Partial<ModelRow>, 'archived'>): void {
    Object.assign(row, change, { seq: ++this.#sequence })
  }

  #destroy(row: ModelRow): void {
    this.#sequence++
    this.#rows = this.#rows.filter((one) => one !== row)
  }

  #set(dataSetId: string, change: Partial<DataSet>): DataSet {
    const changed = { ...this.#dataSet(dataSetId), ...change } as DataSet
    this.dataSets = this.dataSets.map((one) => (one.id === dataSetId ? changed : one))
    this.#sequence++
    return changed
  }

  #refusal(dataSetId: string): Refused | undefined {
    const dataSet = this.#dataSet(dataSetId)
    if (dataSet?.state === 'closed') return 'data-set-closed'
    const gone = !dataSet || (dataSet.dataSetType === 'normal' && dataSet.deletedMs !== undefined)
    return gone ? 'data-set-not-found' : undefined
  }

  #revive(dataSetId: string, nowMs: number, records: number): void {
    const dataSet = this.#dataSet(dataSetId)
    if (dataSet?.deletedMs === undefined || records === 0) return
    const { deletedMs: _, ...live } = this.#set(dataSetId, { modifiedMs: nowMs })
    this.dataSets = this.dataSets.map((one) => (one.id === dataSetId ? live : one))
  }
}
