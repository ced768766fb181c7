import { createClient } from '@tidegauge/client'
import { type FormEvent, useContext, useState } from 'react'
import { said, useLoaded } from '../load.ts'
import { Choice, State } from '../parts/common.tsx'
import { SignIns } from '../parts/sign-ins.tsx'
import { PreferencesContext } from '../preferences.tsx'
import { useSignedIn } from '../session.tsx'

const zones = Intl.supportedValuesOf('timeZone')

/** How somebody likes to see things, and everything about the account itself. */
export default function Account() {
  const { client, call, session, signOut } = useSignedIn()
  const { preferences, change } = useContext(PreferencesContext)
  const [message, setMessage] = useState<{ isError: boolean; text: string }>()
  const account = useLoaded('account', async (signal) => {
    const [who, profile] = await Promise.all([
      client.whoAmI({ signal }),
      call('GET', `/metadata/${session.userId}/profile`).catch(() => ({})) as Promise<{ fullName?: string }>,
    ])
    return { ...who, fullName: profile.fullName ?? '' }
  })
  const doing = async (done: string | undefined, work: () => Promise<unknown>) => {
    setMessage(undefined)
    try {
      await work()
      if (done !== undefined) setMessage({ isError: false, text: done })
    } catch (error) {
      setMessage({ isError: true, text: said(error) })
    }
  }
  const fields = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    event.currentTarget.querySelectorAll<HTMLInputElement>('input[type=password]').forEach((input) => {
      input.value = ''
    })
    return (name: string) => String(data.get(name) ?? '')
  }
  const takeOut = () =>
    doing('Everything is in the file that was saved.', async () => {
      const parts: string[] = []
      for await (const record of client.readData()) parts.push(`${JSON.stringify(record)}\n`)
      const file = URL.createObjectURL(new Blob(parts, { type: 'application/x-ndjson' }))
      const anchor = document.createElement('a')
      anchor.href = file
      anchor.download = `tidegauge-${new Date().toISOString().slice(0, 10)}.ndjson`
      anchor.click()
      URL.revokeObjectURL(file)
    })
  return (
    <>
      <h1>Account</h1>
      {message && (
        <p className={message.isError ? 'error' : 'done'} role={message.isError ? 'alert' : 'status'}>
          {message.text}
        </p>
      )}
      <section className="card">
        <h2>How you see things</h2>
        <div className="rows">
          <span>Glucose in</span>
          <Choice
            label="Units"
            options={[
              ['mg/dL', 'mg/dL'],
              ['mmol/L', 'mmol/L'],
            ]}
            value={preferences.units}
            onChange={(units) => void doing(undefined, () => change({ units }))}
          />
          <label htmlFor="zone">Times of</label>
          <select
            id="zone"
            value={preferences.zone}
            onChange={({ target }) => void doing(undefined, () => change({ zone: target.value }))}
          >
            {[...new Set([preferences.zone, ...zones])].map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </select>
          <span>Targets</span>
          <Choice
            label="Targets"
            options={[
              ['standard', 'Standard'],
              ['highRisk', 'Older, high risk'],
              ['pregnancyType1', 'Pregnancy, type 1'],
              ['pregnancy', 'Pregnancy, other'],
            ]}
            value={preferences.aims}
            onChange={(aims) => void doing(undefined, () => change({ aims }))}
          />
          <span>Colours</span>
          <Choice
            label="Colours"
            options={[
              ['consensus', 'Of the consensus'],
              ['colour-blind', 'For every eye'],
            ]}
            value={preferences.palette}
            onChange={(palette) => void doing(undefined, () => change({ palette }))}
          />
          <span>Page</span>
          <Choice
            label="Page"
            options={[
              ['auto', 'As the device'],
              ['light', 'Light'],
              ['dark', 'Dark'],
            ]}
            value={preferences.theme}
            onChange={(theme) => void doing(undefined, () => change({ theme }))}
          />
        </div>
      </section>
      <section className="card">
        <h2>You</h2>
        <State of={account}>
          {({ username, fullName }) => (
            <form
              onSubmit={(event) => {
                const field = fields(event)
                void doing('Your name is changed.', () =>
                  call('PUT', `/metadata/${session.userId}/profile`, { fullName: field('fullName') }),
                )
              }}
            >
              <p>{username}</p>
              <label>
                Name, as those whom you share with see it
                <input name="fullName" defaultValue={fullName} autoComplete="name" />
              </label>
              <button type="submit">Keep the name</button>
            </form>
          )}
        </State>
      </section>
      <section className="card">
        <h2>Password</h2>
        <form
          onSubmit={(event) => {
            const field = fields(event)
            void doing('You have a new password. Other devices have to sign in again.', async () => {
              // Whoever finds an open page is not to take the account over.
              const { username = '' } = await client.whoAmI()
              await createClient({ baseUrl: location.origin }).login({ username, password: field('current') })
              await call('PUT', '/auth/user', { updates: { password: field('password') } })
            })
          }}
        >
          <label>
            Password now
            <input name="current" type="password" autoComplete="current-password" required />
          </label>
          <label>
            New password
            <input name="password" type="password" autoComplete="new-password" minLength={8} required />
          </label>
          <button type="submit">Change the password</button>
        </form>
      </section>
      <SignIns doing={doing} />
      <section className="card">
        <h2>Take everything out</h2>
        <p>
          All records in one file, as the server has them. It can be brought into another account, here or
          elsewhere.
        </p>
        <button type="button" onClick={() => void takeOut()}>
          Save all records
        </button>
      </section>
      <section className="card danger">
        <h2>Delete the account</h2>
        <p>
          Every record and everything else in this account is erased, for good. Take out what you want to keep
          first.
        </p>
        <form
          onSubmit={(event) => {
            const field = fields(event)
            void doing(undefined, async () => {
              await call('DELETE', `/auth/user/${session.userId}`, { password: field('delete-password') })
              await signOut()
            })
          }}
        >
          <label>
            Your password
            <input name="delete-password" type="password" autoComplete="off" required />
          </label>
          <button type="submit" className="bad">
            Erase everything
          </button>
        </form>
      </section>
    </>
  )
}
