import type { Day as DayNumbers, Readings, Stats } from '@tidegauge/stats'
import { ProfileFigure } from '../charts/profile-figure.tsx'
import { RangeBar } from '../charts/range-bar.tsx'
import { readingsOf } from '../data.ts'
import { inUnits, limitsOf, rangeOf } from '../glucose.ts'
import { useLoaded } from '../load.ts'
import { useProfile, useStats } from '../numbers.ts'
import { State } from '../parts/common.tsx'
import { Aims, Metrics, rangesIn, targetOfDay } from '../parts/metrics.tsx'
import { SpanPicker } from '../parts/span-picker.tsx'
import { useSignedIn } from '../session.tsx'
import { useView, type View } from '../view.ts'
import { addDays, dateOf, dayAndYear, hoursOfDay, startOfDay, timeText } from '../wall-clock.ts'

const DAY_MS = 86_400_000

/** One page for paper: fourteen days, the numbers, the profile and each day. */
export default function Report() {
  const view = useView()
  const { client } = useSignedIn()
  const window = { from: view.from, to: view.to }
  const stats = useStats(view, window)
  const profile = useProfile(view, { ...window, percentiles: [5, 25, 50, 75, 95], binMinutes: 60 })
  const toMs = stats.value && Date.parse(stats.value.window.to)
  const dates =
    toMs === undefined
      ? []
      : Array.from({ length: 14 }, (_, n) => addDays(dateOf(toMs - 1, view.zone), n - 13))
  const days = useLoaded(`report ${view.userId} ${toMs} ${view.zone}`, async (signal) => {
    if (toMs === undefined) return null
    const fromMs = startOfDay(dates[0] ?? '', view.zone).getTime()
    return readingsOf(client, view.userId, { fromMs, toMs: fromMs + 15 * DAY_MS }, signal)
  })
  const name = useLoaded(`name ${view.userId}`, async (signal) => {
    if (!view.isOwn)
      return (await client.sharing.people({ signal })).find(({ userId }) => userId === view.userId)?.fullName
    return (await client.whoAmI({ signal })).username
  })
  return (
    <div className="report">
      <div className="tools no-print">
        <h1>Report</h1>
        {stats.value && (
          <SpanPicker
            view={view}
            from={new Date(stats.value.window.from)}
            to={new Date(stats.value.window.to)}
          />
        )}
        <button type="button" onClick={() => print()}>
          Print, or save as PDF
        </button>
      </div>
      <State of={stats}>
        {(value) => {
          const found = rangesIn(value)
          if (!found) return <p className="card empty">There are no readings to report.</p>
          const to = Date.parse(value.window.to) - 1
          return (
            <article className="sheet card">
              <header>
                <div>
                  <p className="title">Glucose profile report</p>
                  <p>{name.value}</p>
                </div>
                <p>
                  {timeText(Date.parse(value.window.from), view.zone, dayAndYear)} to{' '}
                  {timeText(to, view.zone, dayAndYear)}
                  <br />
                  {value.n.toLocaleString('en')} readings · {view.zone} · {value.units}
                </p>
              </header>
              <div className="columns">
                <section>
                  <h2>Time in ranges</h2>
                  <RangeBar of={found} view={view} />
                  <Aims stats={value} group={view.aims} />
                </section>
                <section>
                  <h2>Numbers</h2>
                  <Metrics stats={value} group={view.aims} />
                </section>
              </div>
              {profile.value && (
                <ProfileFigure profile={profile.value} title="How a day goes" aims={view.aims} />
              )}
              {days.value && (
                <section>
                  <h2>{isLonger(value.window) ? 'The last 14 days' : 'Each day'}</h2>
                  <div className="tiles">
                    {dates.map((date) => (
                      <Tile
                        key={date}
                        date={date}
                        readings={days.value as Readings}
                        view={view}
                        numbers={value.daily[date]}
                      />
                    ))}
                  </div>
                </section>
              )}
              <footer>Made by Tidegauge. Not a medical device; no dosing advice.</footer>
            </article>
          )
        }}
      </State>
    </div>
  )
}

/** Than the tiles that it has. */
function isLonger({ from, to }: Stats['window']): boolean {
  return Date.parse(to) - Date.parse(from) > 14.5 * DAY_MS
}

const WIDTH = 120
const HEIGHT = 64

/** A day from midnight to midnight. */
function Tile({
  date,
  readings,
  view: { zone, units, aims },
  numbers,
}: {
  date: string
  readings: Readings
  view: View
  numbers: DayNumbers | undefined
}) {
  const tir = numbers && targetOfDay(numbers, { units, aims })
  const hours = hoursOfDay(date, zone)
  const fromMs = startOfDay(date, zone).getTime()
  const toMs = startOfDay(addDays(date, 1), zone).getTime()
  const top = inUnits(350, units)
  const y = (value: number) => HEIGHT * (1 - Math.min(value, top) / top)
  const { low, high } = limitsOf(units, aims)
  const marks: React.ReactNode[] = []
  for (const [place, timeMs] of readings.timesMs.entries()) {
    if (timeMs < fromMs || timeMs >= toMs) continue
    const mgPerDl = readings.mgPerDl[place] as number
    const range = rangeOf(mgPerDl, units, aims)
    const className = range === 'veryLow' ? 'low' : range === 'veryHigh' ? 'high' : range
    marks.push(
      <circle
        key={timeMs}
        cx={(WIDTH * (timeMs - fromMs)) / (toMs - fromMs)}
        cy={y(inUnits(mgPerDl, units))}
        r="1.1"
        className={className}
      />,
    )
  }
  const name = timeText(fromMs, zone, { weekday: 'short', day: 'numeric', month: 'short' })
  return (
    <figure>
      <figcaption>
        {name}
        {hours !== 24 && ` (${hours} h)`}{' '}
        {tir !== undefined && <span className="muted">{Math.round(tir)} %</span>}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${name}: ${marks.length} readings${tir === undefined ? '' : `, ${Math.round(tir)} percent in target`}`}
      >
        <rect x="0" y={y(high)} width={WIDTH} height={y(low) - y(high)} className="area" />
        <line x1={WIDTH / 2} x2={WIDTH / 2} y1="0" y2={HEIGHT} className="noon" />
        {marks}
        <rect x="0.25" y="0.25" width={WIDTH - 0.5} height={HEIGHT - 0.5} className="frame" />
      </svg>
    </figure>
  )
}
