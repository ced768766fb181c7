import { instantAt, type LocalDay } from './local-day.ts'
import { type Person, randomOfDay, round } from './person.ts'
import type { Random } from './random.ts'

/** What is going to happen on a day, whatever glucose does. All times are instants. */
export interface DayPlan {
  /** A closed loop, or the pump's schedule as it is. */
  mode: 'automated' | 'manual'
  /** How well insulin works today; 1 on an average day. */
  sensitivity: number
  meals: Meal[]
  exercise?: Span
  /** Manual days: a temporary rate as a fraction of the schedule. */
  temporaryRate?: Span & { percent: number }
  /** The site is changed. */
  suspension?: Span
  /** Insulin does not get through the site. */
  siteFailure?: Span
  /** Sleeping on the sensor. */
  compression?: Span & { depthMgdl: number }
  /** No reading arrives: lost signal, or a new sensor warms up. */
  silences: Span[]
  /** Finger pricks. */
  checksMs: number[]
  sensorNumber: number
}

export interface Span {
  fromMs: number
  toMs: number
}

export interface Meal {
  meal: 'breakfast' | 'lunch' | 'dinner' | 'snack'
  name: string
  atMs: number
  carbsGrams: number
  countedGrams: number
  /** Time constant of its absorption. */
  absorptionMinutes: number
  bolus: 'normal' | 'square' | 'dual/square' | 'none'
  bolusAtMs: number
  /** The bolus is stopped at this part of it. */
  stoppedAtFraction?: number
}

export const isDuring = (span: Span | undefined, instantMs: number) =>
  span !== undefined && span.fromMs <= instantMs && instantMs < span.toMs

const minuteMs = 60_000

export function planDay(person: Person, day: LocalDay): DayPlan {
  const { epochDay } = day
  const random = randomOfDay(person, epochDay, 'plan')
  const span = (startMinutes: number, minutes: number): Span => {
    const fromMs = instantAt(day, Math.round(startMinutes))
    return { fromMs, toMs: fromMs + Math.round(minutes) * minuteMs }
  }
  const every = (days: number, purpose: string) => round(person, epochDay, purpose, days).isFirstDay

  const plan: DayPlan = {
    mode: random.chance(0.14) ? 'manual' : 'automated',
    sensitivity: 1 + 0.13 * random.normal(),
    meals: planMeals(person, day, random),
    silences: [],
    checksMs: [],
    sensorNumber: round(person, epochDay, 'sensor', 10).number,
  }
  if (random.chance(0.35)) plan.exercise = span(random.integer(16 * 60, 18 * 60), random.integer(30, 60))
  if (plan.mode === 'manual') {
    plan.temporaryRate = plan.exercise
      ? { ...span(minutesInto(day, plan.exercise.fromMs) - 20, random.integer(75, 120)), percent: 0.55 }
      : {
          ...span(random.integer(10 * 60, 15 * 60), random.integer(60, 240)),
          percent: random.chance(0.5) ? 1.2 : 0.8,
        }
  }
  if (every(3, 'site')) plan.suspension = span(random.integer(20 * 60, 21 * 60 + 30), random.integer(12, 30))
  if (every(43, 'site failure'))
    plan.siteFailure = span(random.integer(9 * 60, 11 * 60), random.integer(330, 420))
  if (every(9, 'compression')) {
    plan.compression = {
      ...span(random.integer(90, 270), random.integer(25, 60)),
      depthMgdl: random.integer(30, 70),
    }
  }
  // The next sensor is usually put on before the last one ends, so that a warm-up is seldom seen. A year loses
  // fewer than 105 of its 105,120 readings.
  if (every(80, 'warm-up')) plan.silences.push(span(random.integer(8 * 60, 20 * 60), 30))
  if (every(23, 'lost signal'))
    plan.silences.push(span(random.integer(60, 23 * 60), 5 * random.integer(2, 4)))
  if (random.chance(0.4))
    plan.checksMs.push(
      instantAt(day, person.wakeMinutes + random.integer(5, 25)) + 1000 * random.integer(0, 59),
    )
  if (random.chance(0.25))
    plan.checksMs.push(instantAt(day, random.integer(21 * 60, 23 * 60)) + 1000 * random.integer(0, 59))
  return plan
}

const minutesInto = (day: LocalDay, instantMs: number) => (instantMs - day.startMs) / minuteMs

const dishes = {
  breakfast: ['Porridge', 'Toast and eggs', 'Cereal', 'Yoghurt and fruit'],
  lunch: ['Sandwich', 'Rice bowl', 'Soup and bread', 'Salad with chicken'],
  dinner: ['Pasta', 'Curry and rice', 'Potatoes and fish', 'Tacos'],
  snack: ['Apple', 'Biscuits', 'Banana', 'Crackers and cheese'],
} as const
const richDinner = 'Pizza'

function planMeals(person: Person, day: LocalDay, random: Random): Meal[] {
  // 1970-01-01 was a Thursday.
  const isWeekend = [2, 3].includes(((day.epochDay % 7) + 7) % 7)
  const wake = person.wakeMinutes + (isWeekend ? 75 : 0)
  const plan = (meal: Meal['meal'], minutes: number, grams: number, absorptionMinutes: number): Meal => {
    const atMs = instantAt(day, Math.round(minutes)) + 1000 * random.integer(0, 59)
    const carbsGrams = Math.max(6, Math.round(grams))
    const counted = carbsGrams * (1 + person.countingError * random.normal())
    const lateMinutes = random.chance(0.15) ? random.integer(10, 35) : -random.integer(2, 14)
    const name = dishes[meal][random.integer(0, dishes[meal].length - 1)] as string
    const stopped = random.chance(0.02)
    return {
      meal,
      name,
      atMs,
      carbsGrams,
      countedGrams: Math.max(5, Math.round(counted)),
      absorptionMinutes,
      bolus: random.chance(0.05) ? 'none' : 'normal',
      bolusAtMs: atMs + lateMinutes * minuteMs,
      ...(stopped && { stoppedAtFraction: random.between(0.3, 0.9) }),
    }
  }
  const meals = [
    plan('breakfast', wake + random.integer(25, 50), random.between(25, 55), 32),
    plan('lunch', random.integer(12 * 60, 13 * 60), random.between(35, 70), 38),
  ]
  const dinner = plan('dinner', random.integer(18 * 60 + 15, 19 * 60 + 30), random.between(45, 85), 42)
  if (random.chance(0.13)) {
    Object.assign(dinner, { name: richDinner, carbsGrams: 90, absorptionMinutes: 75 })
    dinner.bolus = random.chance(0.75) ? 'dual/square' : 'square'
    delete dinner.stoppedAtFraction
  }
  meals.push(dinner)
  if (random.chance(0.5))
    meals.push(plan('snack', random.integer(15 * 60, 16 * 60 + 30), random.between(10, 28), 28))
  if (random.chance(0.15))
    meals.push(plan('snack', random.integer(21 * 60, 22 * 60), random.between(10, 25), 30))
  return meals.toSorted((a, b) => a.atMs - b.atMs)
}
