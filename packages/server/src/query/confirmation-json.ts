import { formatTime } from '@tidegauge/model'
import type { Confirmation, Store } from '../store/port.ts'
import { grantSet } from './grant-set.ts'

/** A confirmation as it goes on the wire (http.md §2.3). Only of an invitation the key is there. */
export async function confirmationJson(store: Store, one: Confirmation, link?: string) {
  const {
    key,
    keyHash,
    type,
    status,
    userId,
    email,
    permissions,
    nickname,
    createdMs,
    modifiedMs,
    expiresMs,
  } = one
  const profile = await store.metadata(userId, 'profile')
  const patient = (profile?.patient ?? {}) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    // Of a key that is known to a mailbox alone a name, which opens nothing.
    key: key ?? keyHash.slice(0, 32),
    type,
    email,
    creatorId: userId,
    creator: {
      userid: userId,
      profile: {
        fullName: text(profile?.fullName),
        // No more of a person than the name, before anybody is let in.
        patient: { isOtherPerson: patient.isOtherPerson === true, fullName: text(patient.fullName) },
      },
    },
    ...(permissions && {
      context: { permissions: grantSet(permissions), ...(nickname !== undefined && { nickname }) },
    }),
    created: formatTime(createdMs),
    modified: formatTime(modifiedMs),
    status,
    expiresAt: formatTime(expiresMs),
    restrictions: { canAccept: true },
    // [ours] To hand over, where this server sends no mail.
    ...(link !== undefined && { link }),
  }
}
