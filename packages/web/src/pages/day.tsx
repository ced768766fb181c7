import { useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { RangeBar } from '../charts/range-bar.tsx'
import { LONGEST_MS, SHORTEST_MS, Timeline, type TimelineData } from '../charts/timeline.tsx'
import { readingsOf, therapyOf } from '../data.ts'
import { glucoseText, readingText, shown, threeOf } from '../glucose.ts'
import { useLoaded } from '../load.ts'
import { useStats } from '../numbers.ts'
import { Choice, Scrolls, State } from '../parts/common.tsx'
import { rangesIn } from '../parts/metrics.tsx'
import { PreferencesContext } from '../preferences.tsx'
import { useSignedIn } from '../session.tsx'
import { useView, type View } from '../view.ts'
import { addDays, clock, clockChanges, dateOf, day, dayAndYear, startOfDay, timeText } from '../wall-clock.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Longer than this, readings are drawn in pieces. */
const READINGS_MS = 5 * DAY_MS
/** The server counts no more at once. */
const MOST_MS = 800 * DAY_MS
const lengths = [
  ['1', 'Hour'],
  ['6', '6 h'],
  ['24', 'Day'],
  ['168', 'Week'],
  ['720', 'Month'],
  ['8760', 'Year'],
] as const

/** A time line from an hour to years: glucose, insulin, carbohydrates and what else happened. */
export default function Day() {
  const view = useView()
  const { client } = useSignedIn()
  const last = useLoaded(`last ${view.userId}`, async (signal) => {
    for await (const record of client.readData({ userId: view.userId, types: ['cbg'], latest: true, signal }))
      return Date.parse(record.time ?? '')
    return Date.now()
  })
  return (
    <>
      <h1>Day</h1>
      <State of={last}>{(lastMs) => <Line key={view.userId} lastMs={lastMs} />}</State>
    </>
  )
}

function Line({ lastMs }: { lastMs: number }) {
  const view = useView()
  const { client } = useSignedIn()
  const { userId, units, aims, zone, set } = view
  const { change } = useContext(PreferencesContext)
  const asked = askedOf(view)
  const lastDay = (): [number, number] => {
    const date = dateOf(lastMs, zone)
    return [startOfDay(date, zone).getTime(), startOfDay(addDays(date, 1), zone).getTime()]
  }
  const [range, setRange] = useState(asked ?? lastDay)
  const [fromMs, toMs] = range
  const length = toMs - fromMs

  // What is loaded is wider than what is seen, and moves when the view leaves it.
  const [span, setSpan] = useState<{ fromMs: number; toMs: number; isPieces: boolean }>(() =>
    around(fromMs, toMs),
  )
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined)
  // A link to another time, or to none, leads there; what the address says because somebody moved does not.
  const inAddress = asked?.join(' ') ?? ''
  const told = useRef(inAddress)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address alone is why
  useEffect(() => {
    if (inAddress === told.current) return
    told.current = inAddress
    clearTimeout(settle.current)
    const [from, to] = asked ?? lastDay()
    setRange([from, to])
    setSpan(around(from, to))
  }, [inAddress])
  const show = useCallback(
    (wantedFrom: number, wantedTo: number) => {
      const middle = (wantedFrom + wantedTo) / 2
      const half = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wantedTo - wantedFrom)) / 2
      const [from, to] = [Math.round(middle - half), Math.round(middle + half)]
      setRange([from, to])
      clearTimeout(settle.current)
      settle.current = setTimeout(() => {
        told.current = `${from} ${to}`
        set({ from: new Date(from), to: new Date(to) })
        setSpan((before) => (covers(before, from, to) ? before : around(from, to)))
      }, 150)
    },
    [set],
  )
  useEffect(() => () => clearTimeout(settle.current), [])

  const data = useLoaded(`line ${userId} ${span.fromMs} ${span.toMs} ${span.isPieces}`, (signal) =>
    load(signal),
  )
  const load = async (
    signal: AbortSignal,
  ): Promise<TimelineData & { events: { timeMs: number; text: string }[] }> => {
    if (!span.isPieces) {
      const [{ timesMs, mgPerDl, beyond }, therapy] = await Promise.all([
        readingsOf(client, userId, span, signal),
        therapyOf(client, userId, span, signal),
      ])
      return { timesMs, mgPerDl, beyond, therapy, events: therapy.events }
    }
    const answer = await client.series({
      userId,
      units: 'mg/dL',
      from: new Date(span.fromMs),
      to: new Date(span.toMs),
      signal,
    })
    return {
      timesMs: Float64Array.from(answer.points, ({ time }) => Date.parse(time)),
      mgPerDl: Float64Array.from(answer.points, ({ median }) => median),
      pieces: {
        min: Float64Array.from(answer.points, ({ min }) => min),
        max: Float64Array.from(answer.points, ({ max }) => max),
        ms: answer.bucketMinutes * 60_000,
      },
      events: [],
    }
  }

  const [settled, setSettled] = useState(range)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(range), 400)
    return () => clearTimeout(timer)
  }, [range])
  const stats = useStats(view, { from: new Date(settled[0]), to: new Date(settled[1]) })

  // Of a long time there are two a year, which everybody knows.
  const changes = useMemo(
    () => (settled[1] - settled[0] <= 8 * DAY_MS ? clockChanges(settled[0], settled[1], zone) : []),
    [settled, zone],
  )

  const shift = (share: number) => show(fromMs + length * share, toMs + length * share)
  const zoom = (factor: number) => {
    const middle = (fromMs + toMs) / 2
    show(middle - (length * factor) / 2, middle + (length * factor) / 2)
  }
  const otherUnits = () => {
    // In the address stands what a link said; now they have said something else.
    set({ units: undefined })
    void change({ units: units === 'mg/dL' ? 'mmol/L' : 'mg/dL' })
  }
  const goTo = useRef<HTMLInputElement>(null)
  const keys = (event: React.KeyboardEvent) => {
    const acts = new Map([
      ['arrowleft', () => shift(-0.5)],
      ['arrowright', () => shift(0.5)],
      ['+', () => zoom(0.5)],
      ['-', () => zoom(2)],
      ['u', otherUnits],
      ['g', () => goTo.current?.focus()],
      ['t', () => show(lastMs - length + HOUR_MS / 2, lastMs + HOUR_MS / 2)],
    ])
    const act = acts.get(event.key.toLowerCase())
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  }
  const found = stats.value && rangesIn(stats.value)
  const heading = headingOf(fromMs, toMs, zone)
  const summary = `Glucose, ${heading}. ${stats.value && found ? `${stats.value.n} readings, ${Math.round(threeOf(found, aims).target)} percent in target, mean ${shown(stats.value.mean, units)} ${units}.` : ''} Arrow keys move, plus and minus zoom.`
  const value = data.value ?? empty
  const rows = useMemo(() => tableOf(value, fromMs, toMs), [value, fromMs, toMs])
  return (
    <>
      <section className="card">
        <div className="tools">
          <h2>{heading}</h2>
          <label>
            Go to{' '}
            <input
              ref={goTo}
              type="date"
              value={dateOf((fromMs + toMs) / 2, zone)}
              onChange={({ target }) => {
                if (target.value === '') return
                const start = startOfDay(target.value, zone).getTime()
                show(start, start + Math.max(length, HOUR_MS))
              }}
            />
          </label>
        </div>
        <div className="tools">
          <Choice
            label="How long"
            options={lengths}
            value={
              lengths.find(
                ([hours]) =>
                  Math.abs(Number(hours) * HOUR_MS - length) < 1.5 * HOUR_MS &&
                  Number(hours) * HOUR_MS * 1.1 > length,
              )?.[0]
            }
            onChange={(hours) => {
              const middle = (fromMs + toMs) / 2
              const half = (Number(hours) * HOUR_MS) / 2
              // A longer time ends where there are readings.
              const end = Math.min(middle + half, Math.max(lastMs + HOUR_MS / 2, middle))
              show(end - 2 * half, end)
            }}
          />
          <span className="buttons">
            <button type="button" onClick={() => shift(-1)} aria-label="Earlier">
              ←
            </button>
            <button type="button" onClick={() => zoom(0.5)} aria-label="Closer">
              +
            </button>
            <button type="button" onClick={() => zoom(2)} aria-label="Further away">
              −
            </button>
            <button type="button" onClick={() => shift(1)} aria-label="Later">
              →
            </button>
          </span>
        </div>
        <div
          className="keys"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is moved by keys
          tabIndex={0}
          role="application"
          aria-label="Time line; arrow keys move, plus and minus zoom, T goes to the last reading, G to a date, U changes the units"
          onKeyDown={keys}
        >
          <Timeline
            data={value}
            units={units}
            aims={aims}
            zone={zone}
            fromMs={fromMs}
            toMs={toMs}
            height={420}
            summary={summary}
            onRange={show}
          />
        </div>
        {data.error !== undefined && (
          <p className="error" role="alert">
            {data.error}
          </p>
        )}
        {changes.map(({ atMs, minutes }) => (
          <p key={atMs} className="small" role="note">
            The clock goes {minutes > 0 ? 'forward' : 'back'} by {Math.abs(minutes)} minutes here, to{' '}
            {timeText(atMs, zone, clock)} on {timeText(atMs, zone, day)}.
          </p>
        ))}
        <p className="legend small">
          <span className="key bolus">bolus</span> <span className="key automated">automated</span>{' '}
          <span className="key basal">basal</span> <span className="key carbs">carbohydrates</span>{' '}
          <span className="key event">anything else</span> <span className="muted">times of {zone}</span>
        </p>
        <p className="small muted no-touch">
          On the chart: <kbd>←</kbd> <kbd>→</kbd> move, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>T</kbd> last
          reading, <kbd>G</kbd> date, <kbd>U</kbd> units.
        </p>
        <details>
          <summary>As a table</summary>
          <Scrolls label="Readings and events">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">Time</th>
                  <th scope="col">What</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(({ timeMs, text }) => (
                  <tr key={`${timeMs} ${text('mg/dL')}`}>
                    <td>{timeText(timeMs, zone, { ...day, ...clock })}</td>
                    <td>{text(units)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scrolls>
        </details>
      </section>
      {stats.value && found && (
        <section className="card">
          <h2>In this time</h2>
          <RangeBar of={found} view={view} />
          <p className="small" data-testid="day-stats">
            Mean {shown(stats.value.mean, units)} {units}, {stats.value.n} readings
          </p>
        </section>
      )}
    </>
  )
}

/** What an address asks for, as far as it can be shown; undefined if it asks for nothing that can. */
function askedOf({ from, to }: View): [number, number] | undefined {
  if (!from || !to || from >= to) return undefined
  const toMs = to.getTime()
  const length = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, toMs - from.getTime()))
  return [toMs - length, toMs]
}

