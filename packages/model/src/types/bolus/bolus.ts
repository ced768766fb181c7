import { defineKinds, defineType, type InputOf } from '../../define-type.ts'
import { automatedFields, bolusFields, extendedFields, normalFields } from './bolus-fields.ts'

const normal = defineType({
  name: 'bolus',
  kind: { subType: 'normal' },
  fields: { ...bolusFields, ...normalFields },
  identity: ['subType'],
})

const square = defineType({
  name: 'bolus',
  kind: { subType: 'square' },
  fields: { ...bolusFields, ...extendedFields },
  identity: ['subType'],
})

const dualSquare = defineType({
  name: 'bolus',
  kind: { subType: 'dual/square' },
  fields: { ...bolusFields, ...extendedFields, ...normalFields },
  identity: ['subType'],
})

const automated = defineType({
  name: 'bolus',
  kind: { subType: 'automated' },
  fields: { ...bolusFields, ...automatedFields },
  identity: ['subType'],
})

/** Insulin that a pump gives beyond the basal: at once, over a time, both, or by a closed loop. */
export const bolus = defineKinds('bolus', 'subType', [dualSquare, square, normal, automated])

export type NormalBolus = InputOf<typeof normal>
export type SquareBolus = InputOf<typeof square>
export type DualSquareBolus = InputOf<typeof dualSquare>
export type AutomatedBolus = InputOf<typeof automated>
export type Bolus = NormalBolus | SquareBolus | DualSquareBolus | AutomatedBolus
