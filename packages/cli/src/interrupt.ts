import type { Signals } from './terminal.ts'

/** What Ctrl-C and its relatives ask for: first to come to an end, then to stop. */
export interface Interrupt extends Disposable {
  /** After the first signal. */
  readonly stop: AbortSignal
  /** After the second. */
  readonly abort: AbortSignal
}

const names: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Under npm one Ctrl-C comes twice, from the terminal and passed on by npm. Nobody means it twice this fast. */
const ECHO_MS = 200

/** Takes the signals over until it is disposed of. */
export function listenForInterrupt(signals: Signals, onFirst: () => void = () => undefined): Interrupt {
  const stop = new AbortController()
  const abort = new AbortController()
  let stoppedAtMs = 0
  const listener = () => {
    if (!stop.signal.aborted) {
      stoppedAtMs = performance.now()
      stop.abort()
      onFirst()
    } else if (performance.now() - stoppedAtMs > ECHO_MS) {
      abort.abort()
    }
  }
  for (const name of names) signals.on(name, listener)
  return {
    stop: stop.signal,
    abort: abort.signal,
    [Symbol.dispose]() {
      for (const name of names) signals.off(name, listener)
    },
  }
}

/** Resolves when `signal` does its work; at once when it has. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
