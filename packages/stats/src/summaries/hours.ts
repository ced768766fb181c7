import { MG_PER_DL_PER_MMOL_PER_L } from '@tidegauge/model'
import { byArrivalNoMatter } from '../readings.ts'

/**
 * What summaries are made of (data-sets.md §11.2): one bucket for each UTC hour with data, made of the records of that
 * hour alone. So a change concerns no other hour.
 */

export const HOUR_MS = 3_600_000

/** Ranges by mmol/L, and by whole mg/dL for what was sent so (rule D15). */
export const rangeNames = [
  'inVeryLow',
  'inLow',
  'inTarget',
  'inHigh',
  'inVeryHigh',
  'inExtremeHigh',
  'inAnyLow',
  'inAnyHigh',
] as const
export type RangeName = (typeof rangeNames)[number]

export interface Amount {
  minutes: number
  records: number
}

export interface Total extends Amount {
  /** Sum of mmol/L, each by its minutes; of a meter each once. */
  glucose: number
  /** Sum of squared deviations, by the same weights. */
  variance: number
}

export interface GlucoseHour {
  hourMs: number
  firstMs: number
  lastMs: number
  /** When the newest version of its records was stored. */
  uploadedMs: number
  min: number
  max: number
  total: Total
  ranges: Partial<Record<RangeName, Amount>>
}

/** How many records of continuous data sets came within a day. */
export interface ArrivalHour {
  hourMs: number
  firstMs: number
  lastMs: number
  uploadedMs: number
  realtime: number
  deferred: number
}

export interface SummaryRecord {
  timeMs: number
  mmolPerL: number
  /** For how long it stands, in whole minutes; 0 for one of a meter. */
  minutes: number
  createdMs: number
  /** What a client sent in mg/dL is put into its range in mg/dL. */
  sentInMgPerDl: boolean
  originId?: string | undefined
}

/** With more than these before it a record is left out, as the reference does: 61 of an hour count at the most. */
const MOST_RECORDS = 60
const EARLY_MS = 10_000

/**
 * @param records Of one hour, in whatever order; at least one.
 * @param isSensor Leaves out what comes before the one before it is over, but for ten seconds; the hour before does not count.
 */
export function glucoseHour(records: readonly SummaryRecord[], isSensor: boolean): GlucoseHour {
  const sorted = records.toSorted((a, b) => byArrivalNoMatter(a, a.mmolPerL, b, b.mmolPerL))
  const [first] = sorted as [SummaryRecord, ...SummaryRecord[]]
  const hour: GlucoseHour = {
    hourMs: hourOf(first.timeMs),
    firstMs: first.timeMs,
    lastMs: first.timeMs,
    uploadedMs: 0,
    min: first.mmolPerL,
    max: first.mmolPerL,
    total: { minutes: 0, records: 0, glucose: 0, variance: 0 },
    ranges: {},
  }
  let openFromMs = Number.NEGATIVE_INFINITY
  for (const record of sorted) {
    const { timeMs, mmolPerL, minutes, createdMs } = record
    hour.uploadedMs = Math.max(hour.uploadedMs, createdMs)
    if (hour.total.records > MOST_RECORDS || (isSensor && timeMs < openFromMs)) continue
    openFromMs = timeMs + minutes * 60_000 - EARLY_MS
    hour.lastMs = timeMs
    hour.min = Math.min(hour.min, mmolPerL)
    hour.max = Math.max(hour.max, mmolPerL)
    for (const name of rangesOf(record)) {
      const range = hour.ranges[name] ?? { minutes: 0, records: 0 }
      range.minutes += minutes
      range.records++
      hour.ranges[name] = range
    }
    addTo(hour.total, mmolPerL, minutes)
  }
  return hour
}

export function arrivalHour(records: readonly Pick<SummaryRecord, 'timeMs' | 'createdMs'>[]): ArrivalHour {
  const times = records.map(({ timeMs }) => timeMs)
  const firstMs = Math.min(...times)
  const realtime = records.filter(({ timeMs, createdMs }) => createdMs - timeMs < 24 * HOUR_MS).length
  return {
    hourMs: hourOf(firstMs),
    firstMs,
    lastMs: Math.max(...times),
    uploadedMs: Math.max(...records.map(({ createdMs }) => createdMs)),
    realtime,
    deferred: records.length - realtime,
  }
}

export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) * HOUR_MS
}

/**
 * The whole minutes for which a record of a sensor stands, and one at least: with none it would weigh in the sum and
 * not in the time that the sum is divided by.
 */
export function recordMinutes({
  sampleInterval,
  deviceId = '',
}: {
  sampleInterval?: number
  deviceId?: string
}): number {
  if (sampleInterval !== undefined) return Math.max(1, Math.floor(sampleInterval / 60_000))
  return deviceId.includes('AbbottFreeStyleLibre') && !deviceId.includes('AbbottFreeStyleLibre3') ? 15 : 5
}

const limits = {
  mmol: { veryLow: 3, low: 3.9, high: 10, veryHigh: 13.9, extremeHigh: 19.4 },
  mg: { veryLow: 54, low: 70, high: 180, veryHigh: 250, extremeHigh: 350 },
}

function rangesOf({ mmolPerL, sentInMgPerDl }: SummaryRecord): RangeName[] {
  const value = sentInMgPerDl ? Math.round(mmolPerL * MG_PER_DL_PER_MMOL_PER_L) : mmolPerL
  const { veryLow, low, high, veryHigh, extremeHigh } = sentInMgPerDl ? limits.mg : limits.mmol
  if (value < veryLow) return ['inVeryLow', 'inAnyLow']
  if (value < low) return ['inLow', 'inAnyLow']
  if (value <= high) return ['inTarget']
  if (value <= veryHigh) return ['inHigh', 'inAnyHigh']
  return value >= extremeHigh ? ['inVeryHigh', 'inAnyHigh', 'inExtremeHigh'] : ['inVeryHigh', 'inAnyHigh']
}

/** West's incremental variance (Commun ACM 1979, 22:532). */
function addTo(total: Total, value: number, minutes: number): void {
  const weight = minutes > 0 ? minutes : 1
  if (total.records > 0) {
    const before = minutes > 0 ? total.minutes : total.records
    const mean = before > 0 ? total.glucose / before : value
    const after = mean + (weight / (before + weight)) * (value - mean)
    total.variance += weight * (value - mean) * (value - after)
  }
  total.glucose += weight * value
  total.minutes += minutes
  total.records++
}
