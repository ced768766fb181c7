import { defineType } from '../../define-type.ts'
import { dependent, optional } from '../../fields/field.ts'
import { integer } from '../../fields/number.ts'
import { object } from '../../fields/object.ts'
import { oneOf, text } from '../../fields/text.ts'
import { glucoseUnits, inUnitsBg, settleUnits } from '../../shapes/glucose.ts'
import { convertTarget, glucoseTarget } from '../../shapes/glucose-target.ts'
import { scaleFactors } from '../../shapes/scale-factors.ts'

/** Milliseconds by their limit; some clients mean seconds. Kept as they are. */
const duration = { min: 0, max: 604_800_000 }

/** For a while a pump's settings are other ones: for sport, before a meal. */
export const pumpSettingsOverride = defineType({
  name: 'deviceEvent',
  kind: { subType: 'pumpSettingsOverride' },
  fields: {
    overrideType: oneOf('custom', 'physicalActivity', 'preprandial', 'preset', 'sleep'),
    overridePreset: dependent(
      ({ overrideType }) => (overrideType === 'preset' ? 'required' : 'forbidden'),
      text({ max: 100 }),
    ),
    method: optional(oneOf('automatic', 'manual')),
    duration: optional(integer(duration)),
    expectedDuration: optional(integer({ ...duration, atLeast: 'duration' })),
    bgTarget: optional(glucoseTarget(inUnitsBg)),
    ...scaleFactors,
    units: dependent(
      ({ bgTarget }) => (bgTarget === undefined ? 'forbidden' : 'required'),
      object({ bg: glucoseUnits }),
    ),
  },
  normalize({ units, bgTarget }) {
    const sent = settleUnits(units, 'bg')
    if (sent !== undefined) convertTarget(bgTarget)
    return sent
  },
  identity: ['subType'],
})
