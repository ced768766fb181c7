import type {
  DataQuery,
  DataSet,
  PlannedRecord,
  RemoveCount,
  RemovePlan,
  WriteCount,
  WritePlan,
} from '../port.ts'

/** A store of one user in plain arrays, slow and obvious: what the engines are compared with. */
export class ModelStore {
  readonly dataSets: DataSet[] = []
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

  listed(includeDeleted: boolean): DataSet[] {
    return this.dataSets
      .filter(({ active, deletedMs }) => active && (includeDeleted || deletedMs === undefined))
      .sort(newestFirst)
  }

  /** As the port's `write`, or the reason of its refusal. */
  write({ dataSetId, nowMs, records }: WritePlan): WriteCount | 'data-set-not-found' | 'data-set-closed' {
    const refusal = this.#refusal(dataSetId)
    if (refusal) return refusal
    this.#revive(dataSetId, nowMs, records.length)
    const count = { added: 0, replaced: 0, unchanged: 0 }
    for (const record of records) {
      const key = keyText(record)
      const row = this.#rows.find(
        (one) => key !== undefined && one.dataSetId === dataSetId && one.key === key,
      )
      if (!row) {
        count.added++
        this.#rows.push({
          ...fieldsOf(record),
          dataSetId,
          key,
          id: record.id,
          live: true,
          seq: ++this.#sequence,
        })
      } else if (
        row.live &&
        row.body === record.body &&
        row.sentUnits === record.sentUnits &&
        (record.id === undefined || record.id === row.id)
      ) {
        count.unchanged++
      } else {
        count.replaced++
        const { dataSetId, key, id } = row
        for (const name of Object.keys(row)) delete row[name as keyof ModelRow]
        Object.assign(row, fieldsOf(record), { dataSetId, key, id: record.id ?? id, live: true })
        row.seq = ++this.#sequence
      }
    }
    return { ...count, changeSequence: this.#sequence }
  }

  remove({ dataSetId, by, values, how }: RemovePlan): RemoveCount | 'data-set-not-found' | 'data-set-closed' {
    const refusal = this.#refusal(dataSetId)
    if (refusal) return refusal
    let removed = 0
    for (const value of values) {
      for (const row of [...this.#rows]) {
        const named = by === 'id' ? row.id === value : by === 'origin' && row.originId === value
        if (row.dataSetId !== dataSetId || !named || (how === 'archive' && !row.live)) continue
        removed++
        row.seq = ++this.#sequence
        row.live = false
        if (how === 'destroy') this.#rows = this.#rows.filter((one) => one !== row)
      }
    }
    return { removed, changeSequence: this.#sequence }
  }

  /** Rows in the order of a read. An id that the store made is unknown until {@link ModelRow.id} is set. */
  read(query: Omit<DataQuery, 'userId'>): ModelRow[] {
    const active = new Set(this.dataSets.filter(({ active }) => active).map(({ id }) => id))
    const { types, subTypes, fromMs = -Infinity, toMs = Infinity, deviceId, dataSetId } = query
    return this.#rows
      .filter(
        (row) =>
          row.live &&
          active.has(row.dataSetId) &&
          (types === undefined || types.includes(row.type)) &&
          (subTypes === undefined || (row.subType !== undefined && subTypes.includes(row.subType))) &&
          (deviceId === undefined || row.deviceId === deviceId) &&
          (dataSetId === undefined || row.dataSetId === dataSetId) &&
          row.timeMs >= fromMs &&
          row.timeMs <= toMs,
      )
      .sort((a, b) => a.timeMs - b.timeMs || a.seq - b.seq)
  }

  #refusal(dataSetId: string): 'data-set-not-found' | 'data-set-closed' | undefined {
    const dataSet = this.dataSets.find(({ id }) => id === dataSetId)
    if (dataSet?.state === 'closed') return 'data-set-closed'
    const gone = !dataSet || (dataSet.dataSetType === 'normal' && dataSet.deletedMs !== undefined)
    return gone ? 'data-set-not-found' : undefined
  }

  #revive(dataSetId: string, nowMs: number, records: number): void {
    const at = this.dataSets.findIndex(({ id }) => id === dataSetId)
    const dataSet = this.dataSets[at]
    if (!dataSet || dataSet.deletedMs === undefined || records === 0) return
    const { deletedMs: _, ...live } = dataSet
    this.dataSets[at] = { ...live, modifiedMs: nowMs }
    this.#sequence++
  }
}

export interface ModelRow {
  dataSetId: string
  key: string | undefined
  id: string | undefined
  type: string
  subType?: string
  timeMs: number
  deviceId?: string
  originId?: string
  sentUnits?: string
  body: string
  live: boolean
  seq: number
}

function fieldsOf({ dedupKey, id: _, ...fields }: PlannedRecord) {
  return { ...fields, ...(dedupKey?.kind === 'o' && { originId: dedupKey.originId }) }
}

function keyText({ dedupKey }: PlannedRecord): string | undefined {
  if (dedupKey === null) return undefined
  return Object.values(dedupKey).join()
}

function newestFirst(a: DataSet, b: DataSet): number {
  return b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1)
}
