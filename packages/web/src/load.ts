import { isTidegaugeError } from '@tidegauge/client'
import { createContext, useContext, useEffect, useRef, useState } from 'react'
import { Refusal } from './session.tsx'

/** The change number that the server has told last; it moves when anything of the person has changed. */
export const ChangeContext = createContext(0)

export interface Loaded<T> {
  /** What came last; stays while something newer is loaded. */
  value: T | undefined
  error: string | undefined
  isLoading: boolean
}

/** Loads something, again whenever `key` or the person's data change. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const change = useContext(ChangeContext)
  const [state, setState] = useState<Loaded<T> & { key: string }>({
    value: undefined,
    error: undefined,
    isLoading: true,
    key,
  })
  const latest = useRef(load)
  latest.current = load
  // biome-ignore lint/correctness/useExhaustiveDependencies: `change` is why it loads again
  useEffect(() => {
    const leave = new AbortController()
    // Of another person or time, what was there says nothing.
    setState((before) => ({
      ...before,
      value: before.key === key ? before.value : undefined,
      isLoading: true,
      key,
    }))
    latest
      .current(leave.signal)
      .then((value) => {
        if (!leave.signal.aborted) setState({ value, error: undefined, isLoading: false, key })
      })
      .catch((error: unknown) => {
        if (!leave.signal.aborted) setState((before) => ({ ...before, error: said(error), isLoading: false }))
      })
    return () => leave.abort()
  }, [key, change])
  return state
}

/** A sentence for people. */
export function said(error: unknown): string {
  if (error instanceof Refusal) return error.message
  if (isTidegaugeError(error)) {
    return error.kind === 'network' || error.kind === 'timeout'
      ? 'The server cannot be reached. What you see is from before.'
      : error.message
  }
  return error instanceof Error ? error.message : String(error)
}
