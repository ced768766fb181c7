import { type Body, eat, moveOn } from './body.ts'
import { type DayPlan, isDuring, type Meal } from './day-plan.ts'
import type { BolusAmounts, Journal } from './journal.ts'
import { type LocalDay, wallMinutes } from './local-day.ts'
import { type Person, randomOfDay, roundTo, scheduledRate } from './person.ts'
import { type Delivery, deliver, isSameDelivery, loopRate, mealBolus } from './pump.ts'

const stepMs = 300_000

/** Lives one day, step by step, and writes it down. `body` is moved on to the day's end. */
export function live(person: Person, day: LocalDay, plan: DayPlan, body: Body, journal: Journal): void {
  const random = randomOfDay(person, day.epochDay, 'body')
  const sensorBias = 1 + 0.035 * randomOfDay(person, plan.sensorNumber, 'sensor').normal()
  const extended: { unitsPerStep: number; untilMs: number }[] = []
  const boluses = new Map(plan.meals.map((meal) => [meal, meal.bolusAtMs]))
  const meals = new Set(plan.meals)
  let delivery: Delivery | undefined
  let deliveredSinceMs = day.startMs
  let automatedUnitsPerHour = 0
  let treatedAtMs = Number.NEGATIVE_INFINITY

  for (let nowMs = day.startMs; nowMs < day.endMs; nowMs += stepMs) {
    const nextMs = nowMs + stepMs
    const minutes = wallMinutes(day, nowMs)
    const scheduled = scheduledRate(person, minutes)
    // Every step draws the same numbers, whatever happens, so that a small change stays one.
    const [chance, sensorChance, meterChance, luck] = [
      random.normal(),
      random.normal(),
      random.normal(),
      random.unit(),
    ]
    const trend = trendOf(body.readings)

    for (const meal of meals) {
      if (meal.atMs >= nextMs) continue
      meals.delete(meal)
      eat(body, meal.carbsGrams, meal.absorptionMinutes)
      journal.food(meal.atMs, meal, meal.countedGrams)
    }
    if (
      body.interstitialMgdl < 69 &&
      nowMs - treatedAtMs > 20 * 60_000 &&
      luck < (isAsleep(person, minutes) ? 0.25 : 0.6)
    ) {
      treatedAtMs = nowMs
      const grams = body.interstitialMgdl < 55 ? 20 : 14
      eat(body, grams, 14)
      if (luck < 0.45) journal.food(nowMs + 61_500, { meal: 'snack', name: 'Juice' }, grams)
      if (luck < 0.12) journal.smbg(nowMs + 17_500, body.glucoseMgdl * (1 + 0.03 * meterChance))
    }

    let units = 0
    for (const [meal, atMs] of boluses) {
      if (atMs >= nextMs) continue
      boluses.delete(meal)
      const amount = meal.bolus === 'none' ? 0 : mealBolus(person, body, scheduled, meal.countedGrams)
      if (amount < 0.1) continue
      const amounts = amountsOf(meal, amount)
      journal.bolus(atMs, amounts)
      if ('normal' in amounts) units += amounts.normal
      if ('extended' in amounts) {
        const untilMs = nowMs + amounts.duration
        extended.push({ unitsPerStep: (amounts.extended * stepMs) / amounts.duration, untilMs })
      }
    }
    for (const { unitsPerStep, untilMs } of extended) if (nowMs < untilMs) units += unitsPerStep

    // The loop thinks again every quarter of an hour, and at once where it must stop.
    const wantedUnitsPerHour = loopRate(person, body, scheduled, trend ?? 0)
    if (wantedUnitsPerHour === 0 || (nowMs - day.startMs) % (3 * stepMs) === 0)
      automatedUnitsPerHour = wantedUnitsPerHour
    const now = deliver(plan, scheduled, automatedUnitsPerHour, nowMs)
    if (delivery && !isSameDelivery(delivery, now)) {
      journal.basal(deliveredSinceMs, nowMs, delivery)
      deliveredSinceMs = nowMs
    }
    delivery = now
    units += now.unitsPerHour / 12

    moveOn(body, person, {
      insulinUnits: isDuring(plan.siteFailure, nowMs) ? 0.08 * units : units,
      neededUnits: scheduled / 12,
      sensitivity: plan.sensitivity,
      isExercising: isDuring(plan.exercise, nowMs),
      chance,
      sensorChance,
    })

    const readAtMs = nowMs + person.sensorPhaseMs
    const pressed = isDuring(plan.compression, readAtMs) ? (plan.compression?.depthMgdl ?? 0) : 0
    const reading = body.interstitialMgdl * sensorBias + body.sensorNoiseMgdl - pressed
    const isSilent = plan.silences.some((silence) => isDuring(silence, readAtMs))
    if (!isSilent)
      journal.cbg(readAtMs, reading, plan.sensorNumber, trendOf([...body.readings.slice(-2), reading]))
    body.readings = [...body.readings.slice(-2), isSilent ? undefined : reading]
    for (const atMs of plan.checksMs) {
      if (nowMs <= atMs && atMs < nextMs) journal.smbg(atMs, body.glucoseMgdl * (1 + 0.04 * meterChance))
    }
  }
  // Cut at midnight, so that a day is whole by itself.
  if (delivery) journal.basal(deliveredSinceMs, day.endMs, delivery)
}

/** mg/dL per minute over the last three readings, unless one is missing. */
function trendOf(readings: readonly (number | undefined)[]): number | undefined {
  const [first, second, third] = readings
  if (first === undefined || second === undefined || third === undefined) return undefined
  return (third - first) / 10
}

function isAsleep(person: Person, minutes: number): boolean {
  return minutes > 23 * 60 || minutes < person.wakeMinutes
}

function amountsOf(meal: Meal, units: number): BolusAmounts {
  if (meal.bolus === 'square') return { subType: 'square', extended: units, duration: 7_200_000 }
  if (meal.bolus === 'dual/square') {
    const normal = roundTo(0.6 * units, 0.05)
    return { subType: 'dual/square', normal, extended: roundTo(units - normal, 0.05), duration: 9_000_000 }
  }
  if (meal.stoppedAtFraction === undefined) return { subType: 'normal', normal: units }
  return { subType: 'normal', normal: roundTo(meal.stoppedAtFraction * units, 0.05), expectedNormal: units }
}
