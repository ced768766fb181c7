import type { Readings } from '@tidegauge/stats'
import { useEffect, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { percentText } from '../charts/range-bar.tsx'
import { Timeline } from '../charts/timeline.tsx'
import { readingsOf, type SensorReadings, therapyOf } from '../data.ts'
import { inUnits, rangeOf, rangeSpans, rangeWords, readingText, threeOf } from '../glucose.ts'
import { useLoaded } from '../load.ts'
import { useStats } from '../numbers.ts'
import { Choice, Scrolls, State } from '../parts/common.tsx'
import { rangesIn } from '../parts/metrics.tsx'
import { useSignedIn } from '../session.tsx'
import { useChoice, useView, type View } from '../view.ts'
import { clock, dateOf, startOfDay, timeText } from '../wall-clock.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Older than this, a value is of before and looks so. */
const STALE_MINUTES = 15
const hours = [
  ['3', '3 h'],
  ['6', '6 h'],
  ['12', '12 h'],
  ['24', '24 h'],
] as const
type Hours = (typeof hours)[number][0]

/** How things stand: the last value, where it goes, and the last hours. */
export default function Now() {
  const { client } = useSignedIn()
  const view = useView()
  const { userId } = view
  const nowMs = useNow()
  const [span, setSpan] = useChoice<Hours>('hours', hours, '6')
  const loaded = useLoaded(`now ${userId}`, async (signal) => {
    let lastMs: number | undefined
    for await (const record of client.readData({ userId, types: ['cbg'], latest: true, signal }))
      lastMs = Date.parse(record.time ?? '')
    if (lastMs === undefined) return null
    const window = { fromMs: lastMs - 24 * HOUR_MS, toMs: Math.max(lastMs, Date.now()) }
    const [readings, therapy] = await Promise.all([
      readingsOf(client, userId, window, signal),
      therapyOf(client, userId, window, signal),
    ])
    return { readings, therapy }
  })
  return (
    <>
      <h1 className="unseen">Now</h1>
      <State of={loaded}>
        {(value) =>
          value ? (
            <Reading
              readings={value.readings}
              therapy={value.therapy}
              nowMs={nowMs}
              span={span}
              onSpan={setSpan}
              view={view}
            />
          ) : (
            <section className="card empty">
              <h2>There are no readings yet</h2>
              <p>
                Connect an app or a device, or bring a file: <Link href={view.link('/records')}>Data</Link>.
              </p>
            </section>
          )
        }
      </State>
      <Today view={view} />
    </>
  )
}

function Reading({
  readings,
  therapy,
  nowMs,
  span,
  onSpan,
  view,
}: {
  readings: SensorReadings
  therapy: Awaited<ReturnType<typeof therapyOf>>
  nowMs: number
  span: Hours
  onSpan: (span: Hours) => void
  view: View
}) {
  const { units, zone, aims } = view
  const { timesMs, mgPerDl, beyond } = readings
  const lastMs = timesMs.at(-1) ?? 0
  const value = mgPerDl.at(-1) ?? Number.NaN
  const text = readingText({ mgPerDl: value, beyond: beyond.get(lastMs) }, units)
  const range = rangeOf(value, units, aims)
  const ageMinutes = Math.max(0, Math.floor((nowMs - lastMs) / MINUTE_MS))
  const isStale = ageMinutes > STALE_MINUTES
  const trend = trendOf(readings)
  const before = timesMs.length > 1 ? (mgPerDl.at(-2) as number) : undefined
  const isMeasured = !beyond.has(lastMs) && !beyond.has(timesMs.at(-2) ?? 0)
  const delta = before === undefined || !isMeasured ? undefined : inUnits(value - before, units)
  const data = useMemo(() => ({ timesMs, mgPerDl, beyond, therapy }), [timesMs, mgPerDl, beyond, therapy])
  // What is old is shown up to when it was.
  const toMs = isStale ? lastMs + 5 * MINUTE_MS : nowMs
  const summary = `Glucose of the last ${span} hours, now ${text} ${units}, ${trend.words}.`
  return (
    <>
      <section className={`card hero ${range} ${isStale ? 'stale' : ''}`} aria-live="polite">
        <p className="big">
          <span className="value">{text}</span>
          <span className="units">{units}</span>
          {!isStale && (
            <span className="trend" role="img" aria-label={trend.words}>
              {trend.arrow}
            </span>
          )}
        </p>
        <p className="facts">
          <strong>
            <span className="sign" aria-hidden="true">
              {rangeWords[range].sign}
            </span>{' '}
            {rangeWords[range].name}
          </strong>
          {delta !== undefined && !isStale && (
            <span>
              {delta < 0 ? '−' : '+'}
              {Math.abs(delta).toFixed(units === 'mg/dL' ? 0 : 1)} since the reading before
            </span>
          )}
          <span className="age">
            {ageText(ageMinutes)} <span className="muted">({timeText(lastMs, zone, clock)})</span>
          </span>
        </p>
        {isStale && (
          <p className="warning" role="status">
            No reading for {ageText(ageMinutes).replace(' ago', '')}. This is how it was then.
          </p>
        )}
      </section>
      <section className="card">
        <Choice label="How long back" options={hours} value={span} onChange={onSpan} />
        <Timeline
          data={data}
          units={units}
          aims={aims}
          zone={zone}
          fromMs={toMs - Number(span) * HOUR_MS}
          toMs={toMs}
          height={300}
          summary={summary}
        />
        <TableOf readings={readings} fromMs={toMs - Number(span) * HOUR_MS} view={view} />
        <p>
          <Link href={view.link('/day')}>Look closer</Link>
        </p>
      </section>
    </>
  )
}

function TableOf({
  readings: { timesMs, mgPerDl, beyond },
  fromMs,
  view: { units, zone, aims },
}: {
  readings: SensorReadings
  fromMs: number
  view: View
}) {
  const rows = Array.from(timesMs, (timeMs, place) => ({ timeMs, value: mgPerDl[place] as number }))
    .filter(({ timeMs }) => timeMs >= fromMs)
    .reverse()
  return (
    <details>
      <summary>As a table</summary>
      <Scrolls label="Readings">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Time ({zone})</th>
              <th scope="col">{units}</th>
              <th scope="col">Range</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ timeMs, value }) => (
              <tr key={timeMs}>
                <td>{timeText(timeMs, zone, { weekday: 'short', ...clock })}</td>
                <td className="number">
                  {readingText({ mgPerDl: value, beyond: beyond.get(timeMs) }, units)}
                </td>
                <td>{rangeWords[rangeOf(value, units, aims)].name}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolls>
    </details>
  )
}

