import { Refused } from '../failure.ts'
import type { Identity } from './identity.ts'

/** What somebody may do on an account (http.md §2.1). Until sharing exists, the owner may do all of it. */
export type Permission = 'root' | 'custodian' | 'view' | 'upload'

/** Passes if the caller may do this (one of these) on the account; else 401 without and 403 with a valid token. */
export function requirePermission(
  who: Identity | undefined,
  _anyOf: Permission | readonly Permission[],
  userId: string,
): asserts who is Identity {
  requireIdentity(who)
  if (who.userId !== userId) throw new Refused({ kind: 'unauthorized' })
}

export function requireIdentity(who: Identity | undefined): asserts who is Identity {
  if (!who) throw new Refused({ kind: 'unauthenticated' })
}
