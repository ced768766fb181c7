import type { Client, Datum } from '@tidegauge/client'
import { type GlucoseRecord, GRAMS_PER_EXCHANGE, prepare, type Readings } from '@tidegauge/stats'

export interface Span {
  fromMs: number
  toMs: number
}

/** What a sensor says instead of a number that it cannot measure. */
export type Beyond = 'LOW' | 'HIGH'

/** Readings of a sensor, and which of them, by their time, stand for what it cannot measure. */
export interface SensorReadings extends Readings {
  beyond: ReadonlyMap<number, Beyond>
}

/** Readings of a sensor in a span, without duplicates. */
export async function readingsOf(
  client: Client,
  userId: string,
  { fromMs, toMs }: Span,
  signal: AbortSignal,
): Promise<SensorReadings> {
  const records: GlucoseRecord[] = []
  const beyond = new Map<number, Beyond>()
  const query = { userId, types: ['cbg'], from: new Date(fromMs), to: new Date(toMs), signal }
  for await (const record of client.readData(query)) {
    // Of the wire, so in mmol/L; whole mg/dL were sent, if they come to it.
    const {
      time = '',
      value,
      units,
      sampleInterval,
      deviceId,
      origin,
      annotations,
    } = record as Datum & GlucoseRecord & { origin?: { id?: string }; annotations?: unknown }
    const word = beyondOf(annotations)
    if (word) beyond.set(Date.parse(String(time)), word)
    records.push({
      ...{ time, value, units, sentUnits: 'mg/dL' },
      ...(sampleInterval !== undefined && { sampleInterval }),
      ...(deviceId !== undefined && { deviceId }),
      ...(origin?.id !== undefined && { originId: origin.id }),
    })
  }
  return { ...prepare(records).readings, beyond }
}

/** By the annotation with which clients mark such a reading; its value counts in the numbers (data-types.md). */
function beyondOf(annotations: unknown): Beyond | undefined {
  if (!Array.isArray(annotations)) return undefined
  const found = annotations.find((one) => one?.code === 'bg/out-of-range')
  return found?.value === 'low' ? 'LOW' : found?.value === 'high' ? 'HIGH' : undefined
}

export interface Dose {
  timeMs: number
  /** Units of a bolus or an injection. */
  units?: number
  /** Grams of carbohydrate. */
  grams?: number
  /** Of a bolus: given by the pump by itself. */
  automated?: boolean
}

export interface BasalStep {
  fromMs: number
  toMs: number
  /** Units per hour. */
  rate: number
  kind: 'scheduled' | 'automated' | 'suspend' | 'temp'
}

export interface Event {
  timeMs: number
  text: string
}

export interface Therapy {
  doses: Dose[]
  basal: BasalStep[]
  events: Event[]
}

const DAY_MS = 86_400_000
const types = [
  'bolus',
  'insulin',
  'wizard',
  'food',
  'basal',
  'deviceEvent',
  'physicalActivity',
  'reportedState',
]

/** Insulin, carbohydrates and what else happened. Basals that began a day before are there too. */
export async function therapyOf(
  client: Client,
  userId: string,
  { fromMs, toMs }: Span,
  signal: AbortSignal,
): Promise<Therapy> {
  const therapy: Therapy = { doses: [], basal: [], events: [] }
  const query = { userId, types, from: new Date(fromMs - DAY_MS), to: new Date(toMs), signal }
  for await (const record of client.readData(query)) {
    const timeMs = Date.parse(record.time ?? '')
    const isWithin = timeMs >= fromMs
    const number = (name: string) => (typeof record[name] === 'number' ? (record[name] as number) : 0)
    if (record.type === 'basal') {
      const toMs = timeMs + number('duration')
      const { deliveryType } = record
      const kind =
        deliveryType === 'suspend' || deliveryType === 'automated' || deliveryType === 'temp'
          ? deliveryType
          : 'scheduled'
      if (toMs > fromMs)
        therapy.basal.push({ fromMs: timeMs, toMs, rate: kind === 'suspend' ? 0 : number('rate'), kind })
    } else if (!isWithin) continue
    else if (record.type === 'bolus') {
      const units = number('normal') + number('extended')
      therapy.doses.push({ timeMs, units, automated: record.subType === 'automated' })
    } else if (record.type === 'insulin') {
      const { dose } = record as { dose?: { total?: number } }
      therapy.doses.push({ timeMs, units: dose?.total ?? 0 })
    } else if (record.type === 'wizard') {
      const grams = number('carbInput') * (record.carbUnits === 'exchanges' ? GRAMS_PER_EXCHANGE : 1)
      if (grams > 0) therapy.doses.push({ timeMs, grams })
    } else if (record.type === 'food') {
      const { nutrition } = record as { nutrition?: { carbohydrate?: { net?: number } } }
      therapy.doses.push({ timeMs, grams: nutrition?.carbohydrate?.net ?? 0 })
    } else therapy.events.push({ timeMs, text: eventText(record) })
  }
  return therapy
}

const eventWords: Readonly<Record<string, string>> = {
  alarm: 'Alarm',
  calibration: 'Calibration',
  prime: 'Priming',
  pumpSettingsOverride: 'Override',
  reservoirChange: 'New reservoir',
  status: 'Pump status',
  timeChange: 'Clock changed',
  physicalActivity: 'Activity',
  reportedState: 'Note on how one is',
}

function eventText({ type, subType, name }: Datum): string {
  const what = typeof subType === 'string' ? (eventWords[subType] ?? subType) : (eventWords[type] ?? type)
  return typeof name === 'string' ? `${what}: ${name}` : what
}
