import { defineType, type InputOf } from '../define-type.ts'
import { embedded } from '../fields/embedded.ts'
import { optional } from '../fields/field.ts'
import { number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf } from '../fields/text.ts'
import { convert, glucoseUnits, glucoseValue, inUnits, settleUnits } from '../shapes/glucose.ts'
import { convertTarget, glucoseTarget } from '../shapes/glucose-target.ts'
import { bolus } from './bolus/bolus.ts'

const upTo250 = number({ min: 0, max: 250 })

/** What a bolus calculator was told and what it advised. The bolus that was given for it comes along as a whole. */
export const wizard = defineType({
  name: 'wizard',
  fields: {
    bgInput: optional(glucoseValue),
    bgTarget: optional(glucoseTarget(inUnits)),
    // Not linked to an automated one: the reference forgets that id, and clients know it so.
    bolus: optional(embedded(bolus, ({ subType }) => subType !== 'automated')),
    carbInput: optional(number({ min: 0, max: 1000 })),
    insulinCarbRatio: optional(upTo250),
    insulinOnBoard: optional(upTo250),
    insulinSensitivity: optional(glucoseValue),
    recommended: optional(
      object({
        carb: optional(number({ min: 0, max: 100 })),
        correction: optional(number({ min: -100, max: 100 })),
        net: optional(number({ min: -100, max: 100 })),
      }),
    ),
    units: glucoseUnits,
    carbUnits: optional(oneOf('grams', 'exchanges')),
  },
  normalize(wizard) {
    const sent = settleUnits(wizard, 'units')
    if (sent !== undefined) {
      convert(wizard, 'bgInput', 'insulinSensitivity')
      convertTarget(wizard.bgTarget)
    }
    return sent
  },
})

export type Wizard = InputOf<typeof wizard>
