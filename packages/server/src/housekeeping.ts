import type { Store } from './store/port.ts'

export interface HousekeepingParts {
  store: Store
  now: () => number
  /** For how long records stay that a client took out of a data set (data-sets.md §6.4). */
  keepWithdrawnDays: number
}

const DAY_MS = 86_400_000
const KEEP_AUDIT_DAYS = 400
/** Destroyed in one transaction: little enough that nobody's upload waits for it. */
const ROWS_AT_A_TIME = 1000

/** What is done at the start and then daily: removes sessions that have ended, records withdrawn long ago, and the rest of deleted accounts. */
export function housekeeping({ store, now, keepWithdrawnDays }: HousekeepingParts): () => Promise<void> {
  return async () => {
    await store.deleteExpiredSessions(now())
    await store.trimAudit(now() - KEEP_AUDIT_DAYS * DAY_MS)
    // What a deletion left that was cut short.
    while ((await store.eraseDeleted({ limit: ROWS_AT_A_TIME })) > 0);
    const archivedBeforeMs = now() - keepWithdrawnDays * DAY_MS
    let destroyed: number
    do {
      destroyed = await store.destroyWithdrawn({ archivedBeforeMs, limit: ROWS_AT_A_TIME })
    } while (destroyed === ROWS_AT_A_TIME)
  }
}
