import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DataQuery, DataSet, DatumRow, HiddenRows, StoredRow } from '../port.ts'
import { type MadeIds, madeIds } from './ids.ts'
import type { Snapshot, Snapshots } from './snapshots.ts'
import { type CursorRow, type Direction, type RowFilters, TimeCursor } from './time-cursor.ts'

/** Rows between two turns of the event loop: less than a millisecond of work. */
const ROWS_PER_BATCH = 300
const ROWS_PER_PAGE_AT_LEAST = 20

/** The verb `read`. */
export function read(snapshots: Snapshots, query: DataQuery): AsyncGenerator<DatumRow[]> {
  return merged(snapshots, query, (lane) => lane.take())
}

/** The verb `readStored`. */
export function readStored(snapshots: Snapshots, query: DataQuery): AsyncGenerator<StoredRow[]> {
  return merged(snapshots, query, (lane) => lane.takeStored(), { bookkeeping: true })
}

/**
 * The rows of each type come in pages straight from an index and are merged. Nothing is sorted, and what is held at a
 * time does not grow with what is read.
 */
async function* merged<Row>(
  snapshots: Snapshots,
  query: DataQuery,
  take: (lane: Lane) => Row,
  options: LaneOptions = {},
): AsyncGenerator<Row[]> {
  const snapshot = snapshots.take()
  try {
    const lanes = lanesOf(snapshot, query, 'oldest-first', options)
    const pageRows = Math.max(ROWS_PER_PAGE_AT_LEAST, Math.ceil(ROWS_PER_BATCH / Math.max(1, lanes.length)))
    for (const lane of lanes) await lane.load(pageRows)
    let batch: Row[] = []
    for (let lane = earliest(lanes); lane; lane = earliest(lanes)) {
      batch.push(take(lane))
      if (lane.head === undefined) await lane.load(pageRows)
      if (batch.length === ROWS_PER_BATCH) {
        yield batch
        batch = []
        await nextTurn()
      }
    }
    if (batch.length > 0) yield batch
  } finally {
    snapshots.give(snapshot)
  }
}

/** The verb `readLatest`. */
export async function readLatest(
  snapshots: Snapshots,
  query: DataQuery & { types: readonly string[] },
): Promise<DatumRow[]> {
  const snapshot = snapshots.take()
  try {
    const latest: DatumRow[] = []
    for (const lane of lanesOf(snapshot, query, 'newest-first')) {
      // The first row is nearly always the one.
      await lane.load(1)
      if (lane.head) latest.push(lane.take())
    }
    return latest
  } finally {
    snapshots.give(snapshot)
  }
}

/** The visible rows of one type, in order. */
class Lane {
  readonly #type: string
  readonly #cursor: TimeCursor
  readonly #json: RowJson
  readonly #hides: ((row: CursorRow) => boolean) | undefined
  #rows: CursorRow[] = []
  #at = 0

  constructor(
    type: string,
    cursor: TimeCursor,
    json: RowJson,
    hides: ((row: CursorRow) => boolean) | undefined,
  ) {
    this.#type = type
    this.#cursor = cursor
    this.#json = json
    this.#hides = hides
  }

  get head(): CursorRow | undefined {
    return this.#rows[this.#at]
  }