const empty: TimelineData & { events: { timeMs: number; text: string }[] } = {
  timesMs: [],
  mgPerDl: [],
  events: [],
}

function around(fromMs: number, toMs: number) {
  const length = toMs - fromMs
  const isPieces = length > READINGS_MS
  // Steps, so that the same time is asked for in the same words.
  const step = isPieces ? DAY_MS : HOUR_MS
  const margin = Math.max(step, Math.min(length, (MOST_MS - length) / 2 - step))
  return {
    fromMs: Math.floor((fromMs - margin) / step) * step,
    toMs: Math.ceil((toMs + margin) / step) * step,
    isPieces,
  }
}

/** Whether what was loaded still does: it covers the view, and is not much coarser or wider than it. */
function covers(span: ReturnType<typeof around>, fromMs: number, toMs: number): boolean {
  const length = toMs - fromMs
  const isPieces = length > READINGS_MS
  return (
    span.isPieces === isPieces &&
    span.fromMs <= fromMs &&
    span.toMs >= toMs &&
    span.toMs - span.fromMs < 12 * length
  )
}

function headingOf(fromMs: number, toMs: number, zone: string): string {
  const length = toMs - fromMs
  if (length <= 26 * HOUR_MS) {
    const same = dateOf(fromMs, zone) === dateOf(toMs - 1, zone)
    const from = timeText(fromMs, zone, { ...day, year: 'numeric' })
    if (same && length > 22 * HOUR_MS) return from
    return `${timeText(fromMs, zone, { ...day, ...clock })} to ${timeText(toMs, zone, same ? clock : { ...day, ...clock })}`
  }
  return `${timeText(fromMs, zone, dayAndYear)} to ${timeText(toMs - 1, zone, dayAndYear)}`
}

