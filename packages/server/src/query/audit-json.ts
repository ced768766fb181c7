import { formatTime } from '@tidegauge/model'
import { usernameOf } from '../auth/accounts.ts'
import type { AuditRecord, Store } from '../store/port.ts'

/** An entry of the trail for the owner of the account. A person is named who shares with the owner or the other way round. */
export async function auditJson(store: Store, record: AuditRecord) {
  const { actor, clientId, operation, allowed, address, userAgent, firstMs, lastMs, count } = record
  return {
    time: formatTime(lastMs),
    firstTime: formatTime(firstMs),
    count,
    who: await whoIs(store, record.userId, actor),
    operation,
    access: /^(read|list|see|look)/.test(operation) ? 'read' : 'write',
    allowed,
    address,
    userAgent,
    ...(clientId !== undefined && { app: clientId }),
  }
}

async function whoIs(store: Store, ownerId: string, actor: AuditRecord['actor']) {
  if (actor.kind !== 'person') return actor
  const { userId } = actor
  const isOwner = userId === ownerId
  const isKnown =
    isOwner ||
    (await store.permissions(ownerId, userId)).length > 0 ||
    (await store.permissions(userId, ownerId)).length > 0
  const user = isKnown ? await store.userById(userId) : undefined
  return { kind: isOwner ? 'owner' : 'person', userId, ...(user && { username: usernameOf(user) }) }
}
