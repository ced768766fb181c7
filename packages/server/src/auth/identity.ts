import { Refused } from '../failure.ts'
import type { PersonSession, ServiceSession } from '../store/port.ts'
import type { Services } from './services.ts'
import type { Sessions } from './sessions.ts'

/** Who is behind a request: a person, or another program of the operator. */
export type Identity = Person | Service

export interface Person {
  kind: 'person'
  userId: string
  session: PersonSession
}

export interface Service {
  kind: 'service'
  name: string
  session: ServiceSession
}

/** Where tokens are looked up. */
export interface Tokens {
  sessions: Sessions
  services: Services
}

/** The tokens that a request carries, valid or not. */
export interface SentTokens {
  session?: string
  bearer?: string
}

/** What a request brings to say who it is (http.md §1.1), as it stands in its headers. */
export interface Credentials {
  sessionTokens: readonly string[]
  authorizations: readonly string[]
}

/**
 * The tokens of a request. Refuses a carrier that is there twice, and an `Authorization` without a space in it
 * (http.md §1.1); other schemes than Bearer are passed over.
 */
export function tokensOf({ sessionTokens, authorizations }: Credentials): SentTokens {
  const [authorization] = authorizations
  if (sessionTokens.length > 1 || authorizations.length > 1 || authorization?.includes(' ') === false) {
    throw new Refused({ kind: 'unauthorized' })
  }
  const bearer = /^bearer (.+)$/i.exec(authorization ?? '')?.[1]?.trim()
  return { ...(sessionTokens[0] && { session: sessionTokens[0] }), ...(bearer && { bearer }) }
}

/**
 * Who is calling: the holder of the session token header, else of the Bearer token; the first that is valid counts. An
 * invalid one is no error by itself, so that open routes still answer. A service's token counts in the header alone
 * (http.md Q29).
 */
export async function identify(
  tokens: Tokens,
  { session, bearer }: SentTokens,
): Promise<Identity | undefined> {
  const caller = session === undefined ? undefined : await holderOf(tokens, session)
  return caller ?? (bearer === undefined ? undefined : personOf(tokens, bearer))
}

/** Whom a token stands for, if it is valid. */
export async function holderOf(tokens: Tokens, token: string): Promise<Identity | undefined> {
  const person = await personOf(tokens, token)
  if (person) return person
  const session = await tokens.services.find(token)
  return session && { kind: 'service', name: session.service, session }
}

async function personOf({ sessions }: Tokens, token: string): Promise<Person | undefined> {
  const session = await sessions.find(token)
  return session && { kind: 'person', userId: session.userId, session }
}
