import type { View } from '../view.ts'
import { addDays, dateOf, startOfDay } from '../wall-clock.ts'

/** From a day to a day, both with it, as the address then has them. */
export function SpanPicker({ view, from, to }: { view: View; from: Date; to: Date }) {
  const { zone, set } = view
  const [first, last] = [dateOf(from, zone), dateOf(to.getTime() - 1, zone)]
  const choose = (...dates: [string, string]) => {
    // While somebody types, there may be none.
    if (dates.includes('')) return
    const [fromDate = '', toDate = ''] = dates.sort()
    set({
      days: undefined,
      from: startOfDay(fromDate, zone),
      to: startOfDay(addDays(toDate, 1), zone),
    })
  }
  return (
    <span className="span">
      <label>
        From{' '}
        <input type="date" value={first} max={last} onChange={({ target }) => choose(target.value, last)} />
      </label>{' '}
      <label>
        to{' '}
        <input type="date" value={last} min={first} onChange={({ target }) => choose(first, target.value)} />
      </label>
    </span>
  )
}
