import {
  type ArrivalHour,
  arrivalHour,
  arrivalPeriods,
  type GlucoseHour,
  glucoseHour,
  glucosePeriods,
  HOUR_MS,
  hourOf,
  recordMinutes,
  type SummaryRecord,
} from '@tidegauge/stats'
import type {
  DataQuery,
  Store,
  StoredRow,
  StoredSummary,
  SummaryChange,
  SummaryKind,
  SummaryMark,
  SummaryType,
} from '../../store/port.ts'

const DAY_MS = 24 * HOUR_MS
const WINDOW_MS = 60 * DAY_MS
/** Others of the person's requests may change data while this reads; then it reads again. */
const MOST_TRIES = 5

export const typesOf: Readonly<Record<SummaryKind, readonly SummaryType[]>> = {
  cgm: ['cbg'],
  bgm: ['smbg'],
  con: ['cbg', 'smbg'],
}

/** What a summary is, apart from whose and of what kind it is. */
export interface SummaryBody {
  periods: object
  updatedMs: number
  reasons: string[]
  uploadedMs: number
  firstMs: number
  lastMs: number
}

/** Of what time the newest record that counts can be: of the last 24 months, and no more than a day ahead. */
export function countedSpan(nowMs: number): { fromMs: number; toMs: number } {
  const from = new Date(nowMs)
  from.setUTCFullYear(from.getUTCFullYear() - 2)
  return { fromMs: from.getTime(), toMs: nowMs + DAY_MS }
}

/** Marks that make a summary outdated. */
export function marksFor(kind: SummaryKind, marks: readonly SummaryMark[], nowMs: number): SummaryMark[] {
  const { fromMs, toMs } = countedSpan(nowMs)
  return marks.filter(
    ({ type, hourMs }) => typesOf[kind].includes(type) && hourMs >= hourOf(fromMs) && hourMs <= toMs,
  )
}

/**
 * Brings a person's summaries up to date, reading the hours that have changed and no others; of one that is new, or whose
 * newest record has gone, those of the window that nobody has read yet.
 *
 * @param always Kinds that are made anew, changed or not.
 */
export async function refresh(
  { store, now }: { store: Store; now: () => number },
  userId: string,
  always: readonly SummaryKind[] = [],
): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const nowMs = now()
    const changeSequence = await store.changeSequence(userId)
    const marks = await store.summaryMarks(userId)
    const kinds: SummaryChange[] = []
    for (const kind of ['cgm', 'bgm', 'con'] as const) {
      const own = marksFor(kind, marks, nowMs)
      if (own.length > 0 || always.includes(kind))
        kinds.push(await changeOf(store, { userId, kind, marks: own, nowMs }))
    }
    // Of the hour that the span ends in, some records have still to come.
    const marksBeforeMs = hourOf(countedSpan(nowMs).toMs)
    if (kinds.length === 0 && !marks.some(({ hourMs }) => hourMs < marksBeforeMs)) return
    const outcome = await store.saveSummaries({ userId, changeSequence, marksBeforeMs, kinds })
    if (outcome !== 'changed-meanwhile') return
  }
}

interface Work {
  userId: string
  kind: SummaryKind
  marks: readonly SummaryMark[]
  nowMs: number
  /** As if there were no summary. */
  anew?: boolean
}

async function changeOf(store: Store, work: Work): Promise<SummaryChange> {
  const { userId, kind, marks, nowMs, anew = false } = work
  const span = countedSpan(nowMs)
  const query = await queryOf(store, userId, kind)
  const lastMs = query && (await newestMs(store, { ...query, ...span }))
  if (query === undefined || lastMs === undefined) return { kind, summary: undefined, hours: [], fromMs: 0 }

  const newestHourMs = hourOf(lastMs)
  const oldestHourMs = newestHourMs - WINDOW_MS
  const before = anew ? undefined : await store.summary(userId, kind)
  const changed = hoursToRead(before, marks, oldestHourMs, newestHourMs)
  const read = new Map<number, { json?: string }>([...changed].map((hourMs) => [hourMs, {}]))
  for (const { fromMs, toMs } of runsOf(changed)) {
    // The window begins sixty days before the last record, to the millisecond.
    const limits = { fromMs: Math.max(fromMs, lastMs - WINDOW_MS + 1), toMs: Math.min(toMs, span.toMs) }
    for (const hour of await hoursOf(store, { ...query, ...limits }, kind)) {
      read.set(hour.hourMs, { json: JSON.stringify(hour) })
    }
  }
  const all = new Map(
    (await store.summaryHours(userId, kind))
      .filter(({ hourMs }) => hourMs >= oldestHourMs && hourMs <= newestHourMs)
      .map(({ hourMs, json }) => [hourMs, json]),
  )
  for (const [hourMs, { json }] of read) {
    if (json === undefined) all.delete(hourMs)
    else all.set(hourMs, json)
  }
  // What is kept does not fit the records (a file that was mended by hand, say).
  if (!all.has(newestHourMs) && !anew) return changeOf(store, { ...work, anew: true })
  const hours = [...all.values()].map((json) => JSON.parse(json))
  const reasons = [...new Set(marks.map(({ reason }) => reason))]
  const body: SummaryBody = {
    periods: kind === 'con' ? arrivalPeriods(hours) : glucosePeriods(hours),
    updatedMs: nowMs,
    reasons,
    uploadedMs: Math.max(...hours.map(({ uploadedMs }) => uploadedMs)),
    firstMs: Math.min(...hours.map(({ firstMs }) => firstMs)),
    lastMs,
  }
  return {
    kind,
    summary: { newestHourMs, json: JSON.stringify(body) },
    hours: [...read].map(([hourMs, hour]) => ({ hourMs, ...hour })),
    fromMs: oldestHourMs,
  }
}

