import type { TimeInRanges } from '@tidegauge/stats'
import { percentsOf, rangeSpans, rangeWords } from '../glucose.ts'
import type { View } from '../view.ts'

/** Time in ranges as a standing bar with a line of words for each part; the words are its table. */
export function RangeBar({ of, view: { units, aims } }: { of: TimeInRanges; view: View }) {
  const parts = percentsOf(of, aims)
  const spans = rangeSpans(units, aims)
  return (
    <div className="range-bar">
      <div className="bar" aria-hidden="true">
        {parts.map(({ range, percent }) => (
          <span
            key={range}
            className={range}
            style={{ flexGrow: Math.max(percent, percent > 0 ? 1.5 : 0) }}
          />
        ))}
      </div>
      <table>
        <caption className="unseen">Time in ranges</caption>
        <thead className="unseen">
          <tr>
            <th scope="col">Range</th>
            <th scope="col">{units}</th>
            <th scope="col">Percent of the time</th>
            <th scope="col">Of a day</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ range, percent }) => (
            <tr key={range} className={range}>
              <th scope="row">
                <span className="sign" aria-hidden="true">
                  {rangeWords[range].sign}
                </span>{' '}
                {rangeWords[range].name}
              </th>
              <td>{spans[range]}</td>
              <td className="number">{percentText(percent)}</td>
              <td className="number muted">{ofDay(percent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

export function percentText(percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return '–'
  return percent > 0 && percent < 1 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`
}

function ofDay(percent: number): string {
  const minutes = Math.round((percent / 100) * 24 * 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
