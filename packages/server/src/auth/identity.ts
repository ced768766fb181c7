import { Refused } from '../failure.ts'
import type { Session } from '../store/port.ts'
import type { Sessions } from './sessions.ts'

/** The person behind a request. */
export interface Identity {
  userId: string
  session: Session
}

/** What a request brings to say who it is (http.md §1.1), as it stands in its headers. */
export interface Credentials {
  sessionTokens: readonly string[]
  authorizations: readonly string[]
}

/**
 * The tokens of a request, the session token header before a Bearer token. Refuses a carrier that is there twice, and
 * an `Authorization` without a space in it (http.md §1.1); other schemes than Bearer are passed over.
 */
export function tokensOf({ sessionTokens, authorizations }: Credentials): string[] {
  const [authorization] = authorizations
  if (sessionTokens.length > 1 || authorizations.length > 1 || authorization?.includes(' ') === false) {
    throw new Refused({ kind: 'unauthorized' })
  }
  const bearer = /^bearer (.+)$/i.exec(authorization ?? '')?.[1]?.trim()
  return [sessionTokens[0], bearer].filter((token) => token !== undefined && token !== '') as string[]
}

/**
 * Who is calling: the holder of the first valid token. An invalid one is no error by itself, so that open routes still
 * answer.
 */
export async function identify(sessions: Sessions, tokens: readonly string[]): Promise<Identity | undefined> {
  for (const token of tokens) {
    const session = await sessions.find(token)
    if (session) return { userId: session.userId, session }
  }
  return undefined
}
