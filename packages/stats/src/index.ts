/**
 * Numbers from readings, by the definitions of the field. Pure: no I/O, no clock, so that server, command line, SDK and
 * page count alike.
 */
export { AGP_PERCENTILES, type AgpBin, type AgpOptions, agp, smoothed } from './agp.ts'
export { type Day, daily } from './daily.ts'
export {
  type Distribution,
  distribution,
  estimatedA1c,
  gmiMmolMol,
  gmiPercent,
  jIndex,
  riskIndices,
} from './distribution.ts'
export { type AllEpisodes, type Episodes, episodes } from './episodes.ts'
export { type ProfileColours, type ProfileSvgOptions, profileSvg } from './figures/profile-svg.ts'
export { type Gri, type GriZone, gri } from './gri.ts'
export { type Grid, grid } from './grid.ts'
export {
  type DoseRecord,
  GRAMS_PER_EXCHANGE,
  type Insulin,
  type InsulinDay,
  insulin,
  type Span,
} from './insulin.ts'
export { mage } from './mage.ts'
export { type Profile, type ProfileOptions, profile } from './profile.ts'
export { quantile } from './quantile.ts'
export { asShown, bounds, type GlucoseUnits, type TimeInRanges, timeInRanges } from './ranges.ts'
export {
  type GlucoseRecord,
  type Prepared,
  prepare,
  type Reading,
  type Readings,
  sampleIntervalMinutes,
  toReadings,
  within,
  withoutDuplicates,
} from './readings.ts'
export { type SeriesPoint, series } from './series.ts'
export {
  type MeterStats,
  type Stats,
  type StatsRecords,
  type StatsWindow,
  stats,
  type Window,
} from './stats.ts'
export {
  type ArrivalHour,
  arrivalHour,
  type GlucoseHour,
  glucoseHour,
  HOUR_MS,
  hourOf,
  recordMinutes,
  type SummaryRecord,
} from './summaries/hours.ts'
export {
  type ArrivalPeriod,
  arrivalPeriods,
  type GlucosePeriod,
  glucosePeriods,
  type PeriodKey,
} from './summaries/periods.ts'
export { type Aim, againstAims, aims, type TargetGroup } from './targets.ts'
export { conga, mag, modd } from './variability.ts'
export { minuteOfDay, type WallClock, wallClock, weekdayOf } from './wall-clock.ts'
export { SUFFICIENT_PERCENT, type Wear, wear } from './wear.ts'
