import { type ErrorKind, isTidegaugeError } from '@tidegauge/client'
import { createContext, useCallback, useContext, useEffect, useRef, useState } from 'react'
import { forgetView, keepView, keptView } from './kept-views.ts'
import { Refusal, Unreachable, useSignedIn } from './session.tsx'

/** Moves whenever the server has told of a change of the person's data. */
export const ChangeContext = createContext(0)

export interface Loaded<T> {
  /** What came last; stays while something newer is loaded. */
  value: T | undefined
  error: string | undefined
  isLoading: boolean
  /** When it was so, if it is shown from before because the server cannot be reached. */
  savedMs?: number | undefined
  /** Loads it again; always the same function. */
  again(): void
}

/** After this, what was there before is shown. */
const PATIENCE_MS = 600

const nothing = { value: undefined, error: undefined, isLoading: true }

/** Loads something, again whenever `key` or the person's data change. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const change = useContext(ChangeContext)
  const { session, staysHere } = useSignedIn()
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<Omit<Loaded<T>, 'again'> & { key: string }>({ ...nothing, key })
  const latest = useRef(load)
  latest.current = load
  // biome-ignore lint/correctness/useExhaustiveDependencies: `change` and `turn` are why it loads again
  useEffect(() => {
    const leave = new AbortController()
    setState((before) => (before.key === key ? { ...before, isLoading: true } : { ...nothing, key }))
    let isOutOfReach = true
    const fromBefore = async () => {
      const kept = await keptView(session.userId, key).catch(() => undefined)
      if (leave.signal.aborted || !kept || !isOutOfReach) return
      setState((before) =>
        before.value === undefined ? { ...before, value: kept.value as T, savedMs: kept.savedMs } : before,
      )
    }
    // The client tries for a while; until then, what was there before is better than nothing.
    const waiting = setTimeout(() => void fromBefore(), navigator.onLine ? PATIENCE_MS : 0)
    const work = async () => {
      try {
        const value = await latest.current(leave.signal)
        if (leave.signal.aborted) return
        clearTimeout(waiting)
        isOutOfReach = false
        setState({ value, error: undefined, isLoading: false, key })
        // A device without room for it works as well, but not without a network.
        if (staysHere()) {
          await keepView({ userId: session.userId, key, value }, staysHere).catch(() => undefined)
        }
      } catch (error) {
        if (leave.signal.aborted) return
        if (isRefused(error)) {
          clearTimeout(waiting)
          isOutOfReach = false
          setState({ ...nothing, error: said(error), isLoading: false, key })
          await forgetView(session.userId, key).catch(() => undefined)
        } else setState((before) => ({ ...before, error: said(error), isLoading: false }))
      }
    }
    void work()
    return () => {
      clearTimeout(waiting)
      leave.abort()
    }
  }, [key, change, turn, session.userId, staysHere])
  // Of another person or time, what was there says nothing, not even until the effect has run.
  const shown = state.key === key ? state : nothing
  const again = useCallback(() => setTurn((before) => before + 1), [])
  return { ...shown, again }
}

/** What one may not see any more is not shown from before either. */
function isRefused(error: unknown): boolean {
  return (
    (error instanceof Refusal && [401, 403, 404].includes(error.status)) ||
    (isTidegaugeError(error) && ['not-allowed', 'not-found', 'session-expired'].includes(error.kind))
  )
}

function isUnreachable(error: unknown): boolean {
  return (
    error instanceof Unreachable ||
    (isTidegaugeError(error) && (error.kind === 'network' || error.kind === 'timeout'))
  )
}

/** A sentence for people. */
export function said(error: unknown): string {
  if (isUnreachable(error)) return 'The server cannot be reached.'
  if (isTidegaugeError(error)) {
    const sentence = sentences[error.kind]
    if (sentence !== undefined) return sentence
    const [problem] = error.problems
    // Of an upload, where in it the fault is.
    if (problem)
      return `The server refuses this: ${[problem.pointer, problem.detail].filter(Boolean).join(': ')}.`
  }
  return error instanceof Error ? error.message : String(error)
}

const sentences: Readonly<Partial<Record<ErrorKind, string>>> = {
  'not-allowed': 'You may not see this. Whoever it belongs to can share it with you.',
  'session-expired': 'You are signed out.',
  'rate-limited': 'That was too often. Wait a while, and try again.',
  'server-failed': 'The server has a fault. Its log says which.',
}
