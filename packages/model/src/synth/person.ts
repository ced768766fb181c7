import { type Random, randomFor } from './random.ts'

/** What stays the same about somebody: how much insulin they need, when they get up, how well they count carbs. */
export interface Person {
  readonly seed: number
  /** Fall of glucose per unit of insulin, in mg/dL. */
  readonly sensitivityMgdlPerUnit: number
  /** Grams of carbohydrate that one unit covers. */
  readonly carbRatioGramsPerUnit: number
  /** The pump's basal rates over the day, the first from midnight. */
  readonly schedule: readonly { readonly startMinutes: number; readonly unitsPerHour: number }[]
  readonly wakeMinutes: number
  /** Deviation of what they believe to eat from what they eat, as a fraction. */
  readonly countingError: number
  /** When, within every five minutes, the sensor sends. */
  readonly sensorPhaseMs: number
}

/** The same person for the same seed. */
export function personFor(seed: number): Person {
  const random = randomFor(seed, 'person')
  const dailyUnits = random.between(36, 56)
  // Half of the day's insulin is basal; the dawn needs most and the afternoon least.
  const meanRate = (0.46 * dailyUnits) / 24
  const schedule = [
    { startMinutes: 0, share: 0.9 },
    { startMinutes: 4 * 60, share: 1.25 },
    { startMinutes: 9 * 60, share: 1.05 },
    { startMinutes: 13 * 60, share: 0.85 },
    { startMinutes: 19 * 60, share: 1 },
  ]
  return {
    seed,
    sensitivityMgdlPerUnit: Math.round(1700 / dailyUnits),
    carbRatioGramsPerUnit: Math.round(450 / dailyUnits),
    schedule: schedule.map(({ startMinutes, share }) => ({
      startMinutes,
      unitsPerHour: roundTo(meanRate * share * random.between(0.93, 1.07), 0.05),
    })),
    wakeMinutes: random.integer(6 * 60, 7 * 60 + 45),
    countingError: random.between(0.2, 0.34),
    sensorPhaseMs: random.integer(0, 299) * 1000,
  }
}

/** What the schedule gives at this time of day, in units per hour. */
export function scheduledRate(person: Person, minutesOfDay: number): number {
  let rate = 0
  for (const { startMinutes, unitsPerHour } of person.schedule) {
    if (startMinutes <= minutesOfDay) rate = unitsPerHour
  }
  return rate
}

/** Numbers for one purpose of one day, the same whichever day the story began on. */
export function randomOfDay(person: Person, epochDay: number, purpose: string): Random {
  return randomFor(person.seed, epochDay, purpose)
}

/** Counts the rounds of something that comes again every so many days: the sensor, the pump's site. */
export function round(person: Person, epochDay: number, purpose: string, everyDays: number) {
  const shifted = epochDay + randomFor(person.seed, purpose).integer(0, everyDays - 1)
  return { number: Math.floor(shifted / everyDays), isFirstDay: shifted % everyDays === 0 }
}

/** Rounds as a device does; free of the tail that `0.05 * n` leaves. */
export function roundTo(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toFixed(3)) + 0
}
