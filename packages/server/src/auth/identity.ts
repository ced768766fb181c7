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

/** What a request brings to say who it is (http.md §1.1), as it stands in its headers. */
export interface Credentials {
  sessionTokens: readonly string[]
  authorizations: readonly string[]
}

/**
 * Who is calling: the session token header, else a Bearer token; the first that is valid counts. An invalid one
 * is no error by itself, so that open routes still answer. A carrier that is there twice is refused. A service's
 * token counts in the header alone (http.md Q29).
 */
export async function identify(tokens: Tokens, sent: Credentials): Promise<Identity | undefined> {
  if (sent.sessionTokens.length > 1 || sent.authorizations.length > 1) {
    throw new Refused({ kind: 'unauthorized' })
  }
  const [sessionToken] = sent.sessionTokens
  const caller = sessionToken ? await holderOf(tokens, sessionToken) : undefined
  if (caller) return caller
  const bearer = bearerToken(sent.authorizations[0])
  return bearer ? personOf(tokens, bearer) : undefined
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

function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^bearer (.+)$/i.exec(authorization)?.[1]?.trim()
}
