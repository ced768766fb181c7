import { type Body, insulinOnBoard } from './body.ts'
import { type DayPlan, isDuring } from './day-plan.ts'
import { type Person, roundTo } from './person.ts'

/** How basal insulin is given at a moment. Two equal ones in a row are one basal. */
export interface Delivery {
  deliveryType: 'automated' | 'scheduled' | 'temp' | 'suspend'
  unitsPerHour: number
  scheduledUnitsPerHour: number
  percent?: number
}

/** What the pump does now: a suspension beats a temporary rate, that beats the schedule. */
export function deliver(
  plan: DayPlan,
  scheduledUnitsPerHour: number,
  automatedUnitsPerHour: number,
  nowMs: number,
): Delivery {
  const isAutomated = plan.mode === 'automated'
  if (isDuring(plan.suspension, nowMs))
    return { deliveryType: 'suspend', unitsPerHour: 0, scheduledUnitsPerHour }
  if (isAutomated)
    return { deliveryType: 'automated', unitsPerHour: automatedUnitsPerHour, scheduledUnitsPerHour }
  if (plan.temporaryRate && isDuring(plan.temporaryRate, nowMs)) {
    const { percent } = plan.temporaryRate
    const unitsPerHour = roundTo(percent * scheduledUnitsPerHour, 0.05)
    return { deliveryType: 'temp', unitsPerHour, scheduledUnitsPerHour, percent }
  }
  return { deliveryType: 'scheduled', unitsPerHour: scheduledUnitsPerHour, scheduledUnitsPerHour }
}

export function isSameDelivery(a: Delivery, b: Delivery): boolean {
  return (
    a.deliveryType === b.deliveryType &&
    a.unitsPerHour === b.unitsPerHour &&
    a.scheduledUnitsPerHour === b.scheduledUnitsPerHour &&
    a.percent === b.percent
  )
}

/** A simple loop: more where glucose is headed high, none where it is headed low. Units per hour. */
export function loopRate(
  person: Person,
  body: Body,
  scheduledUnitsPerHour: number,
  trendMgdlPerMinute: number,
): number {
  const onBoard = insulinOnBoard(body, scheduledUnitsPerHour)
  const headedMgdl =
    body.interstitialMgdl +
    25 * trendMgdlPerMinute -
    0.5 * Math.max(0, onBoard) * person.sensitivityMgdlPerUnit
  if (headedMgdl < 80) return 0
  const extraUnits = (headedMgdl - 115) / person.sensitivityMgdlPerUnit
  return roundTo(
    Math.min(2.8 * scheduledUnitsPerHour, Math.max(0, scheduledUnitsPerHour + extraUnits / 2.4)),
    0.05,
  )
}

/** What the bolus calculator says, in units. */
export function mealBolus(
  person: Person,
  body: Body,
  scheduledUnitsPerHour: number,
  countedGrams: number,
): number {
  const carbs = countedGrams / person.carbRatioGramsPerUnit
  const correction = (body.interstitialMgdl - 120) / person.sensitivityMgdlPerUnit
  const onBoard = Math.max(0, insulinOnBoard(body, scheduledUnitsPerHour))
  return Math.max(0, roundTo(carbs + (correction > 0 ? Math.max(0, correction - onBoard) : correction), 0.05))
}
