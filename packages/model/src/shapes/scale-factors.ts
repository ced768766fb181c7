import { optional } from '../fields/field.ts'
import { number } from '../fields/number.ts'

const factor = optional(number({ min: 0.1, max: 10 }))

/** By what an override multiplies the settings of a pump. */
export const scaleFactors = {
  basalRateScaleFactor: factor,
  carbRatioScaleFactor: factor,
  insulinSensitivityScaleFactor: factor,
}