function Today({ view }: { view: View }) {
  const { units, zone, aims } = view
  const nowMs = useNow(HOUR_MS / 2)
  const from = useMemo(() => startOfDay(dateOf(nowMs, zone), zone), [nowMs, zone])
  const to = useMemo(() => new Date(from.getTime() + 26 * HOUR_MS), [from])
  const stats = useStats(view, { from, to })
  const found = stats.value && rangesIn(stats.value)
  if (!found) return null
  const { below, target, above } = threeOf(found, aims)
  return (
    <section className="card">
      <h2>Today</h2>
      <p>
        <strong>{percentText(target)}</strong> in target ({rangeSpans(units, aims).target}),{' '}
        <strong>{percentText(below)}</strong> below, <strong>{percentText(above)}</strong> above, of{' '}
        {stats.value?.n} readings.
      </p>
    </section>
  )
}

/** Moves on by itself. */
function useNow(everyMs = 10_000): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}

function ageText(minutes: number): string {
  if (minutes < 1) return 'just now'
  if (minutes < 120) return `${minutes} min ago`
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} hours ago`
  return `${Math.round(minutes / 1440)} days ago`
}

/** By the slope of the last quarter of an hour, in mg/dL a minute, as sensors show it. */
function trendOf({ timesMs, mgPerDl }: Readings): { arrow: string; words: string } {
  const last = timesMs.length - 1
  const lastMs = timesMs[last] ?? 0
  let first = last
  while (first > 0 && lastMs - (timesMs[first - 1] as number) <= 16 * MINUTE_MS) first--
  if (first === last) return { arrow: '', words: 'where it goes is not known' }
  const minutes = (lastMs - (timesMs[first] as number)) / MINUTE_MS
  const slope = ((mgPerDl[last] as number) - (mgPerDl[first] as number)) / minutes
  if (slope > 3) return { arrow: '⇈', words: 'rising very fast' }
  if (slope > 2) return { arrow: '↑', words: 'rising fast' }
  if (slope > 1) return { arrow: '↗', words: 'rising' }
  if (slope >= -1) return { arrow: '→', words: 'steady' }
  if (slope >= -2) return { arrow: '↘', words: 'falling' }
  if (slope >= -3) return { arrow: '↓', words: 'falling fast' }
  return { arrow: '⇊', words: 'falling very fast' }
}
