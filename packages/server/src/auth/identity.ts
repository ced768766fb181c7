import type { Access } from '../audit/trail.ts'
import { Refused } from '../failure.ts'
import type { PersonSession, ServiceSession } from '../store/port.ts'
import type { RestrictedTokens } from './restricted-tokens.ts'
import type { Services } from './services.ts'
import type { Sessions } from './sessions.ts'

/** Who is behind a request: a person, or another program of the operator. */
export type Identity = (Person | Service) & {
  /** Told what they try on an account, and whether they may. */
  note?: (access: Access) => void
}

export interface Person {
  kind: 'person'
  userId: string
  /** When the token that they came with ends. */
  expiresMs: number
  /** Absent: they came with a token that is not renewed, of an app or of a link. */
  session?: PersonSession
  /** The app that they came with, by OpenID Connect. */
  clientId?: string
}

export interface Service {
  kind: 'service'
  name: string
  expiresMs: number
  session: ServiceSession
}

/** Where tokens are looked up. */
export interface Tokens {
  sessions: Sessions
  services: Services
  restrictedTokens: RestrictedTokens
  /** Tokens that apps hold, by OpenID Connect. */
  accessTokens: AccessTokens
}

export interface AccessTokens {
  /** Whom a token stands for, if it is valid. */
  find(token: string): Promise<{ userId: string; clientId: string; expiresMs: number } | undefined>
  /** Ends a token, and whatever came of the same sign-in. */
  revoke(token: string): Promise<void>
}

/** The tokens that a request carries, valid or not. */
export interface SentTokens {
  session?: string
  bearer?: string
  restricted?: string
}

/** What a request brings to say who it is (http.md §1.1), as it stands in its headers. */
export interface Credentials {
  sessionTokens: readonly string[]
  authorizations: readonly string[]
  /** The parameters `restricted_token`, where the route takes one. */
  restrictedTokens?: readonly string[]
}

/**
 * The tokens of a request. Refuses a carrier that is there twice, and an `Authorization` without a space in it
 * (http.md §1.1); other schemes than Bearer are passed over.
 */
export function tokensOf({ sessionTokens, authorizations, restrictedTokens = [] }: Credentials): SentTokens {
  const [authorization] = authorizations
  const isTwice = [sessionTokens, authorizations, restrictedTokens].some(({ length }) => length > 1)
  if (isTwice || authorization?.includes(' ') === false) {
    throw new Refused({ kind: 'unauthorized' })
  }
  const bearer = /^bearer (.+)$/i.exec(authorization ?? '')?.[1]?.trim()
  return {
    ...(sessionTokens[0] && { session: sessionTokens[0] }),
    ...(bearer && { bearer }),
    ...(restrictedTokens[0] && { restricted: restrictedTokens[0] }),
  }
}

/**
 * Who is calling: the holder of the session token header, else of the Bearer token, else of the restricted token; the
 * first that is valid counts. An invalid one is no error by itself, so that open routes still answer. A service's token
 * counts in the header alone (http.md Q29).
 *
 * @param path As it stands in the address, without its query.
 */
export async function identify(
  tokens: Tokens,
  { session, bearer, restricted }: SentTokens,
  path: string,
): Promise<Identity | undefined> {
  const caller = session === undefined ? undefined : await holderOf(tokens, session)
  if (caller) return caller
  const person = bearer === undefined ? undefined : await personOf(tokens, bearer)
  if (person || restricted === undefined) return person
  const token = await tokens.restrictedTokens.find(restricted, path)
  return token && { kind: 'person', userId: token.userId, expiresMs: token.expiresMs }
}

/** Whom a token stands for, if it is valid. */
export async function holderOf(tokens: Tokens, token: string): Promise<Identity | undefined> {
  const person = await personOf(tokens, token)
  if (person) return person
  const session = await tokens.services.find(token)
  return session && { kind: 'service', name: session.service, expiresMs: session.expiresMs, session }
}

async function personOf({ sessions, accessTokens }: Tokens, token: string): Promise<Person | undefined> {
  const session = await sessions.find(token)
  if (!session) {
    const app = await accessTokens.find(token)
    return app && { kind: 'person', userId: app.userId, expiresMs: app.expiresMs, clientId: app.clientId }
  }
  return { kind: 'person', userId: session.userId, expiresMs: session.expiresMs, session }
}
