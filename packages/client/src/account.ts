import type { Connection } from './connection.ts'
import { TidegaugeError } from './errors.ts'
import { isObject } from './faults.ts'
import { type Answer, jsonBody, type Request, send, type Transport } from './request.ts'
import type { Credentials, Session } from './session.ts'

/** An account as `GET /auth/user` tells it (http.md §1.2). */
export interface Account {
  userId: string
  /** Absent for accounts without an address of their own. */
  username?: string
  emails: string[]
  roles: string[]
  emailVerified: boolean
  /** RFC 3339. */
  termsAccepted?: string
}

/** `POST /auth/login`, once (http.md §1.2). Throws kinds `login-refused`, `not-verified` and those of any request. */
export async function logIn(
  transport: Transport,
  { username, password }: Credentials,
  signal?: AbortSignal,
): Promise<Session> {
  // The first colon ends the user name, whatever was meant.
  if (username.includes(':')) throw new TidegaugeError('usage', 'A user name cannot hold ":".')
  const request: Request = {
    method: 'POST',
    route: '/auth/login',
    headers: { authorization: `Basic ${base64(`${username}:${password}`)}` },
    kinds: { 400: 'login-refused', 401: 'login-refused', 403: 'not-verified' },
  }
  return sessionOf(await send(transport, request, undefined, signal), username)
}

/** `POST /auth/user`, once (http.md §1.6). Throws kinds `account-exists`, `sign-up-closed`, `invalid` among others. */
export async function signUp(
  transport: Transport,
  { username, password }: Credentials,
  signal?: AbortSignal,
): Promise<Session> {
  const request: Request = {
    method: 'POST',
    route: '/auth/user',
    body: jsonBody({ username, emails: [username], password }),
    kinds: { 403: 'sign-up-closed', 409: 'account-exists' },
  }
  return sessionOf(await send(transport, request, undefined, signal), username)
}

/** `POST /auth/logout`: revokes the token. */
export async function logOut(transport: Transport, token: string, signal?: AbortSignal): Promise<void> {
  await send(transport, { method: 'POST', route: '/auth/logout' }, token, signal)
}

/** `GET /auth/login`: a newer token for the current one (http.md §1.4). */
export async function refreshSession(connection: Connection, signal?: AbortSignal): Promise<Session> {
  const answer = await connection.call({ method: 'GET', route: '/auth/login' }, { safe: true, signal })
  return sessionOf(answer, connection.sessions.session?.username)
}

/** `GET /auth/user`: the session's own account. */
export async function whoAmI(connection: Connection, signal?: AbortSignal): Promise<Account> {
  const answer = await connection.call({ method: 'GET', route: '/auth/user' }, { safe: true, signal })
  const body = answer.json()
  if (!isObject(body) || typeof body.userid !== 'string') throw answer.unexpected('The answer is no account.')
  return {
    userId: body.userid,
    ...(isName(body.username) && { username: body.username }),
    emails: strings(body.emails),
    roles: strings(body.roles),
    emailVerified: body.emailVerified === true,
    ...(isName(body.termsAccepted) && { termsAccepted: body.termsAccepted }),
  }
}

/** The session that an answer of `/auth` opens: its token is in a header, its user in the body. */
function sessionOf(answer: Answer, username: string | undefined): Session {
  const body = answer.json()
  const token = answer.headers.get('x-tidepool-session-token')
  if (!isObject(body) || typeof body.userid !== 'string') throw answer.unexpected('The answer names no user.')
  if (token === null || token === '') {
    throw answer.unexpected(
      'The answer holds no session token (to a web page, the server must expose the header x-tidepool-session-token).',
    )
  }
  const name = isName(body.username) ? body.username : username
  return { token, userId: body.userid, ...(name !== undefined && { username: name }) }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** Base64 of the text's UTF-8. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
