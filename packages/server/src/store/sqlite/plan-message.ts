import type { DedupKey, PlannedRecord, WritePlan } from '../port.ts'

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

const CELLS_PER_RECORD = 13

/** A planned record with null for what is absent, and its key taken apart. */
export interface RecordCells {
  keyKind: DedupKey['kind'] | null
  /** What the key is made of: an origin id, a hash. */
  keyText: string | null
  type: string
  subType: string | null
  timeMs: number
  id: string | null
  deviceId: string | null
  /** Only where the key is not made of it. */
  originId: string | null
  sentUnits: string | null
  body: string
  /** Only where the key is not made of it. */
  hash: string | null
  originTime: string | null
  replaces: PlannedRecord['replaces'] | null
}

export function packPlan({ dataSetId, nowMs, records }: WritePlan): PlanMessage {
  const cells: Cell[] = []
  for (const record of records) {
    const { dedupKey: key } = record
    cells.push(
      key === null ? null : key.kind,
      key === null ? null : textOf(key),
      record.type,
      record.subType ?? null,
      record.timeMs,
      record.id ?? null,
      record.deviceId ?? null,
      record.originId === undefined || isKey(record.originId, key, 'o') ? null : record.originId,
      record.sentUnits ?? null,
      record.body,
      record.hash === undefined || isKey(record.hash, key, 'h') ? null : record.hash,
      record.originTime ?? null,
      record.replaces ?? null,
    )
  }
  return { dataSetId, nowMs, cells }
}

function textOf(key: DedupKey): string {
  switch (key.kind) {
    case 'o':
      return key.originId
    case 'c':
      return key.contentSha256
    case 'h':
      return key.hash
  }
}

function isKey(text: string, key: DedupKey | null, kind: DedupKey['kind']): boolean {
  return key?.kind === kind && textOf(key) === text
}

export function* unpackRecords({ cells }: PlanMessage): Generator<RecordCells> {
  for (let at = 0; at < cells.length; at += CELLS_PER_RECORD) {
    yield {
      keyKind: cells[at] as RecordCells['keyKind'],
      keyText: cells[at + 1] as string | null,
      type: cells[at + 2] as string,
      subType: cells[at + 3] as string | null,
      timeMs: cells[at + 4] as number,
      id: cells[at + 5] as string | null,
      deviceId: cells[at + 6] as string | null,
      originId: cells[at + 7] as string | null,
      sentUnits: cells[at + 8] as string | null,
      body: cells[at + 9] as string,
      hash: cells[at + 10] as string | null,
      originTime: cells[at + 11] as string | null,
      replaces: cells[at + 12] as RecordCells['replaces'],
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
