import { foldAddress, isAddress } from '../auth/account-details.ts'
import { Refused } from '../failure.ts'
import type { Mailer } from '../mail/mailer.ts'
import { permissionsIn } from '../query/grant-set.ts'
import type { Confirmation, Store, User } from '../store/port.ts'
import { keyHashOf, newKey } from './keys.ts'
import { invitationMessage } from './messages.ts'

const LIFE_MS = 7 * 86_400_000
const MAX_NICKNAME = 100
const type = 'careteam_invitation'

export interface InvitationParts {
  store: Store
  now: () => number
  /** Undefined: links are handed over by the people themselves. */
  mailer: Mailer | undefined
  publicUrl: () => string
}

/** Letting others in: one person invites an address, its owner accepts or declines (http.md §2.3). */
export interface Invitations {
  invite(userId: string, body: unknown): Promise<Confirmation>
  /** Pending and declined ones that this user has sent. */
  sent(userId: string): Promise<Confirmation[]>
  /** Pending ones to this user. */
  received(userId: string): Promise<Confirmation[]>
  /** By who has signed in with the invited address, and has the key. Grants what was offered beside what is granted. */
  accept(userId: string, invitation: { inviterId: string; key: unknown }): Promise<void>
  decline(userId: string, invitation: { inviterId: string; key: unknown }): Promise<void>
  cancel(userId: string, email: string): Promise<void>
  resend(confirmation: Confirmation): Promise<Confirmation>
  /** A pending one. */
  byKey(key: string): Promise<Confirmation | undefined>
  linkTo(confirmation: Confirmation): string
}

