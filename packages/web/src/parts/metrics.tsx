import {
  againstAims,
  type Day as DayNumbers,
  type Stats,
  type TargetGroup,
  type TimeInRanges,
} from '@tidegauge/stats'
import { percentText } from '../charts/range-bar.tsx'
import { isOfPregnancy, shown } from '../glucose.ts'
import type { View } from '../view.ts'
import { Metric } from './common.tsx'

/** The ranges as somebody reads them in these units. */
export function rangesIn({
  units,
  tirRoundedMgdl,
  tirRoundedMmol,
}: Pick<Stats, 'units' | 'tirRoundedMgdl' | 'tirRoundedMmol'>): TimeInRanges | null {
  return units === 'mg/dL' ? tirRoundedMgdl : tirRoundedMmol
}

/** Percent in target of a day, as who looks reads it. */
export function targetOfDay(day: DayNumbers, { units, aims }: Pick<View, 'units' | 'aims'>): number {
  if (isOfPregnancy(aims)) return units === 'mg/dL' ? day.pregnancyRoundedMgdl : day.pregnancyRoundedMmol
  return units === 'mg/dL' ? day.tirRoundedMgdl : day.tirRoundedMmol
}

/** The numbers that clinicians use, each explained where it stands. */
export function Metrics({ stats, group }: { stats: Stats; group: TargetGroup }) {
  const { units, sensor, gmi, cv, gri, griZone, episodes, insulin, reasons } = stats
  // Episodes begin at mg/dL, whatever somebody reads (metrics.md §7).
  const [low, high] = units === 'mg/dL' ? ['70', '180'] : ['3.9 (70 mg/dL)', '10.0 (180 mg/dL)']
  const whole = (value: number | null, digits = 0) => (value === null ? '–' : value.toFixed(digits))
  return (
    <div className="metrics">
      <Metric
        name="Mean glucose"
        value={`${shown(stats.mean, units)} ${units}`}
        // For most people; for others there is no such number.
        aim={group === 'standard' ? `below ${units === 'mg/dL' ? '154' : '8.6'}` : undefined}
      >
        All {stats.n.toLocaleString('en')} readings of this time together, each for as long as it stands.
      </Metric>
      <Metric
        name="GMI"
        value={sensor.sufficient14d70 ? `${whole(gmi, 1)} %` : 'not yet'}
        aim={group === 'standard' ? 'below 7 %' : undefined}
      >
        {sensor.sufficient14d70
          ? 'Glucose management indicator: the HbA1c that this mean lets one expect. 3.31 + 0.02392 × mean in mg/dL (Bergenstal 2018). A laboratory may find another value.'
          : `Not shown: ${(reasons.gmi ?? 'there are too few readings').replace('should not be shown: ', '')}.`}
      </Metric>
      <Metric name="Variation (CV)" value={cv === null ? '–' : `${whole(cv)} %`} aim="36 % at most">
        Standard deviation ({shown(stats.sd, units)} {units}) in percent of the mean. Up to 36 % counts as
        stable (Monnier 2017).
      </Metric>
      <Metric name="Sensor worn" value={percentText(sensor.last14dPercent)} aim="70 % or more">
        Of the 14 days up to the last reading. Below 70 percent, averages may mislead.
      </Metric>
      <Metric name="Risk index (GRI)" value={gri === null ? '–' : `${whole(gri)} (zone ${griZone})`}>
        From 0 to 100, lows and highs weighed by how much clinicians worry about them: 3 × very low + 2.4 ×
        low + 1.6 × very high + 0.8 × high (Klonoff 2022). A is best.
      </Metric>
      <Metric name={`Times below ${low}`} value={`${episodes.below70.count}`}>
        Episodes of at least 15 minutes; {Math.round(episodes.below70.totalMinutes)} minutes in all,{' '}
        {episodes.below70for120.count} of them longer than two hours. Above {high}: {episodes.above180.count}.
      </Metric>
      <Metric name="Half of all readings" value={`${shown(stats.q1, units)}–${shown(stats.q3, units)}`}>
        A quarter of the readings is lower, a quarter higher. The middle one is {shown(stats.median, units)}{' '}
        {units}.
      </Metric>
      {insulin && insulin.totalUnits > 0 && (
        <Metric name="Insulin a day" value={`${whole(insulin.totalDailyDoseByDaysWithData, 1)} U`}>
          {whole(insulin.basalPercent)} % of it basal. Of {insulin.daysWithInsulinData} days with data.
        </Metric>
      )}
      {insulin && insulin.carbDays > 0 && (
        <Metric name="Carbohydrates a day" value={`${whole(insulin.carbsPerDayByDaysWithCarbs)} g`}>
          As they were entered, of {insulin.carbDays} days on which any were.
        </Metric>
      )}
    </div>
  )
}

const spans: Readonly<Record<'mg/dL' | 'mmol/L', Partial<Record<keyof TimeInRanges, string>>>> = {
  'mg/dL': {
    ...{
      target: '70–180',
      below70: 'below 70',
      veryLow: 'below 54',
      above180: 'above 180',
      veryHigh: 'above 250',
    },
    ...{ pregnancyTarget63to140: '63–140', pregnancyBelow63: 'below 63', pregnancyAbove140: 'above 140' },
  },
  'mmol/L': {
    ...{
      target: '3.9–10.0',
      below70: 'below 3.9',
      veryLow: 'below 3.0',
      above180: 'above 10.0',
      veryHigh: 'above 13.9',
    },
    ...{ pregnancyTarget63to140: '3.5–7.8', pregnancyBelow63: 'below 3.5', pregnancyAbove140: 'above 7.8' },
  },
}

/** What the consensus asks for, and whether it is so. */
export function Aims({ stats, group }: { stats: Stats; group: TargetGroup }) {
  const found = rangesIn(stats)
  if (!found) return null
  const aims = againstAims(found, group)
  if (aims.length === 0)
    return <p className="small">For this group there are ranges, and no percentages to aim at.</p>
  return (
    <ul className="aims">
      {aims.map(({ range, is, percent, met }) => (
        <li key={range} className={met ? 'met' : 'missed'}>
          <span aria-hidden="true">{met ? '✓' : '✗'}</span> {spans[stats.units][range]}:{' '}
          {is === 'above' ? 'more' : 'less'} than {percent} %{' '}
          <span className="muted">
            ({percentText(found[range])}, {met ? 'reached' : 'not reached'})
          </span>
        </li>
      ))}
    </ul>
  )
}
