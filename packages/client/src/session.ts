import { TidegaugeError } from './errors.ts'
import { interruptible } from './interruptible.ts'

/** What proves who somebody is. The SDK asks for it when it needs it and keeps no copy. */
export interface Credentials {
  /** The account's e-mail address. */
  username: string
  password: string
}

/** A logged-in account. Whoever stores it stores a secret: the token. */
export interface Session {
  /** Opaque (http.md §1.3). */
  token: string
  userId: string
  username?: string
}

/** What a `SessionKeeper` needs of its surroundings. */
export interface SessionKeeperOptions {
  session: Session | undefined
  credentials: (() => Promise<Credentials>) | undefined
  logIn: (credentials: Credentials) => Promise<Session>
  onSession: ((session: Session | undefined) => void | Promise<void>) | undefined
}

/** Keeps the one current session and replaces it, once for all who find it expired at the same time. */
export class SessionKeeper {
  readonly #options: SessionKeeperOptions
  #session: Session | undefined
  #logInUnderWay: Promise<Session | undefined> | undefined

  constructor(options: SessionKeeperOptions) {
    if (options.session !== undefined) checkToken(options.session.token)
    this.#options = options
    this.#session = options.session
  }

  get session(): Session | undefined {
    return this.#session
  }

  /** Make `session` the current one (`undefined`: none) and tell whoever stores it. */
  async keep(session: Session | undefined): Promise<void> {
    if (session !== undefined) checkToken(session.token)
    this.#session = session
    await this.#options.onSession?.(session)
  }

  /** The current session; without one, logs in. Throws kind `session-expired` when it cannot. */
  async current(signal?: AbortSignal): Promise<Session> {
    const session = this.#session ?? (await this.#logIn(signal))
    if (session === undefined)
      throw new TidegaugeError('session-expired', 'There is no session: log in first.')
    return session
  }

  /**
   * A session in place of `stale`, whose token a server refused: the current one when that is newer, else from a
   * log-in that all callers of the moment share. `undefined` when there are no credentials or somebody logged out.
   */
  async renew(stale: Session, signal?: AbortSignal): Promise<Session | undefined> {
    if (this.#session?.token !== stale.token) return this.#session
    return await this.#logIn(signal)
  }

  async #logIn(signal: AbortSignal | undefined): Promise<Session | undefined> {
    const { credentials } = this.#options
    if (credentials === undefined) return undefined
    this.#logInUnderWay ??= this.#replace(credentials).finally(() => {
      this.#logInUnderWay = undefined
    })
    try {
      return await interruptible(this.#logInUnderWay, signal)
    } catch (error) {
      if (signal?.aborted) throw new TidegaugeError('aborted', 'Stopped by the caller during a log-in.')
      throw error
    }
  }

  async #replace(credentials: () => Promise<Credentials>): Promise<Session | undefined> {
    const before = this.#session
    const fresh = await this.#options.logIn(await credentials())
    // Somebody logged in or out meanwhile, and meant it.
    if (this.#session !== before) return this.#session
    if (before !== undefined && before.userId !== fresh.userId) {
      throw new TidegaugeError(
        'session-expired',
        'The session has ended, and the credentials are those of another account: log in to the right one.',
      )
    }
    await this.keep(fresh)
    return fresh
  }
}

/** A token travels in a header; one that cannot would be quoted whole in the runtime's error. */
function checkToken(token: string): void {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TidegaugeError('usage', 'The session token holds characters that no token has: log in again.')
  }
}
