import type { DatumType, InputOf, KindedType } from './define-type.ts'
import { basal } from './types/basal/basal.ts'
import { bloodKetone } from './types/blood-ketone.ts'
import { bolus } from './types/bolus/bolus.ts'
import { cbg } from './types/cbg.ts'
import { food } from './types/food.ts'
import { insulin } from './types/insulin.ts'
import { physicalActivity } from './types/physical-activity.ts'
import { reportedState } from './types/reported-state.ts'
import { smbg } from './types/smbg.ts'
import { water } from './types/water.ts'

/** Every data type that is known here. A new one: one file in `types/`, one name in this list. */
const types = [
  physicalActivity,
  basal,
  cbg,
  smbg,
  bloodKetone,
  bolus,
  food,
  insulin,
  reportedState,
  water,
] as const

/** What may be sent in an array of data. */
export type Datum = InputOf<(typeof types)[number]>

/** The data types by the word in their field `type`. */
export const datumTypes: ReadonlyMap<unknown, DatumType | KindedType> = new Map(
  types.map((type) => [type.name, type]),
)

/**
 * The words that may stand in `type` of an array of data, in the order in which the protocol lists them when one is
 * refused (data-types.json). Those of them that are not in {@link datumTypes} are refused too.
 */
export const typesInDataArray = [
  'physicalActivity',
  'alert',
  'basal',
  'cbg',
  'smbg',
  'bloodKetone',
  'bolus',
  'wizard',
  'deviceEvent',
  'dosingDecision',
  'food',
  'insulin',
  'cgmSettings',
  'controllerSettings',
  'pumpSettings',
  'reportedState',
  'controllerStatus',
  'pumpStatus',
  'water',
] as const