function tableOf(
  { timesMs, mgPerDl, beyond, pieces, therapy, events }: typeof empty,
  fromMs: number,
  toMs: number,
) {
  const rows: { timeMs: number; text: (units: 'mg/dL' | 'mmol/L') => string }[] = []
  for (let place = 0; place < timesMs.length; place++) {
    const timeMs = timesMs[place] as number
    if (timeMs < fromMs || timeMs > toMs) continue
    const value = mgPerDl[place] as number
    rows.push({
      timeMs,
      text: (units) =>
        pieces
          ? `${glucoseText(value, units)} ${units}, from ${glucoseText(pieces.min[place] as number, units)} to ${glucoseText(pieces.max[place] as number, units)}`
          : `${readingText({ mgPerDl: value, beyond: beyond?.get(timeMs) }, units)} ${units}`,
    })
  }
  for (const { timeMs, units: dose, grams, automated } of therapy?.doses ?? []) {
    if (timeMs < fromMs || timeMs > toMs) continue
    if (dose !== undefined)
      rows.push({ timeMs, text: () => `${dose.toFixed(2)} U ${automated ? 'by the pump itself' : 'bolus'}` })
    if (grams !== undefined) rows.push({ timeMs, text: () => `${grams} g carbohydrates` })
  }
  for (const { timeMs, text } of events)
    if (timeMs >= fromMs && timeMs <= toMs) rows.push({ timeMs, text: () => text })
  return rows.sort((a, b) => b.timeMs - a.timeMs).slice(0, 2000)
}
