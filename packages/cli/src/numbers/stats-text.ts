import {
  againstAims,
  asShown,
  type GlucoseUnits,
  type Stats,
  type TargetGroup,
  type TimeInRanges,
} from '@tidegauge/stats'

/** The numbers of a window as people read them, a line each. */
export function statsText(stats: Stats, { columns, aims }: { columns: number; aims: TargetGroup }): string[] {
  const { n, units, sensor, excluded, insulin, meter } = stats
  const lines = [heading(stats)]
  if (n === 0) lines.push('', meter ? 'There are no readings of a sensor.' : 'There are no readings.')
  else {
    lines.push(
      `${n.toLocaleString('en')} readings; the sensor was worn ${whole(sensor.last14dPercent)} of the last 14 days`,
      '',
      ...rangeLines(rangesIn(stats), units, columns),
      '',
      ...aimLines(rangesIn(stats), units, aims),
      ...numberLines(stats),
    )
  }
  if (meter) {
    const values = `mean ${shown(meter.mean, units)}, ${meter.n} readings, ${shown(meter.min, units)} to ${shown(meter.max, units)}`
    lines.push(row('Meter', values))
  }
  if (insulin) {
    const { totalDailyDoseByDaysWithData: daily, daysWithInsulinData: days, basalPercent } = insulin
    const split = basalPercent === null ? '' : `; ${whole(basalPercent)} basal`
    lines.push(row('Insulin', `${(daily ?? 0).toFixed(1)} U a day, of ${days} days with data${split}`))
    if (insulin.carbDays > 0) {
      const perDay = (insulin.carbsPerDayByDaysWithCarbs ?? 0).toFixed(0)
      lines.push(row('Carbohydrates', `${perDay} g a day, of ${insulin.carbDays} days with data`))
    }
  }
  const left = [
    [excluded.duplicates, 'duplicates'],
    [excluded.invalid + excluded.meterInvalid, 'that are no readings'],
  ] as const
  const leftOut = left.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  if (leftOut.length > 0) lines.push(row('Left out', leftOut.join(', ')))
  lines.push('', 'Not a medical device. No dosing advice.')
  return lines
}

function heading({ window, units }: Stats): string {
  const at = (timeMs: number) => {
    const time = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(window.timeZone)
    return `${time.toPlainDate()} ${time.toPlainTime().toString({ smallestUnit: 'minute' })}`
  }
  const lastMs = Date.parse(window.to) - 1
  return `Glucose in ${units}, ${at(Date.parse(window.from))} to ${at(lastMs)} (${window.timeZone})`
}

/** The ranges as somebody reads them in these units. */
function rangesIn({ units, tirRoundedMgdl, tirRoundedMmol }: Stats): TimeInRanges {
  return (units === 'mg/dL' ? tirRoundedMgdl : tirRoundedMmol) as TimeInRanges
}

const labels: Readonly<Record<GlucoseUnits, readonly [keyof TimeInRanges, string, string][]>> = {
  'mg/dL': [
    ['veryHigh', '▲▲ very high', 'above 250'],
    ['high', '▲  high', '181 to 250'],
    ['target', '●  target', '70 to 180'],
    ['low', '▼  low', '54 to 69'],
    ['veryLow', '▼▼ very low', 'below 54'],
  ],
  'mmol/L': [
    ['veryHigh', '▲▲ very high', 'above 13.9'],
    ['high', '▲  high', '10.1 to 13.9'],
    ['target', '●  target', '3.9 to 10.0'],
    ['low', '▼  low', '3.0 to 3.8'],
    ['veryLow', '▼▼ very low', 'below 3.0'],
  ],
}

const LABEL_COLUMNS = 14 + 14 + 8
const LONGEST_BAR = 50

function rangeLines(ranges: TimeInRanges, units: GlucoseUnits, columns: number): string[] {
  const room = Math.max(10, Math.min(LONGEST_BAR, columns - LABEL_COLUMNS - 14))
  return labels[units].map(([range, name, span]) => {
    const percent = ranges[range]
    const bar = '█'.repeat(Math.max(percent > 0 ? 1 : 0, Math.round((percent / 100) * room)))
    return `${name.padEnd(14)}${span.padEnd(14)}${tenths(percent).padStart(6)}  ${bar}`.trimEnd()
  })
}

