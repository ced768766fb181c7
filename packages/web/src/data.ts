import type { Client, Datum } from '@tidegauge/client'
import { type GlucoseRecord, prepare, type Readings } from '@tidegauge/stats'

export interface Span {
  fromMs: number
  toMs: number
}

/** Readings of a sensor in a span, without duplicates. */
export async function readingsOf(
  client: Client,
  userId: string,
  { fromMs, toMs }: Span,
  signal: AbortSignal,
): Promise<Readings> {
  const records: GlucoseRecord[] = []
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
    } = record as Datum & GlucoseRecord & { origin?: { id?: string } }
    records.push({
      ...{ time, value, units, sentUnits: 'mg/dL' },
      ...(sampleInterval !== undefined && { sampleInterval }),
      ...(deviceId !== undefined && { deviceId }),
      ...(origin?.id !== undefined && { originId: origin.id }),
    })
  }
  return prepare(records).readings
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
      if (number('carbInput') > 0) therapy.doses.push({ timeMs, grams: number('carbInput') })
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
