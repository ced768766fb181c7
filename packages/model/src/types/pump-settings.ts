import { defineType, type InputOf } from '../define-type.ts'
import { dependent, type Field, type Members, optional } from '../fields/field.ts'
import { mapOf } from '../fields/map.ts'
import { boolean, byUnits, integer, number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { schedule } from '../fields/schedule.ts'
import { oneOf, text } from '../fields/text.ts'
import { sortByBytes } from '../fields/text-list.ts'
import { deviceFields } from '../shapes/device.ts'
import { upToHours } from '../shapes/duration.ts'
import { convert, glucoseIn, glucoseUnits, inUnitsBg, settleUnits } from '../shapes/glucose.ts'
import { convertTarget, glucoseTarget, glucoseTargetFields } from '../shapes/glucose-target.ts'
import { insulinFormulation } from '../shapes/insulin-formulation.ts'
import { quantity } from '../shapes/quantity.ts'
import { scaleFactors } from '../shapes/scale-factors.ts'

const DAY_SECONDS = 86_400
const WEEK_MS = 604_800_000
const WEEK_MINUTES = 7 * 24 * 60

const isOn = object({ enabled: boolean })

const basal = object({
  rateMaximum: optional(quantity({ 'Units/hour': [0, 100] })),
  temporary: optional(object({ type: oneOf('off', 'percent', 'Units/hour') })),
})

const bolus = object({
  amountMaximum: optional(quantity({ Units: [0, 100] })),
  calculator: optional(
    object({
      enabled: boolean,
      insulin: optional(
        object({
          duration: number(byUnits('units', upToHours(10))),
          units: oneOf('hours', 'minutes', 'seconds'),
        }),
      ),
    }),
  ),
  extended: optional(isOn),
})

const seconds = { min: 0, max: DAY_SECONDS }

const insulinModel = object({
  modelType: optional(oneOf('fiasp', 'other', 'rapidAdult', 'rapidChild', 'walsh')),
  modelTypeOther: dependent(
    ({ modelType }) => (modelType === 'other' ? 'required' : 'forbidden'),
    text({ max: 100 }),
  ),
  actionDelay: optional(integer(seconds)),
  actionDuration: optional(integer(seconds)),
  actionPeakOffset: optional(integer({ ...seconds, atMost: 'actionDuration' })),
})

const target = glucoseTarget(inUnitsBg)

const overridePreset = object({
  abbreviation: optional(text({ max: 100 })),
  duration: optional(integer({ min: 0, max: WEEK_MS })), // some clients mean seconds: kept as it is
  bgTarget: optional(target),
  ...scaleFactors,
})

const basalSchedule = schedule({ rate: number({ min: 0, max: 100 }) })
const bgTarget = schedule(glucoseTargetFields(inUnitsBg))
const carbRatio = schedule({ amount: number({ min: 0, max: 250 }) })
const insulinSensitivity = schedule({ amount: glucoseIn(inUnitsBg) })

/** Several of them by name, where there is not the one without. */
function named<F extends Field>(one: F, alone: string) {
  return dependent(
    (settings: Members) => (settings[alone] === undefined ? 'optional' : 'forbidden'),
    mapOf<F['schema']>(one as Field<F['schema']>),
  )
}

/** The settings of a pump. Without `units` its glucose is neither checked nor converted. */
export const pumpSettings = defineType({
  name: 'pumpSettings',
  fields: {
    activeSchedule: text(),
    automatedDelivery: optional(boolean),
    basal: optional(basal),
    basalSchedule: optional(basalSchedule),
    basalSchedules: named(basalSchedule, 'basalSchedule'),
    bgSafetyLimit: optional(glucoseIn(inUnitsBg)),
    bgTargetPhysicalActivity: optional(target),
    bgTargetPreprandial: optional(target),
    bgTarget: optional(bgTarget),
    bgTargets: named(bgTarget, 'bgTarget'),
    bolus: optional(bolus),
    carbRatio: optional(carbRatio),
    carbRatios: named(carbRatio, 'carbRatio'),
    display: optional(object({ bloodGlucose: optional(object({ units: oneOf('mg/dL', 'mmol/L') })) })),
    firmwareVersion: deviceFields.firmwareVersion,
    hardwareVersion: deviceFields.hardwareVersion,
    insulinFormulation: optional(insulinFormulation),
    insulinModel: optional(insulinModel),
    insulinSensitivity: optional(insulinSensitivity),
    insulinSensitivities: named(insulinSensitivity, 'insulinSensitivity'),
    manufacturers: deviceFields.manufacturers,
    model: deviceFields.model,
    name: deviceFields.name,
    overridePresets: optional(mapOf(overridePreset)),
    scheduleTimeZoneOffset: optional(integer({ min: -WEEK_MINUTES, max: WEEK_MINUTES })),
    serialNumber: deviceFields.serialNumber,
    softwareVersion: deviceFields.softwareVersion,
    units: optional(
      object({ bg: glucoseUnits, carb: oneOf('exchanges', 'grams'), insulin: optional(oneOf('Units')) }),
    ),
  },
  normalize(settings) {
    if (settings.manufacturers) sortByBytes(settings.manufacturers)
    const sent = settleUnits(settings.units, 'bg')
    if (sent !== undefined) {
      const { bgTargetPreprandial, bgTargetPhysicalActivity } = settings
      convert(settings, 'bgSafetyLimit')
      for (const one of [bgTargetPreprandial, bgTargetPhysicalActivity]) convertTarget(one)
      for (const one of entriesOf(settings.bgTarget, settings.bgTargets)) convertTarget(one)
      for (const one of entriesOf(settings.insulinSensitivity, settings.insulinSensitivities)) {
        convert(one, 'amount')
      }
      for (const preset of Object.values(settings.overridePresets ?? {})) convertTarget(preset.bgTarget)
    }
    return sent
  },
})

/** All entries of a schedule, or of several by name. */
function entriesOf<Entry>(one: Entry[] = [], several: Record<string, Entry[]> = {}): Entry[] {
  return [one, ...Object.values(several)].flat()
}

export type PumpSettings = InputOf<typeof pumpSettings>
