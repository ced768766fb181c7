import { defineKinds, type InputOf } from '../../define-type.ts'
import { alarm } from './alarm.ts'
import { calibration } from './calibration.ts'
import { prime } from './prime.ts'
import { pumpSettingsOverride } from './pump-settings-override.ts'
import { reservoirChange } from './reservoir-change.ts'
import { status } from './status.ts'
import { timeChange } from './time-change.ts'

/** What happened to a device, or what was done to it. */
export const deviceEvent = defineKinds('deviceEvent', 'subType', [
  alarm,
  calibration,
  prime,
  pumpSettingsOverride,
  reservoirChange,
  status,
  timeChange,
])

export type AlarmEvent = InputOf<typeof alarm>
export type CalibrationEvent = InputOf<typeof calibration>
export type PrimeEvent = InputOf<typeof prime>
export type PumpSettingsOverrideEvent = InputOf<typeof pumpSettingsOverride>
export type ReservoirChangeEvent = InputOf<typeof reservoirChange>
export type StatusEvent = InputOf<typeof status>
export type TimeChangeEvent = InputOf<typeof timeChange>
export type DeviceEvent =
  | AlarmEvent
  | CalibrationEvent
  | PrimeEvent
  | PumpSettingsOverrideEvent
  | ReservoirChangeEvent
  | StatusEvent
  | TimeChangeEvent
