import { useMemo } from 'react'
import { Link, useSearchParams } from 'wouter'
import { rangeSpans, shown } from '../glucose.ts'
import { useStats } from '../numbers.ts'
import { State } from '../parts/common.tsx'
import { targetOfDay } from '../parts/metrics.tsx'
import { useView } from '../view.ts'
import { addDays, dateOf, startOfDay, timeText } from '../wall-clock.ts'

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Time in target of each day of a month. */
export default function Calendar() {
  const view = useView()
  const { zone, units } = view
  const last = useStats(view)
  const lastDate = last.value ? dateOf(Date.parse(last.value.window.to) - 1, zone) : undefined
  const [search] = useSearchParams()
  const asked = search.get('month')
  const month = asked !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(asked) ? asked : lastDate?.slice(0, 7)
  return (
    <>
      <h1>Calendar</h1>
      <State of={last}>
        {() =>
          month !== undefined && (
            <Month
              key={month}
              month={month}
              onMonth={(chosen) => view.set({ month: chosen })}
              units={units}
              zone={zone}
              view={view}
            />
          )
        }
      </State>
    </>
  )
}

function Month({
  month,
  onMonth,
  units,
  zone,
  view,
}: {
  month: string
  onMonth: (month: string) => void
  units: 'mg/dL' | 'mmol/L'
  zone: string
  view: ReturnType<typeof useView>
}) {
  const first = `${month}-01`
  const next = moved(month, 1)
  const window = useMemo(
    () => ({ from: startOfDay(first, zone), to: startOfDay(`${next}-01`, zone) }),
    [first, next, zone],
  )
  const stats = useStats(view, window)
  const targetSpan = rangeSpans(units, view.aims).target
  const blanks = (new Date(`${first}T12:00:00Z`).getUTCDay() + 6) % 7
  const dates: string[] = []
  for (let date = first; date < `${next}-01`; date = addDays(date, 1)) dates.push(date)
  return (
    <section className="card">
      <div className="tools">
        <button type="button" onClick={() => onMonth(moved(month, -1))}>
          ← {monthName(moved(month, -1))}
        </button>
        <h2>{monthName(month)}</h2>
        <button type="button" onClick={() => onMonth(next)}>
          {monthName(next)} →
        </button>
      </div>
      <State of={stats}>
        {({ daily }) => (
          <table className="calendar">
            <caption className="unseen">
              Percent of the time in target, {targetSpan} {units}, and mean of each day
            </caption>
            <thead>
              <tr>
                {weekdays.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rowsOf([...Array.from({ length: blanks }, () => undefined), ...dates]).map((row) => (
                <tr key={row.find(Boolean)}>
                  {row.map((date, place) => {
                    // biome-ignore lint/suspicious/noArrayIndexKey: blanks have nothing else
                    if (date === undefined) return <td key={place} />
                    const one = daily[date]
                    const tir = one && targetOfDay(one, view)
                    const [from, to] = [startOfDay(date, zone), startOfDay(addDays(date, 1), zone)]
                    const hours = (to.getTime() - from.getTime()) / 3_600_000
                    const link = view.link('/day', { from, to })
                    return (
                      <td key={date}>
                        <Link href={link} className={tir === undefined ? 'nothing' : levelOf(tir)}>
                          <span className="date">
                            {Number(date.slice(8))}
                            {hours !== 24 && (
                              <>
                                {' '}
                                <abbr className="muted" title="On this day the clock changes">
                                  {hours} h
                                </abbr>
                              </>
                            )}
                          </span>
                          {one && tir !== undefined ? (
                            <>
                              <Ring percent={tir} />
                              <span className="percent">{Math.round(tir)} %</span>
                              <span className="mean">{shown(one.mean, units)}</span>
                            </>
                          ) : (
                            <span className="unseen">no readings</span>
                          )}
                        </Link>
                      </td>
                    )
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </State>
      <p className="small muted">
        The ring and the percentage: time in target, {targetSpan}. Below it the mean in {units}. Days of{' '}
        {zone}.
      </p>
    </section>
  )
}

function Ring({ percent }: { percent: number }) {
  const length = 2 * Math.PI * 15
  return (
    <svg viewBox="0 0 36 36" className="ring" aria-hidden="true">
      <circle cx="18" cy="18" r="15" className="rest" />
      <circle
        cx="18"
        cy="18"
        r="15"
        className="part"
        strokeDasharray={`${(percent / 100) * length} ${length}`}
        transform="rotate(-90 18 18)"
      />
    </svg>
  )
}

function levelOf(tir: number): string {
  if (tir > 70) return 'good'
  return tir > 50 ? 'fair' : 'poor'
}

function rowsOf(cells: (string | undefined)[]): (string | undefined)[][] {
  const rows: (string | undefined)[][] = []
  for (let place = 0; place < cells.length; place += 7) {
    rows.push(Array.from({ length: 7 }, (_, n) => cells[place + n]))
  }
  return rows
}

function moved(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + by, 15)).toISOString().slice(0, 7)
}

function monthName(month: string): string {
  return timeText(Date.parse(`${month}-15T12:00:00Z`), 'UTC', { month: 'long', year: 'numeric' })
}
