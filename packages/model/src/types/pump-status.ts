import { defineType, type InputOf } from '../define-type.ts'
import { dependent, optional } from '../fields/field.ts'
import { boolean, number } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf } from '../fields/text.ts'
import { anyTime, notBefore } from '../fields/time.ts'
import { battery } from '../shapes/battery.ts'

const upTo = (max: number) => number({ min: 0, max })

const basalDelivery = object({
  state: oneOf(
    'cancelingTemporary',
    'initiatingTemporary',
    'resuming',
    'scheduled',
    'suspended',
    'suspending',
    'temporary',
  ),
  time: dependent(
    ({ state }) => (state === 'scheduled' || state === 'suspended' ? 'required' : 'forbidden'),
    anyTime,
  ),
  dose: dependent(
    ({ state }) => (state === 'temporary' ? 'required' : 'forbidden'),
    object({
      startTime: optional(anyTime),
      endTime: dependent(
        ({ startTime }) => (startTime === undefined ? 'forbidden' : 'optional'),
        notBefore('startTime'),
      ),
      rate: upTo(100),
      amountDelivered: optional(upTo(1000)),
    }),
  ),
})

const bolusDelivery = object({
  state: oneOf('canceling', 'delivering', 'initiating', 'none'),
  dose: dependent(
    ({ state }) => (state === 'delivering' ? 'required' : 'forbidden'),
    object({
      startTime: optional(anyTime),
      amount: upTo(1000),
      amountDelivered: optional(upTo(1000)),
    }),
  ),
})

/** What a pump does just now, and what it has left. */
export const pumpStatus = defineType({
  name: 'pumpStatus',
  fields: {
    basalDelivery: optional(basalDelivery),
    battery: optional(battery),
    bolusDelivery: optional(bolusDelivery),
    deliveryIndeterminant: optional(boolean),
    reservoir: optional(object({ time: optional(anyTime), remaining: upTo(10_000), units: oneOf('Units') })),
  },
  rules: { anyOf: ['basalDelivery', 'battery', 'bolusDelivery', 'deliveryIndeterminant', 'reservoir'] },
})

export type PumpStatus = InputOf<typeof pumpStatus>