  /** Reads on until there is a head or no more rows; the event loop has a turn after a page without one. */
  async load(pageRows: number): Promise<void> {
    let page = this.#cursor.page(pageRows)
    while (page) {
      const hides = this.#hides
      this.#rows = page.filter((row) => this.#json.shows(row) && !hides?.(row))
      this.#at = 0
      if (this.#rows.length > 0) return
      await nextTurn()
      page = this.#cursor.page(ROWS_PER_BATCH)
    }
  }

  take(): DatumRow {
    const row = this.#next()
    return { timeMs: row[1], type: this.#type, json: this.#json.of(row) }
  }

  takeStored(): StoredRow {
    const row = this.#next()
    const [, timeMs, , dataSet, , body, createdMs = 0, sentUnits] = row
    const dataSetType = this.#json.dataSetType(dataSet)
    const stored = { timeMs, type: this.#type, createdMs, dataSetType, body: body ?? '{}' }
    return sentUnits === 'mg/dL' ? { ...stored, sentUnits } : stored
  }

  #next(): CursorRow {
    const row = this.head
    if (!row) throw new Error('this lane is empty')
    this.#at++
    return row
  }
}

/** The lane whose head comes first by time, then change number. */
function earliest(lanes: readonly Lane[]): Lane | undefined {
  let first: Lane | undefined
  let best: CursorRow | undefined
  for (const lane of lanes) {
    const head = lane.head
    if (head && (!best || head[1] < best[1] || (head[1] === best[1] && head[2] < best[2]))) {
      first = lane
      best = head
    }
  }
  return first
}

interface LaneOptions {
  /** For {@link Lane.takeStored}. */
  bookkeeping?: boolean
}

/** One lane per type that is asked for, none for an unknown user, in the order of `query.types`. */
function lanesOf(
  snapshot: Snapshot,
  query: DataQuery,
  direction: Direction,
  { bookkeeping = false }: LaneOptions = {},
): Lane[] {
  const user = snapshot.statement('SELECT pk FROM users WHERE id = ?').get(query.userId) as
    | [number]
    | undefined
  if (!user) return []
  const numbers = new Map(
    snapshot.statement('SELECT name, pk FROM types').all() as unknown as [name: string, pk: number][],
  )
  const dataSets = snapshot
    .statement('SELECT pk, id, data_set_type FROM data_sets WHERE user = ? AND active = 1')
    .all(user[0]) as unknown as DataSetNumber[]
  const json = new RowJson(snapshot, dataSets, query.dataSetId)
  return [...new Set(query.types ?? numbers.keys())].flatMap((name) => {
    const type = numbers.get(name)
    if (type === undefined) return []
    const { fromMs = Number.MIN_SAFE_INTEGER, toMs = Number.MAX_SAFE_INTEGER } = query
    const range = { user: user[0], type, fromMs, toMs, direction, bookkeeping }
    const cursor = new TimeCursor(snapshot, range, filtersFor(name, query))
    return [new Lane(name, cursor, json, leftOut(name, query, dataSets))]
  })
}

type DataSetNumber = [pk: number, id: string, dataSetType: DataSet['dataSetType']]

/** The query's filters as far as they are meant for rows of this type. */
function filtersFor(type: string, query: DataQuery): RowFilters {
  const { sampleIntervalMinimumMs, dosingReasons, ...filters } = query
  return {
    ...filters,
    ...(type === 'cbg' && sampleIntervalMinimumMs !== undefined && { sampleIntervalMinimumMs }),
    ...(type === 'dosingDecision' && dosingReasons && { dosingReasons }),
  }
}

/** Tells whether a row of this type is left out for where it came from; undefined if none can be. */
function leftOut(type: string, { hidden, withoutSource }: DataQuery, dataSets: readonly DataSetNumber[]) {
  const tests = [
    ...(hidden ? hiddenOf(type, hidden, dataSets) : []),
    ...(withoutSource === undefined ? [] : [hasSource(withoutSource)]),
  ]
  return tests.length === 0 ? undefined : (row: CursorRow) => tests.some((test) => test(row))
}

/** The text is looked through first: parsing every body, here or in SQL, would take as long as all the rest. */
function hasSource(source: string) {
  const text = JSON.stringify(source).slice(1, -1)
  return ([, , , , , body]: CursorRow) => body?.includes(text) === true && JSON.parse(body).source === source
}

function hiddenOf(type: string, hidden: readonly HiddenRows[], dataSets: readonly DataSetNumber[]) {
  const spans = hidden
    .filter(({ types }) => types.includes(type))
    .map(({ fromMs, toMs = Number.MAX_SAFE_INTEGER, of, dataSetIds }) => {
      const named = (id: string) => dataSetIds.includes(id) === (of === 'these')
      return { fromMs, toMs, hides: new Set(dataSets.flatMap(([pk, id]) => (named(id) ? [pk] : []))) }
    })
    .filter(({ hides }) => hides.size > 0)
  return spans.map(
    (span) =>
      ([, timeMs, , dataSet]: CursorRow) =>
        timeMs >= span.fromMs && timeMs <= span.toMs && span.hides.has(dataSet),
  )
}

/** Rows as they go on the wire, with `id` and `uploadId`; those of the data sets that the query can see. */
class RowJson {
  readonly #ids: MadeIds
  /** By the data set's number: what stands between a datum's id and its own fields. */
  readonly #middles: ReadonlyMap<number, string>
  readonly #dataSetTypes: ReadonlyMap<number, DataSet['dataSetType']>

  /** @param dataSets The active ones of the user. */
  constructor(snapshot: Snapshot, dataSets: readonly DataSetNumber[], dataSetId: string | undefined) {
    const [prefix] = snapshot.statement('SELECT id_prefix FROM meta').get() as unknown as [string]
    this.#ids = madeIds(prefix)
    this.#dataSetTypes = new Map(dataSets.map(([pk, , dataSetType]) => [pk, dataSetType]))
    this.#middles = new Map(
      dataSets
        .filter(([, id]) => dataSetId === undefined || id === dataSetId)
        .map(([pk, id]) => [pk, `,"uploadId":${JSON.stringify(id)}`]),
    )
  }

  shows(row: CursorRow): boolean {
    return row[5] !== null && this.#middles.has(row[3])
  }

  dataSetType(dataSet: number): DataSet['dataSetType'] {
    return this.#dataSetTypes.get(dataSet) ?? 'continuous'
  }

  of([pk, , , dataSet, clientId, body]: CursorRow): string {
    const id = clientId === null ? `"${this.#ids.of(pk)}"` : JSON.stringify(clientId)
    const rest = body === null || body === '{}' ? '}' : `,${body.slice(1)}`
    return `{"id":${id}${this.#middles.get(dataSet)}${rest}`
  }
}
