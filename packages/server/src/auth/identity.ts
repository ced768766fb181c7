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
 * Who is calling: the session token header, else a Bearer token; the first that is valid counts. An invalid one
 * is no error by itself, so that open routes still answer. A carrier that is there twice is refused.
 */
export async function identify(sessions: Sessions, sent: Credentials): Promise<Identity | undefined> {
  if (sent.sessionTokens.length > 1 || sent.authorizations.length > 1) {
    throw new Refused({ kind: 'unauthorized' })
  }
  for (const token of [sent.sessionTokens[0], bearerToken(sent.authorizations[0])]) {
    if (!token) continue
    const session = await sessions.find(token)
    if (session) return { userId: session.userId, session }
  }
  return undefined
}

function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^bearer (.+)$/i.exec(authorization)?.[1]?.trim()
}
