import { timeMsOf } from './readings.ts'
import type { WallClock } from './wall-clock.ts'

/** What of a record of insulin or carbohydrates the numbers are made of. */
export interface DoseRecord {
  type: string
  /** RFC 3339, or milliseconds since the epoch. */
  time: string | number
  deliveryType?: string
  /** Milliseconds. */
  duration?: number
  /** Units per hour. */
  rate?: number
  /** Units. */
  normal?: number
  /** Units. */
  extended?: number
  /** Of type `insulin`, that is injected by hand. */
  dose?: { total?: number }
  /** Of a wizard: grams, or exchanges. */
  carbInput?: number
  carbUnits?: string
  /** Of food. */
  nutrition?: { carbohydrate?: { net?: number; units?: string } }
}

export interface InsulinDay {
  date: string
  basal: number
  bolus: number
  injected: number
  carbs: number
}

/** Units of insulin and grams of carbohydrate in a span of time (metrics.md §10). */
export interface Insulin {
  basalUnits: number
  bolusUnits: number
  /** By hand, not by a pump. */
  injectedUnits: number
  totalUnits: number
  boluses: number
  /** For how long a basal rate is known, counted once where two say one. */
  basalCoverageHours: number
  /** For how long two say one: the units of both are in the sum. */
  basalOverlapHours: number
  automatedBasalHours: number
  basalPercent: number | null
  bolusPercent: number | null
  basalToBolusRatio: number | null
  totalDailyDoseByWindowDays: number | null
  /** Local days with a basal or a bolus. */
  daysWithInsulinData: number
  totalDailyDoseByDaysWithData: number | null
  carbsGrams: number
  carbDays: number
  carbsPerDayByWindowDays: number | null
  carbsPerDayByDaysWithCarbs: number | null
  perDay: InsulinDay[]
}

export interface Span {
  fromMs: number
  /** Exclusive. */
  toMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** One exchange is taken for so many grams, as Tidepool does. */
export const GRAMS_PER_EXCHANGE = 15

/** null: nothing in the span says anything of insulin or carbohydrates. */
export function insulin(
  records: Iterable<DoseRecord>,
  { fromMs, toMs }: Span,
  clock: WallClock,
): Insulin | null {
  const days = new Map<string, InsulinDay & { hasInsulin: boolean; hasCarbs: boolean }>()
  const dayAt = (timeMs: number) => {
    const date = clock.dateOf(timeMs)
    const day = days.get(date) ?? {
      date,
      basal: 0,
      bolus: 0,
      injected: 0,
      carbs: 0,
      hasInsulin: false,
      hasCarbs: false,
    }
    days.set(date, day)
    return day
  }
  const basals: Basal[] = []
  let boluses = 0
  for (const record of records) {
    const timeMs = timeMsOf(record)
    if (record.type === 'basal') {
      const startMs = Math.max(timeMs, fromMs)
      const endMs = Math.min(timeMs + amount(record.duration), toMs)
      if (!(endMs > startMs)) continue
      const rate = record.deliveryType === 'suspend' ? 0 : amount(record.rate)
      basals.push({ startMs, endMs, rate, automated: record.deliveryType === 'automated' })
      continue
    }
    if (!(timeMs >= fromMs && timeMs < toMs)) continue
    if (record.type === 'bolus') {
      boluses++
      const day = dayAt(timeMs)
      day.hasInsulin = true
      day.bolus += amount(record.normal) + amount(record.extended)
    } else if (record.type === 'insulin') {
      const day = dayAt(timeMs)
      day.hasInsulin = true
      day.injected += amount(record.dose?.total)
    } else if (record.type === 'wizard' || record.type === 'food') {
      const day = dayAt(timeMs)
      day.hasCarbs = true
      day.carbs += gramsOf(record)
    }
  }
  for (const { startMs, endMs, rate } of basals) {
    for (let atMs = startMs; atMs < endMs; ) {
      const stopMs = Math.min(endMs, clock.nextDayMs(atMs))
      const day = dayAt(atMs)
      day.hasInsulin = true
      day.basal += (rate * (stopMs - atMs)) / HOUR_MS
      atMs = stopMs
    }
  }
  if (days.size === 0) return null

  const all = [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1))
  const sum = (of: (day: (typeof all)[number]) => number) => all.reduce((total, day) => total + of(day), 0)
  const basalUnits = sum(({ basal }) => basal)
  const bolusUnits = sum(({ bolus }) => bolus)
  const injectedUnits = sum(({ injected }) => injected)
  const totalUnits = basalUnits + bolusUnits + injectedUnits
  const carbsGrams = sum(({ carbs }) => carbs)
  const daysWithInsulinData = all.filter(({ hasInsulin }) => hasInsulin).length
  const carbDays = all.filter(({ hasCarbs }) => hasCarbs).length
  const windowDays = (toMs - fromMs) / DAY_MS
  const per = (amount: number, of: number) => (of > 0 ? amount / of : null)
  const pumped = basalUnits + bolusUnits
  return {
    basalUnits,
    bolusUnits,
    injectedUnits,
    totalUnits,
    boluses,
    ...coverage(basals),
    automatedBasalHours: basals.reduce(
      (hours, { startMs, endMs, automated }) => hours + (automated ? (endMs - startMs) / HOUR_MS : 0),
      0,
    ),
    basalPercent: per(100 * basalUnits, pumped),
    bolusPercent: per(100 * bolusUnits, pumped),
    basalToBolusRatio: per(basalUnits, bolusUnits),
    totalDailyDoseByWindowDays: per(totalUnits, windowDays),
    daysWithInsulinData,
    totalDailyDoseByDaysWithData: per(totalUnits, daysWithInsulinData),
    carbsGrams,
    carbDays,
    carbsPerDayByWindowDays: per(carbsGrams, windowDays),
    carbsPerDayByDaysWithCarbs: per(carbsGrams, carbDays),
    perDay: all.map(({ date, basal, bolus, injected, carbs }) => ({ date, basal, bolus, injected, carbs })),
  }
}

interface Basal {
  startMs: number
  endMs: number
  rate: number
  automated: boolean
}

function coverage(basals: readonly Basal[]): { basalCoverageHours: number; basalOverlapHours: number } {
  let coveredMs = 0
  let allMs = 0
  let untilMs = Number.NEGATIVE_INFINITY
  for (const { startMs, endMs } of basals.toSorted((a, b) => a.startMs - b.startMs)) {
    allMs += endMs - startMs
    coveredMs += Math.max(0, endMs - Math.max(startMs, untilMs))
    untilMs = Math.max(untilMs, endMs)
  }
  return { basalCoverageHours: coveredMs / HOUR_MS, basalOverlapHours: (allMs - coveredMs) / HOUR_MS }
}

function gramsOf({ type, carbInput, carbUnits, nutrition }: DoseRecord): number {
  if (type === 'food') return amount(nutrition?.carbohydrate?.net)
  return amount(carbInput) * (carbUnits === 'exchanges' ? GRAMS_PER_EXCHANGE : 1)
}

/** Records of a file may have anything there, or nothing. */
function amount(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
