import { defineType } from '../../define-type.ts'
import { embedded } from '../../fields/embedded.ts'
import { optional } from '../../fields/field.ts'
import { statusEvent } from './status.ts'

/** The reservoir of a pump was changed. The status that it went into may come along as a whole. */
export const reservoirChange = defineType({
  name: 'deviceEvent',
  kind: { subType: 'reservoirChange' },
  fields: { status: optional(embedded(statusEvent)) },
  identity: ['subType'],
})
