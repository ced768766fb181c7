import type { DataQuery } from '../port.ts'
import type { Snapshot } from './snapshots.ts'
import { toSqlText } from './text.ts'

/** A live row of one user and type. `body` is null where the query's filters leave the row out. */
export type CursorRow = [
  pk: number,
  timeMs: number,
  seq: number,
  dataSet: number,
  clientId: string | null,
  body: string | null,
  /** Where {@link TimeRange.bookkeeping} asks for them. */
  createdMs?: number,
  sentUnits?: string | null,
]

export type Direction = 'oldest-first' | 'newest-first'

export interface TimeRange {
  /** The user's and the type's number in this file. */
  user: number
  type: number
  /** Both ends inclusive. */
  fromMs: number
  toMs: number
  direction: Direction
  bookkeeping?: boolean
}

/** What of a query narrows the rows of one type; the limits that are for one type alone only where they are meant. */
export interface RowFilters
  extends Pick<DataQuery, 'subTypes' | 'deviceId' | 'sampleIntervalMinimumMs' | 'dosingReasons'> {
  /** Who made the device that is the origin of the row. */
  originManufacturer?: string
}

/**
 * The live rows of one user and type by time and change number, a page at a time. A page is bounded by the rows that
 * are looked at, not by those that pass the filters: however rare the rows that somebody asks for, one page takes no
 * longer than another.
 */
export class TimeCursor {
  readonly #snapshot: Snapshot
  readonly #sql: string
  readonly #filterValues: FilterValue[]
  readonly #range: TimeRange
  /** Where the last page ended. */
  #timeMs: number
  #seq: number
  #exhausted = false

  constructor(snapshot: Snapshot, range: TimeRange, filters: RowFilters) {
    this.#snapshot = snapshot
    this.#range = range
    this.#sql = pageSql(filters, range.direction, range.bookkeeping)
    this.#filterValues = conditionsOf(filters).map(([, value]) => value)
    // Change numbers begin at 1.
    const forward = range.direction === 'oldest-first'
    this.#timeMs = forward ? range.fromMs : range.toMs
    this.#seq = forward ? 0 : Number.MAX_SAFE_INTEGER
  }

  /** The next `rows` rows; undefined at the end. */
  page(rows: number): CursorRow[] | undefined {
    if (this.#exhausted) return undefined
    const { user, type, direction, fromMs, toMs } = this.#range
    const end = direction === 'oldest-first' ? toMs : fromMs
    const values = [...this.#filterValues, user, type, this.#timeMs, this.#seq, end, rows]
    const page = this.#snapshot.statement(this.#sql).all(...values) as unknown as CursorRow[]
    const last = page.at(-1)
    if (last) {
      this.#timeMs = last[1]
      this.#seq = last[2]
    }
    this.#exhausted = page.length < rows
    return page
  }
}

/** One range of the index `live_data_by_time`, in its order or against it. Exported for the test of its plan. */
export function pageSql(filters: RowFilters, direction: Direction, bookkeeping = false): string {
  const passes = conditionsOf(filters).map(([condition]) => condition)
  const body = passes.length === 0 ? 'body' : `CASE WHEN ${passes.join(' AND ')} THEN body END`
  const [after, within, order] = direction === 'oldest-first' ? ['>', '<=', 'ASC'] : ['<', '>=', 'DESC']
  const more = bookkeeping ? ', created_ms, sent_units' : ''
  return `SELECT pk, time_ms, seq, data_set, id, ${body}${more} FROM data
    WHERE user = ? AND type = ? AND archived_ms IS NULL AND (time_ms, seq) ${after} (?, ?) AND time_ms ${within} ?
    ORDER BY time_ms ${order}, seq ${order} LIMIT ?`
}

type FilterValue = string | number | Uint8Array

/** What a row has to fulfil, each condition with its one value. Fields without a column are looked up in the body. */
function conditionsOf(filters: RowFilters): [condition: string, value: FilterValue][] {
  const { subTypes, deviceId, sampleIntervalMinimumMs, dosingReasons, originManufacturer } = filters
  const conditions: [string, FilterValue | undefined][] = [
    ['sub_type IN (SELECT value FROM json_each(?))', subTypes && JSON.stringify(subTypes)],
    ['device_id = ?', deviceId === undefined ? undefined : toSqlText(deviceId)],
    [`ifnull(body ->> '$.sampleInterval' >= ?, TRUE)`, sampleIntervalMinimumMs],
    [
      `body ->> '$.reason' IN (SELECT value FROM json_each(?))`,
      dosingReasons && JSON.stringify(dosingReasons),
    ],
    [`body ->> '$.origin.payload.device.manufacturer' = ?`, originManufacturer],
  ]
  return conditions.filter((one): one is [string, FilterValue] => one[1] !== undefined)
}