const spans: Readonly<Record<GlucoseUnits, Readonly<Partial<Record<keyof TimeInRanges, string>>>>> = {
  'mg/dL': {
    ...{ target: '70 to 180', below70: 'below 70', veryLow: 'below 54', above180: 'above 180' },
    ...{ veryHigh: 'above 250', pregnancyTarget63to140: '63 to 140' },
    ...{ pregnancyBelow63: 'below 63', pregnancyAbove140: 'above 140' },
  },
  'mmol/L': {
    ...{ target: '3.9 to 10.0', below70: 'below 3.9', veryLow: 'below 3.0', above180: 'above 10.0' },
    ...{ veryHigh: 'above 13.9', pregnancyTarget63to140: '3.5 to 7.8' },
    ...{ pregnancyBelow63: 'below 3.5', pregnancyAbove140: 'above 7.8' },
  },
}

/** What the consensus asks for, and whether it is so. */
function aimLines(ranges: TimeInRanges, units: GlucoseUnits, group: TargetGroup): string[] {
  const tight = `${units === 'mg/dL' ? '70 to 140' : '3.9 to 7.8'}: ${tenths(ranges.tight70to140)}`
  const aims = againstAims(ranges, group).map(({ range, is, percent, met }) => {
    const asked = `${spans[units][range]}: ${is === 'above' ? 'more' : 'less'} than ${percent} %`
    return `${met ? '✓' : '✗'} ${asked.padEnd(30)}${tenths(ranges[range]).padStart(6)}`
  })
  const none = 'The consensus has ranges for this, and no percentages.'
  return [...(aims.length > 0 ? aims : [none]), '', row('Tight range', tight)]
}

function numberLines(stats: Stats): string[] {
  const { units, cv, gri, griZone, episodes, sensor, gmi, q1, q3, reasons } = stats
  const gmiText =
    sensor.sufficient14d70 && gmi !== null ? `${gmi.toFixed(1)} %` : `not shown: ${reasonOf(reasons.gmi)}`
  const stable = cv === null ? '' : cv <= 36 ? ' (36 % at most is stable)' : ' (more than 36 % is unstable)'
  const events = (name: string, { count, totalMinutes }: { count: number; totalMinutes: number }) =>
    `${count} ${name}, ${hours(totalMinutes)}`
  // Episodes begin at mg/dL, whatever somebody reads (metrics.md §7).
  const [low, high] = units === 'mg/dL' ? ['70', '180'] : ['3.9 (70 mg/dL)', '10.0 (180 mg/dL)']
  return [
    row('Mean', shown(stats.mean, units)),
    row('GMI', gmiText),
    row(
      'Half of all',
      `${shown(q1, units)} to ${shown(q3, units)}, the middle ${shown(stats.median, units)}`,
    ),
    row('Spread', `SD ${shown(stats.sd, units)}, CV ${tenths(cv)}${stable}`),
    row('Risk index', gri === null ? 'none' : `GRI ${gri.toFixed(0)}, zone ${griZone}`),
    row(
      'Episodes',
      `${events(`below ${low}`, episodes.below70)}; ${events(`above ${high}`, episodes.above180)}`,
    ),
  ]
}

function reasonOf(reason: string | undefined): string {
  return reason?.replace(/^should not be shown: /, '') ?? 'too few readings'
}

function row(name: string, value: string): string {
  return `${name.padEnd(16)}${value}`
}

/** As people read it in these units, with them. */
function shown(value: number | null, units: GlucoseUnits): string {
  if (value === null) return 'none'
  // The number is in its units already.
  return units === 'mg/dL' ? `${asShown(value, units)} ${units}` : `${value.toFixed(1)} ${units}`
}

function whole(percent: number | null): string {
  return percent === null ? 'none' : `${percent.toFixed(0)} %`
}

function tenths(percent: number | null): string {
  return percent === null ? 'none' : `${percent.toFixed(1)} %`
}

function hours(minutes: number): string {
  return `${Math.floor(minutes / 60)} h ${String(Math.round(minutes % 60)).padStart(2, '0')} min`
}
