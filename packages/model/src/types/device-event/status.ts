import { defineKinds, defineType } from '../../define-type.ts'
import { optional } from '../../fields/field.ts'
import { metadata } from '../../fields/free-form.ts'
import { integer } from '../../fields/number.ts'
import { oneOf } from '../../fields/text.ts'

/** A pump stopped or began to give insulin again. How long, in milliseconds, is not always known. */
export const status = defineType({
  name: 'deviceEvent',
  kind: { subType: 'status' },
  fields: {
    duration: optional(integer({ min: 0 })),
    expectedDuration: optional(integer({ min: 0, atLeast: 'duration' })),
    status: oneOf('resumed', 'suspended'),
    reason: metadata,
  },
  identity: ['subType'],
})

/** The one kind of device event that others may bring along. */
export const statusEvent = defineKinds('deviceEvent', 'subType', [status])
