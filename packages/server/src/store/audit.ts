/** Who did something on somebody's account: a person, another program of the operator, or nobody who has signed in. */
export type Actor =
  | { kind: 'person'; userId: string }
  | { kind: 'service'; name: string }
  | { kind: 'unknown' }

/** One kind of access in one hour; what happens again in it is counted. */
export interface AuditEntry {
  /** Whose account it is about. */
  userId: string
  actor: Actor
  /** The app that the person came with, by OpenID Connect. */
  clientId?: string
  /** In the words of the table of permissions, or `sign in`. */
  operation: string
  allowed: boolean
  /** IP address. */
  address: string
  /** What the program calls itself; may be cut. */
  userAgent: string
  firstMs: number
  lastMs: number
  count: number
}

/** An entry as it is read: of who is gone nothing is left. */
export type AuditRecord = Omit<AuditEntry, 'actor'> & { actor: Actor | { kind: 'deleted' } }

/** The part of the storage port that is about the trail of who did what. */
export interface AuditStore {
  /** Adds to the counts of those of the same hour; of an account no more than `maxPerHour` different ones. */
  noteAccess(plan: { entries: readonly AuditEntry[]; maxPerHour: number }): Promise<void>
  /** Newest first, by the time of the last. */
  auditTrail(query: {
    userId: string
    fromMs?: number
    toMs?: number
    offset: number
    limit: number
  }): Promise<AuditRecord[]>
  /** Removes what was last before a time. */
  trimAudit(beforeMs: number): Promise<void>
}