export function createInvitations({ store, now, mailer, publicUrl }: InvitationParts): Invitations {
  const isOpen = (one: Confirmation) => one.status === 'pending' && one.expiresMs > now()
  const linkTo = ({ key }: Confirmation) => `${publicUrl()}/invitation/${key}`
  const send = async (confirmation: Confirmation) => {
    if (!mailer) return
    const inviter = await store.userById(confirmation.userId)
    const { fullName } = (await store.metadata(confirmation.userId, 'profile')) ?? {}
    const name =
      typeof fullName === 'string' ? `${fullName} (${inviter?.username})` : (inviter?.username ?? '')
    mailer.send(invitationMessage({ to: confirmation.email, inviter: name, link: linkTo(confirmation) }))
  }
  const existing = async (userId: string): Promise<User> => {
    const user = await store.userById(userId)
    if (!user) throw new Refused({ kind: 'user-not-found' })
    return user
  }
  /** The pending invitation to this user that a key names. */
  const forMe = async (userId: string, { inviterId, key }: { inviterId: string; key: unknown }) => {
    if (typeof key !== 'string' || key === '') throw new Refused({ kind: 'key-missing' })
    const found = await store.confirmation(keyHashOf(key))
    if (found?.type !== type) throw new Refused({ kind: 'confirmation-not-found' })
    const isForAddress = async () => addressesOf(await existing(userId)).includes(found.email)
    const isForMe = found.inviteeId === undefined ? await isForAddress() : found.inviteeId === userId
    const isMine = isForMe && found.userId === inviterId
    if (!isMine || !isOpen(found)) throw new Refused({ kind: 'confirmation-forbidden' })
    return found
  }
  const settle = async (
    { keyHash }: Confirmation,
    status: 'completed' | 'canceled' | 'declined',
    adds?: { userId: string; granteeId: string; permissions: Confirmation['permissions'] },
  ) => {
    const grant = adds && { ...adds, permissions: adds.permissions ?? [] }
    const outcome = await store.settleConfirmation({
      keyHash,
      status,
      nowMs: now(),
      ...(grant && { adds: grant }),
    })
    if (outcome === 'not-pending') throw new Refused({ kind: 'confirmation-forbidden' })
  }

  return {
    linkTo,

    async invite(userId, body) {
      const { email, permissions, nickname } = detailsOf(body)
      const inviter = await existing(userId)
      if (addressesOf(inviter).includes(email)) throw new Refused({ kind: 'already-member' })
      const invited = await store.userByUsername(email)
      if (invited && (await store.permissions(userId, invited.id)).length > 0) {
        throw new Refused({ kind: 'already-member' })
      }
      const key = newKey()
      const confirmation: Confirmation = {
        keyHash: keyHashOf(key),
        key,
        type,
        status: 'pending',
        userId,
        email,
        ...(invited && { inviteeId: invited.id }),
        permissions,
        ...(nickname !== undefined && { nickname }),
        createdMs: now(),
        modifiedMs: now(),
        expiresMs: now() + LIFE_MS,
      }
      const outcome = await store.createConfirmation(confirmation, { replaces: false })
      if (outcome === 'unknown-user') throw new Refused({ kind: 'user-not-found' })
      if (outcome === 'pending') throw new Refused({ kind: 'already-invited' })
      await send(confirmation)
      return confirmation
    },

    async sent(userId) {
      const all = await store.confirmationsOf({ userId, type })
      return all.filter((one) => isOpen(one) || one.status === 'declined')
    },

    async received(userId) {
      const user = await existing(userId)
      if (mailer && !user.emailVerified) return []
      // Where nobody confirms addresses, an account may have any: what was sent to one that had no account then is for
      // who has the link.
      const emails = mailer ? addressesOf(user) : []
      return (await store.confirmationsTo({ userId, emails, type })).filter(isOpen)
    },

    async accept(userId, invitation) {
      const found = await forMe(userId, invitation)
      await settle(found, 'completed', {
        userId: found.userId,
        granteeId: userId,
        permissions: found.permissions,
      })
    },

    async decline(userId, invitation) {
      await settle(await forMe(userId, invitation), 'declined')
    },

    async cancel(userId, email) {
      const address = foldAddress(email)
      const found = (await store.confirmationsOf({ userId, type })).find(
        (one) => one.email === address && isOpen(one),
      )
      if (!found) throw new Refused({ kind: 'confirmation-not-found' })
      await settle(found, 'canceled')
    },

    async resend(confirmation) {
      const times = { modifiedMs: now(), expiresMs: now() + LIFE_MS }
      const { keyHash } = confirmation
      const outcome = await store.renewConfirmation({
        keyHash,
        nowMs: times.modifiedMs,
        expiresMs: times.expiresMs,
      })
      if (outcome === 'not-pending') throw new Refused({ kind: 'confirmation-forbidden' })
      const renewed = { ...confirmation, ...times }
      await send(renewed)
      return renewed
    },

    async byKey(key) {
      const found = await store.confirmation(keyHashOf(key))
      return found?.type === type && isOpen(found) ? found : undefined
    },
  }
}

/** Every address that reaches this person, as invitations name them. */
function addressesOf({ username, emails }: User): string[] {
  return [...new Set([username, ...emails.map(foldAddress)])]
}

function detailsOf(body: unknown) {
  const { email, permissions, nickname } = (typeof body === 'object' && body !== null ? body : {}) as {
    [key: string]: unknown
  }
  if (!isAddress(email)) throw new Refused({ kind: 'invitation-invalid', reason: 'email must be an address' })
  if (typeof permissions !== 'object' || permissions === null) {
    throw new Refused({ kind: 'invitation-invalid', reason: 'permissions must be a set of permissions' })
  }
  if (
    nickname !== undefined &&
    nickname !== null &&
    (typeof nickname !== 'string' || nickname.length > MAX_NICKNAME)
  ) {
    throw new Refused({
      kind: 'invitation-invalid',
      reason: `nickname must be a text of at most ${MAX_NICKNAME} characters`,
    })
  }
  const words = permissionsIn(permissions)
  if (words.length === 0) throw new Refused({ kind: 'invitation-invalid', reason: 'permissions are empty' })
  return { email: foldAddress(email), permissions: words, nickname: nickname || undefined }
}
