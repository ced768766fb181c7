import type { AuditEntry, Permission } from '@tidegauge/client'
import { type FormEvent, useCallback, useEffect, useState } from 'react'
import { said, useLoaded } from '../load.ts'
import { Scrolls, State } from '../parts/common.tsx'
import { PEOPLE_CHANGED } from '../parts/person-picker.tsx'
import { useSignedIn } from '../session.tsx'
import { useView } from '../view.ts'
import { timeText } from '../wall-clock.ts'

const words: Readonly<Record<Permission, string>> = {
  view: 'see everything',
  upload: 'add data',
  custodian: 'take care of the account',
  note: 'write notes',
  follow: 'follow along',
}

const LOOK_EVERY_MS = 10_000

interface Received {
  key: string
  creator: { userid: string; profile?: { fullName?: string } }
  context?: Record<string, unknown>
}

/** Who may see or change what, invitations both ways, and who did. */
export default function People() {
  const { client, call, session } = useSignedIn()
  const [error, setError] = useState<string>()
  const [link, setLink] = useState<string>()
  const people = useLoaded('people', (signal) => client.sharing.people({ signal }))
  const sent = useLoaded('sent', (signal) => client.sharing.invitations({ signal }))
  const received = useLoaded(
    'received',
    async () => (await call('GET', `/confirm/invitations/${session.userId}`)) as Received[],
  )
  const look = useCallback(() => {
    for (const again of [people.again, sent.again, received.again]) again()
    dispatchEvent(new Event(PEOPLE_CHANGED))
  }, [people.again, sent.again, received.again])
  useEffect(() => {
    // What others do about it is no change of the data, so no stream tells it.
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look()
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [look])
  const doing = async (work: () => Promise<unknown>) => {
    setError(undefined)
    try {
      await work()
      look()
    } catch (problem) {
      setError(said(problem))
    }
  }
  const invite = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const permissions = (['view', 'upload'] as const).filter((word) => fields.get(word) !== null)
    void doing(async () => {
      const invitation = await client.sharing.invite(String(fields.get('email')), permissions)
      setLink(invitation.link)
      form.reset()
    })
  }
  const answer = (what: 'accept' | 'dismiss', { key, creator }: Received) =>
    doing(() => call('PUT', `/confirm/${what}/invite/${session.userId}/${creator.userid}`, { key }))
  return (
    <>
      <h1>People</h1>
      {error !== undefined && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
      {(received.value ?? []).length > 0 && (
        <section className="card">
          <h2>You are invited</h2>
          <ul className="people">
            {received.value?.map((one) => (
              <li key={one.key}>
                <span>{one.creator.profile?.fullName ?? 'Somebody'} shares their data with you.</span>
                <button type="button" onClick={() => void answer('accept', one)}>
                  Accept
                </button>
                <button type="button" className="quiet" onClick={() => void answer('dismiss', one)}>
                  Decline
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="card">
        <h2>Who may see your data</h2>
        <State of={people}>
          {(all) => {
            const may = all.filter((one) => one.may.length > 0)
            return may.length === 0 ? (
              <p>Nobody but you.</p>
            ) : (
              <ul className="people">
                {may.map(({ userId, fullName, username, may }) => (
                  <li key={userId}>
                    <span>
                      <strong>{fullName ?? username ?? userId}</strong> may{' '}
                      {may.map((word) => words[word]).join(', ')}.
                    </span>
                    <button
                      type="button"
                      className="quiet"
                      onClick={() => void doing(() => client.sharing.end(userId))}
                    >
                      End<span className="unseen"> sharing with {fullName ?? username ?? userId}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )
          }}
        </State>
        {(sent.value ?? []).length > 0 && (
          <ul className="people">
            {sent.value?.map(({ email, permissions }) => (
              <li key={email}>
                <span>
                  {email} is invited to {permissions.map((word) => words[word]).join(', ')}.
                </span>
                <button
                  type="button"
                  className="quiet"
                  onClick={() => void doing(() => client.sharing.cancel(email))}
                >
                  Take back<span className="unseen"> the invitation of {email}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="card">
        <h2>Invite somebody</h2>
        <form onSubmit={invite}>
          <label>
            E-mail address
            <input name="email" type="email" required autoComplete="off" />
          </label>
          <fieldset>
            <legend>They may</legend>
            <label className="check">
              <input type="checkbox" name="view" defaultChecked /> see everything
            </label>
            <label className="check">
              <input type="checkbox" name="upload" /> add data
            </label>
          </fieldset>
          <button type="submit">Invite</button>
        </form>
        {link !== undefined && (
          <p role="status">
            This server sends no mail. Hand them this link; it is good for seven days:{' '}
            <a href={link}>{link}</a>
          </p>
        )}
      </section>
      <section className="card">
        <h2>Whose data you may see</h2>
        <State of={people}>
          {(all) => {
            const open = all.filter((one) => one.letsMe.length > 0)
            return open.length === 0 ? (
              <p>Only your own.</p>
            ) : (
              <ul className="people">
                {open.map(({ userId, fullName, username, letsMe }) => (
                  <li key={userId}>
                    <strong>{fullName ?? username ?? userId}</strong> lets you{' '}
                    {letsMe.map((word) => words[word]).join(', ')}.
                  </li>
                ))}
              </ul>
            )
          }}
        </State>
      </section>
      <Audit />
    </>
  )
}

function Audit() {
  const { client } = useSignedIn()
  const { zone } = useView()
  const [isOpen, setIsOpen] = useState(false)
  const audit = useLoaded(`audit ${isOpen}`, async (signal) => {
    const found: AuditEntry[] = []
    if (!isOpen) return found
    for await (const entry of client.auditTrail({ signal })) {
      found.push(entry)
      if (found.length === 200) break
    }
    return found
  })
  return (
    <section className="card">
      <h2>Who read, and who changed something</h2>
      <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary>Show the last 200</summary>
        <State of={audit}>
          {(entries) => (
            <Scrolls label="Who did what">
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">Who</th>
                    <th scope="col">What</th>
                    <th scope="col">From</th>
                  </tr>
                </thead>
                <tbody>
                  {entries.map(({ time, who, operation, allowed, count, address, app }) => (
                    <tr key={`${time} ${operation} ${address} ${who.userId ?? ''} ${allowed}`}>
                      <td>
                        {timeText(Date.parse(time), zone, {
                          day: 'numeric',
                          month: 'short',
                          hour: '2-digit',
                          minute: '2-digit',
                        })}
                      </td>
                      <td>{who.kind === 'owner' ? 'you' : (who.username ?? who.name ?? who.kind)}</td>
                      <td>
                        {operation}
                        {count > 1 && ` (${count} times)`}
                        {!allowed && ', refused'}
                      </td>
                      <td>
                        {address} {app}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scrolls>
          )}
        </State>
      </details>
    </section>
  )
}
