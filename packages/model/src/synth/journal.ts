import { MG_PER_DL_PER_MMOL_PER_L } from '../glucose.ts'
import type { DatumBody } from '../wire.ts'
import type { Meal } from './day-plan.ts'
import type { LocalDay } from './local-day.ts'
import { type Person, roundTo } from './person.ts'
import type { Delivery } from './pump.ts'

/** Writes what the devices of one person record on one day, in the protocol's words. */
export interface Journal {
  cbg(instantMs: number, mgdl: number, sensorNumber: number, trendMgdlPerMinute: number | undefined): void
  smbg(instantMs: number, mgdl: number): void
  basal(startMs: number, endMs: number, delivery: Delivery): void
  bolus(instantMs: number, amounts: BolusAmounts): void
  food(instantMs: number, meal: Pick<Meal, 'meal' | 'name'>, carbsGrams: number): void
}

export type BolusAmounts =
  | { subType: 'normal'; normal: number; expectedNormal?: number }
  | { subType: 'square'; extended: number; duration: number }
  | { subType: 'dual/square'; normal: number; extended: number; duration: number }

const scheduleName = 'Standard'
const originName = 'org.tidegauge.synth'
const sensorRange = { lowMgdl: 40, highMgdl: 400 }

/** The records land in `records`, in the order in which they are written. */
export function journalOf(
  person: Person,
  day: LocalDay,
  units: 'mg/dL' | 'mmol/L',
  records: DatumBody[],
): Journal {
  const pump = `SynthPump-${person.seed}`
  const meter = `SynthMeter-${person.seed}`

  const write = (type: string, instantMs: number, deviceId: string, fields: Record<string, unknown>) => {
    const timezoneOffset = day.offsetMinutes(instantMs)
    const time = new Date(instantMs).toISOString()
    records.push({
      type,
      time,
      timezone: day.timezone,
      timezoneOffset,
      clockDriftOffset: 0,
      conversionOffset: 0,
      deviceTime: new Date(instantMs + timezoneOffset * 60_000).toISOString().slice(0, 19),
      deviceId,
      ...fields,
      // One record of a type at a time, so that this names it, whatever window it is asked for in.
      origin: { id: `synth-${person.seed}:${type}:${time}`, name: originName, type: 'application' },
    })
  }
  const glucose = (mgdl: number) =>
    units === 'mg/dL'
      ? { units, value: mgdl }
      : { units, value: roundTo(mgdl / MG_PER_DL_PER_MMOL_PER_L, 0.1) }
  const rate = (mgdlPerMinute: number) =>
    units === 'mg/dL'
      ? { trendRate: roundTo(mgdlPerMinute, 0.1), trendRateUnits: 'mg/dL/minute' }
      : {
          trendRate: roundTo(mgdlPerMinute / MG_PER_DL_PER_MMOL_PER_L, 0.01),
          trendRateUnits: 'mmol/L/minute',
        }

  return {
    cbg(instantMs, mgdl, sensorNumber, trendMgdlPerMinute) {
      const { value, beyond } = withinRange(Math.round(mgdl))
      write('cbg', instantMs, `SynthCgm-${person.seed}-${sensorNumber}`, {
        ...glucose(value),
        ...(trendMgdlPerMinute !== undefined && {
          trend: trendWord(trendMgdlPerMinute),
          ...rate(trendMgdlPerMinute),
        }),
        sampleInterval: 300_000,
        ...(beyond && { annotations: [{ code: 'bg/out-of-range', ...beyond }] }),
      })
    },
    smbg(instantMs, mgdl) {
      write('smbg', instantMs, meter, { ...glucose(Math.round(mgdl)), subType: 'linked' })
    },
    basal(startMs, endMs, { deliveryType, unitsPerHour, scheduledUnitsPerHour, percent }) {
      const scheduled = {
        type: 'basal',
        deliveryType: 'scheduled',
        rate: scheduledUnitsPerHour,
        scheduleName,
      }
      write('basal', startMs, pump, {
        deliveryType,
        duration: endMs - startMs,
        ...(deliveryType !== 'suspend' && { rate: unitsPerHour }),
        ...(percent !== undefined && { percent }),
        ...((deliveryType === 'scheduled' || deliveryType === 'automated') && { scheduleName }),
        ...(deliveryType !== 'scheduled' && { suppressed: scheduled }),
      })
    },
    bolus(instantMs, amounts) {
      write('bolus', instantMs, pump, { ...amounts })
    },
    food(instantMs, { meal, name }, carbsGrams) {
      write('food', instantMs, pump, {
        meal,
        name,
        nutrition: { carbohydrate: { net: carbsGrams, units: 'grams' } },
      })
    },
  }
}

/** A reading beyond the sensor's range is one unit beyond its limit and says so (data-types.md §10). */
function withinRange(mgdl: number): { value: number; beyond?: { value: 'low' | 'high'; threshold: number } } {
  const { lowMgdl, highMgdl } = sensorRange
  if (mgdl < lowMgdl) return { value: lowMgdl - 1, beyond: { value: 'low', threshold: lowMgdl } }
  if (mgdl > highMgdl) return { value: highMgdl + 1, beyond: { value: 'high', threshold: highMgdl } }
  return { value: mgdl }
}

function trendWord(mgdlPerMinute: number): string {
  const size = Math.abs(mgdlPerMinute)
  if (size < 1) return 'constant'
  const speed = size < 2 ? 'slow' : size < 3 ? 'moderate' : 'rapid'
  return `${speed}${mgdlPerMinute > 0 ? 'Rise' : 'Fall'}`
}
