import { MG_PER_DL_PER_MMOL_PER_L, mmolPerL } from '@tidegauge/model'

/** Readings of one sensor or meter, by time; the three columns are of one length. */
export interface Readings {
  /** Milliseconds since the epoch. */
  timesMs: Float64Array
  mgPerDl: Float64Array
  /** For how long a reading stands. */
  intervalsMinutes: Float64Array
}

export interface Reading {
  timeMs: number
  mgPerDl: number
  intervalMinutes: number
}

/** What of a `cbg` or `smbg` record the numbers are made of. */
export interface GlucoseRecord {
  /** RFC 3339, or milliseconds since the epoch. */
  time: string | number
  value: number
  units: string
  /** Milliseconds. */
  sampleInterval?: number
  deviceId?: string
  /** The client's own units, where the value was converted and that is known: what was sent counts then. */
  sentUnits?: string
  /** What its origin calls it. */
  originId?: string
}

export interface Prepared {
  readings: Readings
  /** How many records are not among the readings, and why. */
  excluded: { duplicates: number; invalid: number }
}

/** Of two readings, the second may be this much early and still be no duplicate (metrics.md §1). */
const EARLY_MS = 10_000
/** Of mg/dL; five of mmol/L hardly tell more apart. */
const MOST_DECIMALS = 2

/**
 * Records as readings: those that are none (not a number, not above 0) left out, sorted, without duplicates. In what
 * order the records came changes nothing.
 */
export function prepare(records: Iterable<GlucoseRecord>): Prepared {
  const all: (Reading & { originId?: string | undefined })[] = []
  let invalid = 0
  for (const record of records) {
    const timeMs = timeMsOf(record)
    const mgPerDl = mgPerDlOf(record)
    if (Number.isFinite(timeMs) && mgPerDl > 0 && Number.isFinite(mgPerDl)) {
      const { originId } = record
      all.push({ timeMs, mgPerDl, intervalMinutes: sampleIntervalMinutes(record), originId })
    } else invalid++
  }
  all.sort((a, b) => byArrivalNoMatter(a, a.mgPerDl, b, b.mgPerDl) || a.intervalMinutes - b.intervalMinutes)
  const sorted = toReadings(all)
  const readings = withoutDuplicates(sorted)
  return { readings, excluded: { duplicates: sorted.timesMs.length - readings.timesMs.length, invalid } }
}

/** NaN: it has no time. */
export function timeMsOf({ time }: { time: string | number }): number {
  return typeof time === 'number' ? time : Date.parse(time)
}

/** Those of `fromMs <= time < toMs`, and those of no time. */
export function inSpan<R extends { time: string | number }>(
  records: Iterable<R>,
  fromMs: number,
  toMs: number,
): R[] {
  return [...records].filter((record) => {
    const timeMs = timeMsOf(record)
    return !(timeMs < fromMs || timeMs >= toMs)
  })
}

const byNumber = new Intl.Collator('en', { numeric: true })

/**
 * By time; of one instant, what its origin has numbered first, else the lower value. So the order in which records came
 * does not count.
 */
export function byArrivalNoMatter(
  a: { timeMs: number; originId?: string | undefined },
  aValue: number,
  b: { timeMs: number; originId?: string | undefined },
  bValue: number,
): number {
  const byOrigin = () =>
    a.originId !== undefined && b.originId !== undefined ? byNumber.compare(a.originId, b.originId) : 0
  return a.timeMs - b.timeMs || byOrigin() || aValue - bValue
}

/** As columns, by time; those of one instant stay in their order. */
export function toReadings(readings: readonly Reading[]): Readings {
  const sorted = readings.toSorted((a, b) => a.timeMs - b.timeMs)
  return {
    timesMs: Float64Array.from(sorted, ({ timeMs }) => timeMs),
    mgPerDl: Float64Array.from(sorted, ({ mgPerDl }) => mgPerDl),
    intervalsMinutes: Float64Array.from(sorted, ({ intervalMinutes }) => intervalMinutes),
  }
}

/**
 * The blackout rule (metrics.md §1): a reading stands for its interval, and what comes more than ten seconds before the
 * end of it is left out. So one of two equal instants survives, and the scans between readings of 15 minutes do not.
 */
export function withoutDuplicates(readings: Readings): Readings {
  const { timesMs, intervalsMinutes } = readings
  const kept: number[] = []
  let openFromMs = Number.NEGATIVE_INFINITY
  for (const [place, timeMs] of timesMs.entries()) {
    if (timeMs < openFromMs) continue
    kept.push(place)
    openFromMs = timeMs + (intervalsMinutes[place] ?? 0) * 60_000 - EARLY_MS
  }
  return pick(readings, kept)
}

/** The readings at these places, which ascend. */
export function pick({ timesMs, mgPerDl, intervalsMinutes }: Readings, places: readonly number[]): Readings {
  const of = (column: Float64Array) => Float64Array.from(places, (place) => column[place] ?? Number.NaN)
  return { timesMs: of(timesMs), mgPerDl: of(mgPerDl), intervalsMinutes: of(intervalsMinutes) }
}

/** The readings with `fromMs <= time < toMs`. */
export function within(
  { timesMs, mgPerDl, intervalsMinutes }: Readings,
  fromMs: number,
  toMs: number,
): Readings {
  const from = firstAtOrAfter(timesMs, fromMs)
  const to = firstAtOrAfter(timesMs, toMs)
  return {
    timesMs: timesMs.subarray(from, to),
    mgPerDl: mgPerDl.subarray(from, to),
    intervalsMinutes: intervalsMinutes.subarray(from, to),
  }
}

function firstAtOrAfter(timesMs: Float64Array, timeMs: number): number {
  let low = 0
  let high = timesMs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((timesMs[middle] ?? 0) < timeMs) low = middle + 1
    else high = middle
  }
  return low
}

/** How long a reading of a sensor stands, in minutes (metrics.md §1.4). */
export function sampleIntervalMinutes({
  sampleInterval,
  deviceId = '',
}: Pick<GlucoseRecord, 'sampleInterval' | 'deviceId'>): number {
  if (typeof sampleInterval === 'number' && sampleInterval > 0) return sampleInterval / 60_000
  const isLibre = String(deviceId).startsWith('AbbottFreeStyleLibre')
  return isLibre && !deviceId.startsWith('AbbottFreeStyleLibre3') ? 15 : 5
}

/** NaN for what is no number, and for units that are none. */
function mgPerDlOf({ value, units, sentUnits }: GlucoseRecord): number {
  if (typeof value !== 'number') return Number.NaN
  if (isMgPerDl(units)) return value
  if (!['mmol/l', 'mmol'].includes(lowerCase(units))) return Number.NaN
  return isMgPerDl(sentUnits) ? asSent(value) : value * MG_PER_DL_PER_MMOL_PER_L
}

/** Of the mg/dL that become this value on the wire, those with the fewest decimals: what a client has sent. */
function asSent(mmol: number): number {
  const converted = mmol * MG_PER_DL_PER_MMOL_PER_L
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const candidate = Number(converted.toFixed(decimals))
    if (mmolPerL(candidate) === mmol) return candidate
  }
  return converted
}

function isMgPerDl(units: unknown): boolean {
  return ['mg/dl', 'mg'].includes(lowerCase(units))
}

/** Records of a file may have anything there, or nothing. */
function lowerCase(text: unknown): string {
  return typeof text === 'string' ? text.toLowerCase() : ''
}