/** The changed ones of the window, those of it that no summary knew yet, and the one that the window begins in. */
function hoursToRead(
  before: StoredSummary | undefined,
  marks: readonly SummaryMark[],
  oldestHourMs: number,
  newestHourMs: number,
): Set<number> {
  const hours = new Set(marks.map(({ hourMs }) => hourMs))
  hours.add(oldestHourMs)
  // Whatever came after the newest hour that is known has left its mark.
  const knownFromMs = before ? before.newestHourMs - WINDOW_MS : Number.POSITIVE_INFINITY
  for (let hourMs = oldestHourMs; hourMs <= newestHourMs; hourMs += HOUR_MS) {
    // The one that the window began in was read in part.
    if (hourMs <= knownFromMs) hours.add(hourMs)
  }
  return new Set([...hours].filter((hourMs) => hourMs >= oldestHourMs && hourMs <= newestHourMs))
}

/** Hours that follow on each other are read at once. Both ends inclusive. */
function runsOf(hours: ReadonlySet<number>): { fromMs: number; toMs: number }[] {
  const runs: { fromMs: number; toMs: number }[] = []
  for (const hourMs of [...hours].sort((a, b) => a - b)) {
    const last = runs.at(-1)
    if (last && last.toMs + 1 === hourMs) last.toMs += HOUR_MS
    else runs.push({ fromMs: hourMs, toMs: hourMs + HOUR_MS - 1 })
  }
  return runs
}

/** Which rows count; undefined: none can. */
async function queryOf(
  store: Store,
  userId: string,
  kind: SummaryKind,
): Promise<(DataQuery & { types: readonly string[] }) | undefined> {
  const types = typesOf[kind]
  if (kind !== 'con') return { userId, types }
  // Of continuous data sets alone.
  const normal: string[] = []
  let continuous = 0
  const limit = 1000
  for (let offset = 0; ; offset += limit) {
    const page = await store.listDataSets({ userId, includeDeleted: true, offset, limit })
    for (const { id, dataSetType } of page) {
      if (dataSetType === 'normal') normal.push(id)
      else continuous++
    }
    if (page.length < limit) break
  }
  if (continuous === 0) return undefined
  const outside = { types, fromMs: Number.MIN_SAFE_INTEGER, of: 'these', dataSetIds: normal } as const
  return { userId, types, ...(normal.length > 0 && { hidden: [outside] }) }
}

async function newestMs(
  store: Store,
  query: DataQuery & { types: readonly string[] },
): Promise<number | undefined> {
  const rows = await store.readLatest(query)
  return rows.length === 0 ? undefined : Math.max(...rows.map(({ timeMs }) => timeMs))
}

async function hoursOf(
  store: Store,
  query: DataQuery,
  kind: SummaryKind,
): Promise<(GlucoseHour | ArrivalHour)[]> {
  const made: (GlucoseHour | ArrivalHour)[] = []
  let hour: SummaryRecord[] = []
  const finish = () => {
    if (hour.length > 0) made.push(kind === 'con' ? arrivalHour(hour) : glucoseHour(hour, kind === 'cgm'))
    hour = []
  }
  for await (const rows of store.readStored(query)) {
    for (const row of rows) {
      if (hourOf(row.timeMs) !== hourOf(hour[0]?.timeMs ?? row.timeMs)) finish()
      hour.push(toRecord(row))
    }
  }
  finish()
  return made
}

function toRecord({ timeMs, type, createdMs, sentUnits, body }: StoredRow): SummaryRecord {
  const { value, sampleInterval, deviceId, origin } = JSON.parse(body)
  return {
    timeMs,
    mmolPerL: value,
    minutes: type === 'cbg' ? recordMinutes({ sampleInterval, deviceId }) : 0,
    createdMs,
    sentInMgPerDl: sentUnits === 'mg/dL',
    originId: typeof origin?.id === 'string' ? origin.id : undefined,
  }
}
