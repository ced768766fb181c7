import { Refused } from '../failure.ts'
import type { Store } from '../store/port.ts'

/** `DELETE /v1/users/{userId}/data`, for services: all data and all data sets of an account (data-sets.md §6.3). */
export async function deleteUserData({ store }: { store: Store }, userId: string): Promise<void> {
  if (userId === '') throw new Refused({ kind: 'id-missing', which: 'user' })
  await store.deleteUserData({ userId })
}
