import type { Person } from './person.ts'

/**
 * Glucose and what acts on it, moved on in steps of five minutes. A sketch of physiology, for data that look
 * and feel true; nothing that a dose may be worked out with.
 */
export interface Body {
  glucoseMgdl: number
  /** What the sensor sits in follows the blood some minutes later. */
  interstitialMgdl: number
  /** Units under the skin, and units that act. */
  depotUnits: number
  activeUnits: number
  /** Carbohydrate on its way, one lane for each speed. */
  meals: { stomachGrams: number; gutGrams: number; absorptionMinutes: number }[]
  /** Everything not told of here: stress, a long walk, a cold. In mg/dL per step. */
  driftMgdl: number
  sensorNoiseMgdl: number
  /** The last three of the sensor, the newest last; undefined where none arrived. */
  readings: (number | undefined)[]
}

const stepMinutes = 5
const insulinMinutes = 55
const perStep = stepMinutes / insulinMinutes

/** Somebody at rest, at midnight, whose basal insulin is in balance. */
export function bodyAtRest(person: Person): Body {
  const basal = basalOnBoard(person.schedule[0]?.unitsPerHour ?? 0)
  return {
    glucoseMgdl: 125,
    interstitialMgdl: 125,
    depotUnits: basal / 2,
    activeUnits: basal / 2,
    meals: [],
    driftMgdl: 0,
    sensorNoiseMgdl: 0,
    readings: [],
  }
}

/** What a steady rate keeps in the body. */
function basalOnBoard(unitsPerHour: number): number {
  return (2 * unitsPerHour * insulinMinutes) / 60
}

/** Insulin in the body beyond what the basal rate keeps there anyway, in units. */
export function insulinOnBoard(body: Body, scheduledUnitsPerHour: number): number {
  return body.depotUnits + body.activeUnits - basalOnBoard(scheduledUnitsPerHour)
}

export function eat(body: Body, grams: number, absorptionMinutes: number): void {
  body.meals.push({ stomachGrams: grams, gutGrams: 0, absorptionMinutes })
}

/** What happens to the body during one step. */
export interface Influences {
  insulinUnits: number
  /** What the body needs to stay level. */
  neededUnits: number
  sensitivity: number
  isExercising: boolean
  /** Two standard normal numbers. */
  chance: number
  sensorChance: number
}

export function moveOn(body: Body, person: Person, now: Influences): void {
  const reachesActive = body.depotUnits * perStep
  const acts = body.activeUnits * perStep
  body.depotUnits += now.insulinUnits - reachesActive
  body.activeUnits += reachesActive - acts

  let absorbedGrams = 0
  for (const meal of body.meals) {
    const share = stepMinutes / meal.absorptionMinutes
    const leavesStomach = meal.stomachGrams * share
    const leavesGut = meal.gutGrams * share
    meal.stomachGrams -= leavesStomach
    meal.gutGrams += leavesStomach - leavesGut
    absorbedGrams += leavesGut
  }
  body.meals = body.meals.filter((meal) => meal.stomachGrams + meal.gutGrams > 0.2)

  body.driftMgdl = 0.93 * body.driftMgdl + 0.5 * now.chance
  const glucose = body.glucoseMgdl
  let change = person.sensitivityMgdlPerUnit * now.sensitivity * (now.neededUnits - acts)
  change += (person.sensitivityMgdlPerUnit / person.carbRatioGramsPerUnit) * absorbedGrams
  change += body.driftMgdl
  if (now.isExercising) change -= 2.6
  // The body's own help: the liver below 75, the kidneys above 190, and a slow pull to the middle.
  change += 0.006 * (125 - glucose) + 0.06 * Math.max(0, 75 - glucose) - 0.009 * Math.max(0, glucose - 200)
  body.glucoseMgdl = Math.max(25, glucose + change)
  body.interstitialMgdl += 0.45 * (body.glucoseMgdl - body.interstitialMgdl)
  body.sensorNoiseMgdl = 0.7 * body.sensorNoiseMgdl + 2.2 * now.sensorChance
}
