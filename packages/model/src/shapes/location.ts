import { optional } from '../fields/field.ts'
import { integer } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { text } from '../fields/text.ts'
import { origin } from './origin.ts'
import { quantity } from './quantity.ts'

const METERS_PER_FOOT = 0.3048

const accuracy = quantity({ feet: [0, 1000 / METERS_PER_FOOT], meters: [0, 1000] })

const gps = object({
  elevation: optional(
    quantity({
      feet: [-20_000 / METERS_PER_FOOT, 1_000_000 / METERS_PER_FOOT],
      meters: [-20_000, 1_000_000],
    }),
  ),
  floor: optional(integer({ min: -1000, max: 1000 })),
  horizontalAccuracy: optional(accuracy),
  latitude: quantity({ degrees: [-90, 90] }),
  longitude: quantity({ degrees: [-180, 180] }),
  origin: optional(origin),
  verticalAccuracy: optional(accuracy),
})

/** Where something happened: by coordinates, by name, or both. */
export const location = object(
  { gps: optional(gps), name: optional(text({ max: 100 })) },
  { anyOf: ['gps', 'name'] },
)
