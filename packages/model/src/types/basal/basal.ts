import { defineKinds, defineType, type InputOf } from '../../define-type.ts'
import { optional } from '../../fields/field.ts'
import { text } from '../../fields/text.ts'
import { insulinFormulation } from '../../shapes/insulin-formulation.ts'
import { durations, percent, rate } from './basal-fields.ts'
import { suppressedByAutomated, suppressedBySuspend, suppressedByTemp } from './suppressed.ts'

const automated = defineType({
  name: 'basal',
  kind: { deliveryType: 'automated' },
  fields: {
    ...durations,
    insulinFormulation: optional(insulinFormulation),
    rate,
    scheduleName: optional(text({ max: 1000 })),
    suppressed: optional(suppressedByAutomated),
  },
  identity: ['deliveryType'],
})

const scheduled = defineType({
  name: 'basal',
  kind: { deliveryType: 'scheduled' },
  fields: {
    ...durations,
    insulinFormulation: optional(insulinFormulation),
    rate,
    scheduleName: optional(text()),
  },
  identity: ['deliveryType'],
})

const suspend = defineType({
  name: 'basal',
  kind: { deliveryType: 'suspend' },
  fields: { ...durations, suppressed: optional(suppressedBySuspend) },
  identity: ['deliveryType'],
})

const temp = defineType({
  name: 'basal',
  kind: { deliveryType: 'temp' },
  fields: {
    ...durations,
    insulinFormulation: optional(insulinFormulation),
    percent: optional(percent),
    rate,
    suppressed: optional(suppressedByTemp),
  },
  identity: ['deliveryType'],
})

/** Insulin that a pump gives all day: by its schedule, by a closed loop, at a temporary rate, or not at all. */
export const basal = defineKinds('basal', 'deliveryType', [automated, scheduled, suspend, temp])

export type AutomatedBasal = InputOf<typeof automated>
export type ScheduledBasal = InputOf<typeof scheduled>
export type SuspendBasal = InputOf<typeof suspend>
export type TempBasal = InputOf<typeof temp>
export type Basal = AutomatedBasal | ScheduledBasal | SuspendBasal | TempBasal
