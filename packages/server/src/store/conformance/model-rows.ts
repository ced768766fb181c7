import type { DataSet, PlannedRecord } from '../port.ts'

/** A row of the model store. */
export interface ModelRow extends Omit<PlannedRecord, 'dedupKey' | 'id' | 'replaces'> {
  dataSetId: string
  key: string | undefined
  /** One that the store made is unknown until a test has seen it. */
  id: string | undefined
  /** Hidden: since when, and by the close of which data set, if not by a client's delete. */
  archived: Archived | undefined
  seq: number
}

export interface Archived {
  atMs: number
  by: string | undefined
}

/** What a record says of itself, with the origin id and the hash that its key is made of. */
export function fieldsOf({ dedupKey, id: _, replaces: __, ...fields }: PlannedRecord) {
  return {
    ...fields,
    ...(dedupKey?.kind === 'o' && { originId: dedupKey.originId }),
    ...(dedupKey?.kind === 'h' && { hash: dedupKey.hash }),
  }
}

export function keyText({ dedupKey }: PlannedRecord): string | undefined {
  return dedupKey === null ? undefined : Object.values(dedupKey).join()
}

/** Whether a record changes a row of its key. */
export function changesRow(row: ModelRow, record: PlannedRecord): boolean {
  const older = record.originTime !== undefined && (row.originTime ?? '') < record.originTime
  if (record.replaces === 'if-older' && !older) return false
  if (record.replaces === 'if-archived' && !row.archived) return false
  const isSame =
    row.body === record.body &&
    row.sentUnits === record.sentUnits &&
    (record.id === undefined || record.id === row.id)
  return row.archived !== undefined || !isSame
}

export function newestFirst(a: DataSet, b: DataSet): number {
  return b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1)
}
