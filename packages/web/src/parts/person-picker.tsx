import { useEffect } from 'react'
import { useLoaded } from '../load.ts'
import { useSignedIn } from '../session.tsx'
import { useView } from '../view.ts'

/** Said by who has changed, or looked at, who shares with whom. */
export const PEOPLE_CHANGED = 'tidegauge-people-changed'

/** Whose data are shown: one's own, or of somebody who shares theirs. */
export function PersonPicker() {
  const { client, session } = useSignedIn()
  const view = useView()
  const { value: people = [], again } = useLoaded('people', (signal) => client.sharing.people({ signal }))
  useEffect(() => {
    addEventListener(PEOPLE_CHANGED, again)
    return () => removeEventListener(PEOPLE_CHANGED, again)
  }, [again])
  const others = people.filter(({ letsMe }) => letsMe.includes('view'))
  if (others.length === 0 && view.isOwn) return null
  return (
    <label className="person">
      <span className="unseen">Whose data</span>
      <select
        value={view.userId}
        onChange={({ target }) =>
          view.set({
            user: target.value === session.userId ? undefined : target.value,
            from: undefined,
            to: undefined,
          })
        }
      >
        <option value={session.userId}>My data</option>
        {others.map(({ userId, fullName, username }) => (
          <option key={userId} value={userId}>
            {fullName ?? username ?? userId}
          </option>
        ))}
        {!view.isOwn && !others.some(({ userId }) => userId === view.userId) && (
          <option value={view.userId}>Somebody else</option>
        )}
      </select>
    </label>
  )
}
