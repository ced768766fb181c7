import type { PlannedRecord, WritePlan } from '../port.ts'

/**
 * A write plan on its way to the writer thread: the fields of all records in one flat array. Cloning a thousand
 * objects took 0.7 ms of both threads together, this 0.2 ms.
 */
export interface PlanMessage {
  dataSetId: string
  nowMs: number
  cells: readonly Cell[]
}

type Cell = string | number | null

const CELLS_PER_RECORD = 10

/** A planned record with null for what is absent, and its key taken apart. */
export interface RecordCells {
  keyOriginId: string | null
  keyContentSha256: string | null
  type: string
  subType: string | null
  timeMs: number
  id: string | null
  deviceId: string | null
  /** Only where the key is not made of it. */
  originId: string | null
  sentUnits: string | null
  body: string
}

export function packPlan({ dataSetId, nowMs, records }: WritePlan): PlanMessage {
  const cells: Cell[] = []
  for (const record of records) {
    const { dedupKey: key } = record
    const keyOriginId = key?.kind === 'o' ? key.originId : null
    cells.push(
      keyOriginId,
      key?.kind === 'c' ? key.contentSha256 : null,
      record.type,
      record.subType ?? null,
      record.timeMs,
      record.id ?? null,
      record.deviceId ?? null,
      record.originId === undefined || record.originId === keyOriginId ? null : record.originId,
      record.sentUnits ?? null,
      record.body,
    )
  }
  return { dataSetId, nowMs, cells }
}

export function* unpackRecords({ cells }: PlanMessage): Generator<RecordCells> {
  for (let at = 0; at < cells.length; at += CELLS_PER_RECORD) {
    yield {
      keyOriginId: cells[at] as string | null,
      keyContentSha256: cells[at + 1] as string | null,
      type: cells[at + 2] as string,
      subType: cells[at + 3] as string | null,
      timeMs: cells[at + 4] as number,
      id: cells[at + 5] as string | null,
      deviceId: cells[at + 6] as string | null,
      originId: cells[at + 7] as string | null,
      sentUnits: cells[at + 8] as string | null,
      body: cells[at + 9] as string,
    }
  }
}

/** Roughly how much the writer has to move for these records. */
export function planBytes(records: readonly PlannedRecord[]): number {
  const BYTES_BESIDE_BODY = 200
  let bytes = 0
  for (const { body } of records) bytes += body.length + BYTES_BESIDE_BODY
  return bytes
}
