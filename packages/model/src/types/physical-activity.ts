import { defineType, type InputOf } from '../define-type.ts'
import { dependent, optional } from '../fields/field.ts'
import { boolean, integer } from '../fields/number.ts'
import { object } from '../fields/object.ts'
import { oneOf, text } from '../fields/text.ts'
import { energy } from '../shapes/energy.ts'
import { quantity } from '../shapes/quantity.ts'

/** Apple's names for kinds of work-out, in the order in which a fault lists them. */
const activityType = oneOf(
  'americanFootball',
  'archery',
  'australianFootball',
  'badminton',
  'barre',
  'baseball',
  'basketball',
  'bowling',
  'boxing',
  'climbing',
  'coreTraining',
  'cricket',
  'crossCountrySkiing',
  'crossTraining',
  'curling',
  'cycling',
  'dance',
  'danceInspiredTraining',
  'downhillSkiing',
  'elliptical',
  'equestrianSports',
  'fencing',
  'fishing',
  'flexibility',
  'functionalStrengthTraining',
  'golf',
  'gymnastics',
  'handball',
  'handCycling',
  'highIntensityIntervalTraining',
  'hiking',
  'hockey',
  'hunting',
  'jumpRope',
  'kickboxing',
  'lacrosse',
  'martialArts',
  'mindAndBody',
  'mixedCardio',
  'mixedMetabolicCardioTraining',
  'other',
  'paddleSports',
  'pilates',
  'play',
  'preparationAndRecovery',
  'racquetball',
  'rowing',
  'rugby',
  'running',
  'sailing',
  'skatingSports',
  'snowboarding',
  'snowSports',
  'soccer',
  'softball',
  'squash',
  'stairClimbing',
  'stairs',
  'stepTraining',
  'surfingSports',
  'swimming',
  'tableTennis',
  'taiChi',
  'tennis',
  'trackAndField',
  'traditionalStrengthTraining',
  'volleyball',
  'walking',
  'waterFitness',
  'waterPolo',
  'waterSports',
  'wheelchairRunPace',
  'wheelchairWalkPace',
  'wrestling',
  'yoga',
)

const distance = quantity({
  feet: [0, 528_000],
  kilometers: [0, 160.9344],
  meters: [0, 160_934.4],
  miles: [0, 100],
  yards: [0, 176_000],
})

const upTo = (max: number) => integer({ min: 0, max })

/** Movement: a work-out, a walk, a day's steps. */
export const physicalActivity = defineType({
  name: 'physicalActivity',
  fields: {
    activityType: optional(activityType),
    // May be missing even where the activity is another one.
    activityTypeOther: dependent(
      (it) => (it.activityType === 'other' ? 'optional' : 'forbidden'),
      text({ max: 100 }),
    ),
    aggregate: optional(boolean),
    distance: optional(distance),
    duration: optional(quantity({ hours: [0, 168], minutes: [0, 10_080], seconds: [0, 604_800] })),
    elevationChange: optional(quantity({ feet: [0, 52_800], meters: [0, 16_093.44] })),
    energy: optional(energy),
    flight: optional(object({ count: upTo(10_000) })),
    lap: optional(object({ count: upTo(10_000), distance })),
    name: optional(text({ max: 100 })),
    reportedIntensity: optional(oneOf('high', 'low', 'medium')),
    step: optional(object({ count: upTo(100_000) })),
  },
})

export type PhysicalActivity = InputOf<typeof physicalActivity>
