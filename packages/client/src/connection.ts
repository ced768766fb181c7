import { delayAfter, mayRepeat, type RetryPolicy } from './backoff.ts'
import { isTidegaugeError, TidegaugeError } from './errors.ts'
import { type Answer, type OpenAnswer, type Request, send, sendForStream, type Transport } from './request.ts'
import type { SessionKeeper } from './session.ts'

/** A repeat that is about to happen. */
export interface Repeat {
  /** Number of the coming try: 2 is the first repeat. */
  attempt: number
  delayMs: number
  error: TidegaugeError
}

/** How one call is made. */
export interface CallPolicy {
  /** Whether it does no harm when the server carries the request out twice. */
  safe: boolean
  /** Ends the call at once. */
  signal?: AbortSignal | undefined
  /** Ends a wait between tries, not a request. */
  stopWaiting?: AbortSignal | undefined
  onRepeat?: ((repeat: Repeat) => void) | undefined
}

/** Requests that are made again where that helps: after a failure that passes, and after a re-login. */
export class Connection {
  readonly transport: Transport
  readonly sessions: SessionKeeper
  readonly #retry: RetryPolicy

  constructor(transport: Transport, sessions: SessionKeeper, retry: RetryPolicy) {
    this.transport = transport
    this.sessions = sessions
    this.#retry = retry
  }

  /** The account whose data are meant: `userId`, or the session's own. */
  async userId(userId: string | undefined, signal: AbortSignal | undefined): Promise<string> {
    return userId ?? (await this.sessions.current(signal)).userId
  }

  /** A request with the session's token. */
  async call(request: Request, policy: CallPolicy): Promise<Answer> {
    return await this.#withSession((token) => send(this.transport, request, token, policy.signal), policy)
  }

  /** A request with the session's token whose answer is read as it comes. Only its head is waited for and repeated. */
  async stream(request: Request, policy: CallPolicy): Promise<OpenAnswer> {
    return await this.#withSession(
      (token) => sendForStream(this.transport, request, token, policy.signal),
      policy,
    )
  }

  /** Run `attempt` again as long as its failure passes by waiting. */
  async repeat<T>(attempt: () => Promise<T>, policy: CallPolicy): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt()
      } catch (error) {
        if (!isTidegaugeError(error) || !mayRepeat(error, policy.safe)) throw error
        const delayMs = delayAfter(error, tries, this.#retry)
        if (delayMs === undefined) throw error
        policy.onRepeat?.({ attempt: tries + 1, delayMs, error })
        await this.#wait(delayMs, policy)
      }
    }
  }

  async #withSession<T>(attempt: (token: string) => Promise<T>, policy: CallPolicy): Promise<T> {
    let renewed = false
    return await this.repeat(async () => {
      const session = await this.sessions.current(policy.signal)
      try {
        return await attempt(session.token)
      } catch (error) {
        // Only 401 tells that the token is the trouble, and a second 401 that a new one does not help.
        if (renewed || !isTidegaugeError(error, 'session-expired')) throw error
        const fresh = await this.sessions.renew(session, policy.signal)
        if (fresh === undefined) throw error
        renewed = true
        return await attempt(fresh.token)
      }
    }, policy)
  }

  async #wait(delayMs: number, { signal, stopWaiting }: CallPolicy): Promise<void> {
    const signals = [signal, stopWaiting].filter((each) => each !== undefined)
    const either = signals.length === 0 ? undefined : AbortSignal.any(signals)
    try {
      await this.transport.clock.sleep(delayMs, either)
    } catch (error) {
      if (either?.aborted) throw new TidegaugeError('aborted', 'Stopped by the caller between two tries.')
      throw error
    }
  }
}
