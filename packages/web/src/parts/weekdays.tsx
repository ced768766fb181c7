import { useCallback } from 'react'
import { useSearchParams } from 'wouter'
import type { View } from '../view.ts'
import { Choice } from './common.tsx'

const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const every = [1, 2, 3, 4, 5, 6, 7]
const presets = [
  ['1,2,3,4,5,6,7', 'All days'],
  ['1,2,3,4,5', 'Mon–Fri'],
  ['6,7', 'Sat, Sun'],
] as const

/** Days of the week, as the address has them: 1 is Monday. Without any it is all of them. */
export function useWeekdays({ set }: View): [readonly number[], (weekdays: readonly number[]) => void] {
  const [search] = useSearchParams()
  const asked = (search.get('weekdays') ?? '').split(',').map(Number)
  const found = every.filter((weekday) => asked.includes(weekday))
  const choose = useCallback(
    (weekdays: readonly number[]) =>
      set({ weekdays: weekdays.length === every.length ? undefined : weekdays.join() }),
    [set],
  )
  return [found.length === 0 ? every : found, choose]
}

export function Weekdays({
  value,
  onChange,
}: {
  value: readonly number[]
  onChange: (weekdays: readonly number[]) => void
}) {
  const toggled = (weekday: number) =>
    value.includes(weekday) ? value.filter((one) => one !== weekday) : [...value, weekday].sort()
  return (
    <>
      <Choice
        label="Which days"
        options={presets}
        value={presets.find(([days]) => days === value.join())?.[0]}
        onChange={(days) => onChange(days.split(',').map(Number))}
      />
      <fieldset className="choice weekdays">
        <legend className="unseen">Each day of the week</legend>
        {every.map((weekday) => (
          <button
            key={weekday}
            type="button"
            aria-pressed={value.includes(weekday)}
            // One at least.
            disabled={value.length === 1 && value[0] === weekday}
            onClick={() => onChange(toggled(weekday))}
          >
            {names[weekday - 1]}
          </button>
        ))}
      </fieldset>
    </>
  )
}
