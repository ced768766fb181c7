import { useState } from 'react'
import { Link } from 'wouter'
import { clockOf, ProfileFigure } from '../charts/profile-figure.tsx'
import { percentText, RangeBar } from '../charts/range-bar.tsx'
import { shown, threeOf } from '../glucose.ts'
import { useProfile, useStats } from '../numbers.ts'
import { Choice, State } from '../parts/common.tsx'
import { Aims, Metrics, rangesIn } from '../parts/metrics.tsx'
import { SpanPicker } from '../parts/span-picker.tsx'
import { useWeekdays, Weekdays } from '../parts/weekdays.tsx'
import { useChoice, useView, type View } from '../view.ts'
import { addDays, dateOf, day, dayAndYear, instantOf, timeText } from '../wall-clock.ts'

const DAY_MS = 86_400_000
const lengths = [
  ['7', '7 days'],
  ['14', '14 days'],
  ['30', '30 days'],
  ['90', '90 days'],
] as const
const shapes = [
  ['5', '5–95 %'],
  ['10', '10–90 %'],
] as const
const yesOrNo = [
  ['no', 'No'],
  ['yes', 'Yes'],
] as const
const bins = [
  ['60', 'by the hour'],
  ['15', 'by 15 min'],
] as const

/** How a day usually goes, and what changed against the time before. */
export default function Patterns() {
  const view = useView()
  const [length] = useChoice('days', lengths, '14')
  const [shape, setShape] = useChoice('percentiles', shapes, '5')
  const [weekdays, setWeekdays] = useWeekdays(view)
  const [bin, setBin] = useChoice('bin', bins, '60')
  const [before, setBefore] = useChoice('before', yesOrNo, 'no')
  const isCompared = before === 'yes'
  const [isWide] = useState(() => matchMedia('(min-width: 50rem)').matches)
  // Whoever follows a link is to see what was chosen.
  const [isChosen] = useState(shape !== '5' || bin !== '60' || isCompared || weekdays.length < 7)
  const [minute, setMinute] = useState<number>()
  const end = useStats(view)
  const to = view.to ?? (end.value ? new Date(end.value.window.to) : undefined)
  const isAsked = view.from !== undefined && to !== undefined && view.from < to
  const from = isAsked ? view.from : to && new Date(to.getTime() - Number(length) * DAY_MS)
  return (
    <>
      <h1>Patterns</h1>
      <div className="tools">
        <Choice
          label="How long"
          options={lengths}
          value={isAsked ? undefined : length}
          onChange={(days) => view.set({ days, from: undefined, to: undefined })}
        />
        {from && to && <SpanPicker view={view} from={from} to={to} />}
      </div>
      {/* On a phone they would push the picture out of sight. */}
      <details className="options" open={isWide || isChosen}>
        <summary>More choices</summary>
        <div className="tools">
          <Choice label="Which percentiles" options={shapes} value={shape} onChange={setShape} />
          <Choice label="How fine" options={bins} value={bin} onChange={setBin} />
          <Weekdays value={weekdays} onChange={setWeekdays} />
          <label className="check">
            <input
              type="checkbox"
              checked={isCompared}
              onChange={({ target }) => setBefore(target.checked ? 'yes' : 'no')}
            />{' '}
            beside the time before
          </label>
        </div>
      </details>
      <State of={end}>
        {() =>
          from &&
          to && (
            <>
              <div className={isCompared ? 'side-by-side' : ''}>
                {isCompared && (
                  <Period
                    view={view}
                    from={new Date(from.getTime() - (to.getTime() - from.getTime()))}
                    to={from}
                    shape={shape}
                    weekdays={weekdays}
                    bin={bin}
                    name="Before"
                  />
                )}
                <Period
                  view={view}
                  from={from}
                  to={to}
                  shape={shape}
                  weekdays={weekdays}
                  bin={bin}
                  name={isCompared ? 'Now' : 'Glucose profile'}
                  onBin={setMinute}
                />
              </div>
              {minute !== undefined && (
                <Days
                  view={view}
                  from={from}
                  to={to}
                  minute={minute}
                  weekdays={weekdays}
                  onClose={() => setMinute(undefined)}
                />
              )}
              <Numbers view={view} from={from} to={to} isCompared={isCompared} />
            </>
          )
        }
      </State>
    </>
  )
}

