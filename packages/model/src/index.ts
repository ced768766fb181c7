/**
 * What diabetes data are. Pure: no I/O, no clock, no Node API, so that the browser's SDK checks a record by the
 * same rules as the server.
 */
export { canonicalJson } from './canonical-json.ts'
export { MG_PER_DL_PER_MMOL_PER_L, mgPerDl, mmolPerL } from './glucose.ts'
export { identityFields } from './identity.ts'
export { isDataSetId, isDatumId, isUserId } from './ids.ts'
export { inputSchemas } from './input-schemas.ts'
export { type ParsedData, type ParseOptions, parseData } from './parse-data.ts'
export { type DataSetInput, type ParsedDataSet, parseDataSet } from './parse-data-set.ts'
export { type DataSetUpdate, parseDataSetUpdate } from './parse-data-set-update.ts'
export {
  type DataSourceUpdateFields,
  type NewDataSource,
  parseDataSourceUpdate,
  parseNewDataSource,
} from './parse-data-source.ts'
export { parseQuarantineSettings, type QuarantineSettingsFields } from './parse-quarantine-settings.ts'
export { parseRestrictedToken, type RestrictedTokenFields } from './parse-restricted-token.ts'
export { parseSelectors, type Selection } from './parse-selectors.ts'
export { type Datum, typesInDataArray } from './registry.ts'
export { formatTime, parseTime } from './time.ts'
export { isTimeZone } from './time-zones.ts'
export type { Alert } from './types/alert.ts'
export type { AutomatedBasal, Basal, ScheduledBasal, SuspendBasal, TempBasal } from './types/basal/basal.ts'
export type { BloodKetone } from './types/blood-ketone.ts'
export type { AutomatedBolus, Bolus, DualSquareBolus, NormalBolus, SquareBolus } from './types/bolus/bolus.ts'
export type { Cbg } from './types/cbg.ts'
export type { CgmSettings } from './types/cgm-settings.ts'
export type { ControllerSettings } from './types/controller-settings.ts'
export type { ControllerStatus } from './types/controller-status.ts'
export type {
  AlarmEvent,
  CalibrationEvent,
  DeviceEvent,
  PrimeEvent,
  PumpSettingsOverrideEvent,
  ReservoirChangeEvent,
  StatusEvent,
  TimeChangeEvent,
} from './types/device-event/device-event.ts'
export type { DosingDecision } from './types/dosing-decision.ts'
export type { Food } from './types/food.ts'
export type { Insulin } from './types/insulin.ts'
export type { PhysicalActivity } from './types/physical-activity.ts'
export type { PumpSettings } from './types/pump-settings.ts'
export type { PumpStatus } from './types/pump-status.ts'
export type { ReportedState } from './types/reported-state.ts'
export type { Smbg } from './types/smbg.ts'
export type { Water } from './types/water.ts'
export type { Wizard } from './types/wizard.ts'
export type { DataSetFields, DatumBody, ParsedDatum, Problem } from './wire.ts'
