import { useLoaded } from '../load.ts'
import { useSignedIn } from '../session.tsx'
import { useView } from '../view.ts'
import { dayAndYear, timeText } from '../wall-clock.ts'
import { State } from './common.tsx'

/** As the server tells it (AU-59). */
interface SignIn {
  id: string
  kind: 'password' | 'app' | 'browser'
  name?: string
  startedTime: string
  usedTime?: string
  isCurrent: boolean
}

/** Scripts that sign in every time may have very many. */
const MOST_SHOWN = 50

/** Where somebody is signed in, and a way to end it. */
export function SignIns({
  doing,
}: {
  doing: (done: string | undefined, work: () => Promise<unknown>) => Promise<void>
}) {
  const { call, session, signOut } = useSignedIn()
  const { zone } = useView()
  const path = `/auth/user/${session.userId}/sessions`
  const signIns = useLoaded('sign-ins', async () => (await call('GET', path)) as SignIn[])
  const date = (time: string) => timeText(Date.parse(time), zone, dayAndYear)
  return (
    <section className="card">
      <h2>Where you are signed in</h2>
      <State of={signIns}>
        {(all) => (
          <>
            <ul className="people">
              {all.slice(0, MOST_SHOWN).map(({ id, kind, name, startedTime, usedTime, isCurrent }) => (
                <li key={id}>
                  <span>
                    <strong>{kind === 'browser' ? 'A browser that lets apps in' : programName(name)}</strong>
                    {isCurrent && ' (here)'}, since {date(startedTime)}
                    {usedTime !== undefined && `, last used on ${date(usedTime)}`}
                  </span>
                  {!isCurrent && (
                    <button
                      type="button"
                      className="quiet"
                      onClick={() =>
                        void doing(undefined, async () => {
                          await call('DELETE', `${path}/${id}`)
                          signIns.again()
                        })
                      }
                    >
                      End<span className="unseen"> the sign-in of {programName(name)}</span>
                    </button>
                  )}
                </li>
              ))}
            </ul>
            {all.length > MOST_SHOWN && <p className="small muted">And {all.length - MOST_SHOWN} more.</p>}
          </>
        )}
      </State>
      <p>
        <button
          type="button"
          className="quiet"
          onClick={() =>
            void doing(undefined, async () => {
              await call('DELETE', path)
              await signOut()
            })
          }
        >
          Sign out everywhere
        </button>
      </p>
    </section>
  )
}

const browsers: readonly (readonly [word: RegExp, name: string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: readonly (readonly [word: RegExp, name: string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
]

/** What a program says of itself, in as few words as tell it apart. */
function programName(name: string | undefined): string {
  if (name === undefined) return 'A program without a name'
  if (!name.startsWith('Mozilla/')) return name.split(' ', 1)[0] ?? name
  const of = (all: typeof browsers) => all.find(([word]) => word.test(name))?.[1]
  const [browser, system] = [of(browsers) ?? 'A browser', of(systems)]
  return system === undefined ? browser : `${browser} on ${system}`
}