interface Time {
  view: View
  from: Date
  to: Date
}

function Period({
  view,
  from,
  to,
  shape,
  weekdays,
  bin,
  name,
  onBin,
}: Time & {
  shape: '5' | '10'
  weekdays: readonly number[]
  bin: '60' | '15'
  name: string
  onBin?: (minute: number) => void
}) {
  const percentiles = shape === '5' ? [5, 25, 50, 75, 95] : [10, 25, 50, 75, 90]
  const profile = useProfile(view, {
    from,
    to,
    percentiles,
    binMinutes: Number(bin),
    // Of all days it is the same as without.
    weekdays: weekdays.length === 7 ? undefined : weekdays,
  })
  return (
    <section className="card">
      <State of={profile}>
        {(value) => <ProfileFigure profile={value} title={name} aims={view.aims} {...(onBin && { onBin })} />}
      </State>
    </section>
  )
}

/** The days that a bin is made of, each with a way to look at it. */
function Days({
  view,
  from,
  to,
  minute,
  weekdays,
  onClose,
}: Time & { minute: number; weekdays: readonly number[]; onClose: () => void }) {
  const { zone } = view
  const dates: string[] = []
  for (
    let date = dateOf(from, zone);
    date <= dateOf(new Date(to.getTime() - 1), zone);
    date = addDays(date, 1)
  )
    dates.push(date)
  const shownDates = dates.filter((date) =>
    weekdays.includes(((new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7) + 1),
  )
  return (
    <section className="card" aria-live="polite">
      <div className="tools">
        <h2>{clockOf(minute)} on each day</h2>
        <button type="button" className="quiet" onClick={onClose}>
          Close
        </button>
      </div>
      <ul className="days">
        {shownDates.toReversed().map((date) => {
          const atMs = instantOf(date, minute, zone).getTime()
          const around = { from: new Date(atMs - 2 * 3_600_000), to: new Date(atMs + 3 * 3_600_000) }
          return (
            <li key={date}>
              <Link href={view.link('/day', around)}>{timeText(atMs, zone, day)}</Link>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** The same time just before. */
function Before({ view, from, to }: Time) {
  const { value } = useStats(view, {
    from: new Date(from.getTime() - (to.getTime() - from.getTime())),
    to: from,
  })
  const then = value && rangesIn(value)
  if (!then) return null
  const { below, target } = threeOf(then, view.aims)
  return (
    <p>
      Before: {percentText(target)} in target, {percentText(below)} below, mean{' '}
      {shown(value.mean, value.units)} {value.units}.
    </p>
  )
}

function Numbers({ view, from, to, isCompared }: Time & { isCompared: boolean }) {
  const stats = useStats(view, { from, to })
  return (
    <State of={stats}>
      {(value) => {
        const found = rangesIn(value)
        if (!found) return <p className="card empty">There are no readings in this time.</p>
        return (
          <>
            <section className="card">
              <h2>Time in ranges</h2>
              <p className="small muted">
                {timeText(from, view.zone, dayAndYear)} to {timeText(to.getTime() - 1, view.zone, dayAndYear)}
                , {value.n.toLocaleString('en')} readings, times of {view.zone}
                {value.excluded.duplicates > 0 && `, without ${value.excluded.duplicates} duplicates`}
              </p>
              <RangeBar of={found} view={view} />
              <Aims stats={value} group={view.aims} />
              {isCompared && <Before view={view} from={from} to={to} />}
            </section>
            <section className="card">
              <h2>Numbers</h2>
              <Metrics stats={value} group={view.aims} />
            </section>
          </>
        )
      }}
    </State>
  )
}
