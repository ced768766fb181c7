import type { DatumType, InputOf, KindedType } from './define-type.ts'
import { alert } from './types/alert.ts'
import { basal } from './types/basal/basal.ts'
import { bloodKetone } from './types/blood-ketone.ts'
import { bolus } from './types/bolus/bolus.ts'
import { cbg } from './types/cbg.ts'
import { cgmSettings } from './types/cgm-settings.ts'
import { controllerSettings } from './types/controller-settings.ts'
import { controllerStatus } from './types/controller-status.ts'
import { deviceEvent } from './types/device-event/device-event.ts'
import { dosingDecision } from './types/dosing-decision.ts'
import { food } from './types/food.ts'
import { insulin } from './types/insulin.ts'
import { physicalActivity } from './types/physical-activity.ts'
import { pumpSettings } from './types/pump-settings.ts'
import { pumpStatus } from './types/pump-status.ts'
import { reportedState } from './types/reported-state.ts'
import { smbg } from './types/smbg.ts'
import { water } from './types/water.ts'
import { wizard } from './types/wizard.ts'

/**
 * Every data type, in the order in which the protocol lists them when one is refused (data-types.json). A new one: one
 * file in `types/`, one name in this list.
 */
const types = [
  physicalActivity,
  alert,
  basal,
  cbg,
  smbg,
  bloodKetone,
  bolus,
  wizard,
  deviceEvent,
  dosingDecision,
  food,
  insulin,
  cgmSettings,
  controllerSettings,
  pumpSettings,
  reportedState,
  controllerStatus,
  pumpStatus,
  water,
] as const

/** What may be sent in an array of data. */
export type Datum = InputOf<(typeof types)[number]>

/** The data types by the word in their field `type`. */
export const datumTypes: ReadonlyMap<unknown, DatumType | KindedType> = new Map(
  types.map((type) => [type.name, type]),
)

/** The words that may stand in `type` of an array of data. */
export const typesInDataArray: readonly string[] = types.map(({ name }) => name)
