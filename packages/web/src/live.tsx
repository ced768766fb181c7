import { type ReactNode, useEffect, useState } from 'react'
import { ChangeContext } from './load.ts'
import { useSignedIn } from './session.tsx'
import { useView } from './view.ts'

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
const LEAST_BETWEEN_MS = 800

/** Follows the person's changes while the page is open, so that everything on it is loaded anew when it changes. */
export function Live({ children }: { children: ReactNode }) {
  const { client, session } = useSignedIn()
  const { userId } = useView()
  const [change, setChange] = useState(0)
  useEffect(() => {
    const leave = new AbortController()
    // The first of many changes is shown at once, the rest of an upload together.
    let shownMs = 0
    let waiting: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      clearTimeout(waiting)
      const waitMs = shownMs + LEAST_BETWEEN_MS - Date.now()
      const now = () => {
        shownMs = Date.now()
        setChange((before) => before + 1)
      }
      if (waitMs <= 0) now()
      else waiting = setTimeout(now, waitMs)
    }
    const follow = async () => {
      let after: number | undefined
      for (
        let waitMs = FIRST_WAIT_MS;
        !leave.signal.aborted;
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
      ) {
        const query = after === undefined ? '' : `?after=${after}`
        try {
          // `fetch`, so that the token stands in a header and in no address.
          const answer = await fetch(`/v1/users/${userId}/changes${query}`, {
            headers: { 'x-tidepool-session-token': client.session?.token ?? session.token },
            signal: leave.signal,
          })
          if (answer.status === 401 || answer.status === 403) {
            // Whoever may not look any more is told by what is loaded.
            show()
            if (answer.status === 403) return
          }
          if (answer.ok && answer.body) {
            waitMs = FIRST_WAIT_MS
            // The first one says how things stand: whether that was loaded, or something older, nobody knows.
            for await (const id of idsOf(answer.body)) {
              show()
              after = id
            }
          }
        } catch (error) {
          if (leave.signal.aborted) return
          // No network: later.
          if (!(error instanceof TypeError)) throw error
        }
        await new Promise((done) => setTimeout(done, waitMs))
      }
    }
    void follow()
    return () => {
      clearTimeout(waiting)
      leave.abort()
    }
  }, [client, session, userId])
  return <ChangeContext value={change}>{children}</ChangeContext>
}

/** The numbers of the events of a stream. */
async function* idsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<number> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .getReader()
  let text = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    text += value
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const id = /^id: (\d+)$/m.exec(event)?.[1]
      if (id !== undefined) yield Number(id)
    }
  }
}
