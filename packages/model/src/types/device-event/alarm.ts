import { defineType } from '../../define-type.ts'
import { embedded } from '../../fields/embedded.ts'
import { optional } from '../../fields/field.ts'
import { oneOf } from '../../fields/text.ts'
import { statusEvent } from './status.ts'

/** A pump calls for help. The status that it went into may come along as a whole. */
export const alarm = defineType({
  name: 'deviceEvent',
  kind: { subType: 'alarm' },
  fields: {
    alarmType: oneOf(
      'auto_off',
      'low_insulin',
      'low_power',
      'no_delivery',
      'no_insulin',
      'no_power',
      'occlusion',
      'other',
      'over_limit',
    ),
    status: optional(embedded(statusEvent)),
  },
  identity: ['subType'],
})
