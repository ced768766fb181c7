import type { Identity } from '../auth/identity.ts'
import { requirePermission } from '../auth/permissions.ts'
import type { Store } from '../store/port.ts'

/**
 * `DELETE /v1/users/{userId}/data`, for services: all data, data sets and data sources of an account (data-sets.md §6.3).
 */
export async function deleteUserData(
  { store }: { store: Store },
  who: Identity | undefined,
  userId: string,
): Promise<void> {
  await requirePermission(store, who, 'delete all data', { userId })
  await store.deleteUserData({ userId })
}
