import { foldAddress, isPassword } from '../auth/account-details.ts'
import type { Accounts } from '../auth/accounts.ts'
import { Refused } from '../failure.ts'
import type { Logger } from '../log.ts'
import type { Mailer } from '../mail/mailer.ts'
import type { Confirmation, ConfirmationType, Store, User } from '../store/port.ts'
import { keyHashOf, newKey } from './keys.ts'
import { resetMessage, signUpMessage } from './messages.ts'

const DAY_MS = 86_400_000
const lifeMs = { signup_confirmation: 31 * DAY_MS, password_reset: 7 * DAY_MS } as const

export interface AddressParts {
  store: Store
  now: () => number
  accounts: Accounts
  mailer: Mailer | undefined
  log: Logger
  publicUrl: () => string
}

/** What is proved by having the mail of an address: that an account is one's own (http.md §2.3). */
export interface Addresses {
  /** Asks to confirm the address of an account. */
  sendSignUp(user: User): Promise<Confirmation>
  pendingSignUp(userId: string): Promise<Confirmation | undefined>
  cancelSignUp(userId: string): Promise<void>
  /** Confirms; an account without a password gets one, and belongs to its owner from then on. */
  acceptSignUp(key: string, claim: { password?: unknown; birthday?: unknown }): Promise<void>
  /**
   * Sends a link for a new password, if there is such an account; behind the caller's back, so that neither the answer
   * nor its time tells whether there is.
   */
  sendReset(address: string): void
  /** A link for a new password, for the operator to hand over. */
  resetLink(user: User): Promise<string>
  acceptReset(reset: { key: unknown; email?: unknown; password: unknown }): Promise<void>
  /** The account that a pending key is about. */
  accountOf(type: ConfirmationType, key: string): Promise<User | undefined>
}

export function createAddresses({ store, now, accounts, mailer, log, publicUrl }: AddressParts): Addresses {
  const make = async (
    user: User,
    type: keyof typeof lifeMs,
  ): Promise<{ key: string; made: Confirmation }> => {
    const key = newKey()
    const made: Confirmation = {
      keyHash: keyHashOf(key),
      type,
      status: 'pending',
      userId: user.id,
      email: user.username,
      createdMs: now(),
      modifiedMs: now(),
      expiresMs: now() + lifeMs[type],
    }
    const outcome = await store.createConfirmation(made, { replaces: true })
    if (outcome !== 'created') throw new Refused({ kind: 'user-not-found' })
    return { key, made }
  }
  const pending = async (type: ConfirmationType, key: unknown): Promise<Confirmation> => {
    if (typeof key !== 'string' || key === '') throw new Refused({ kind: 'key-missing' })
    const found = await store.confirmation(keyHashOf(key))
    const isOpen = found?.type === type && found.status === 'pending' && found.expiresMs > now()
    if (!isOpen) throw new Refused({ kind: 'confirmation-not-found' })
    return found
  }
  const settle = async ({ keyHash }: Confirmation, status: 'completed' | 'canceled') => {
    const outcome = await store.settleConfirmation({ keyHash, status, nowMs: now() })
    if (outcome === 'not-pending') throw new Refused({ kind: 'confirmation-not-found' })
  }
  const pendingSignUp = async (userId: string) => {
    const all = await store.confirmationsOf({ userId, type: 'signup_confirmation' })
    return all.find((one) => one.status === 'pending' && one.expiresMs > now())
  }
  const ownerOf = async ({ userId }: Confirmation): Promise<User> => {
    const user = await store.userById(userId)
    if (!user) throw new Refused({ kind: 'confirmation-not-found' })
    return user
  }

  const sendReset = async (address: string) => {
    const user = await store.userByUsername(foldAddress(address))
    // Nobody has a password yet to forget.
    // Where no message goes out the link of the one before stays good.
    if (!user || user.passwordHash === '' || !mailer?.reaches(user.username)) return
    const { key, made } = await make(user, 'password_reset')
    mailer.send(resetMessage({ to: made.email, link: `${publicUrl()}/reset/${key}` }))
  }

  return {
    async sendSignUp(user) {
      const before = mailer && !mailer.reaches(user.username) ? await pendingSignUp(user.id) : undefined
      if (before) return before
      const { key, made } = await make(user, 'signup_confirmation')
      mailer?.send(signUpMessage({ to: made.email, link: `${publicUrl()}/verify/${key}` }))
      return made
    },
    pendingSignUp,
    async cancelSignUp(userId) {
      const found = await pendingSignUp(userId)
      if (!found) throw new Refused({ kind: 'confirmation-not-found' })
      await settle(found, 'canceled')
    },
    async acceptSignUp(key, claim) {
      const found = await pending('signup_confirmation', key)
      const user = await ownerOf(found)
      const isUnclaimed = user.passwordHash === ''
      if (isUnclaimed) await refuseClaim(store, user, claim)
      await settle(found, 'completed')
      if (isUnclaimed) await accounts.claim(user.id, claim.password)
      else await accounts.markVerified(user.id)
    },
    sendReset(address) {
      sendReset(address).catch((error) =>
        log.error({ err: error }, 'a link for a new password could not be made'),
      )
    },
    async resetLink(user) {
      const { key } = await make(user, 'password_reset')
      return `${publicUrl()}/reset/${key}`
    },
    async acceptReset({ key, email, password }) {
      const found = await pending('password_reset', key)
      const isOther = email !== undefined && (typeof email !== 'string' || foldAddress(email) !== found.email)
      if (isOther) throw new Refused({ kind: 'confirmation-not-found' })
      if (!isPassword(password)) throw new Refused({ kind: 'user-details-invalid' })
      await ownerOf(found)
      await settle(found, 'completed')
      await accounts.setPassword(found.userId, password)
      // Who has read the mail has the address.
      await accounts.markVerified(found.userId)
    },
    async accountOf(type, key) {
      try {
        return await ownerOf(await pending(type, key))
      } catch (error) {
        if (error instanceof Refused) return undefined
        throw error
      }
    },
  }
}

/** The reasons, by number, why an account without a password cannot be taken over so (http.md §2.3). */
async function refuseClaim(
  store: Store,
  user: User,
  { password, birthday }: { password?: unknown; birthday?: unknown },
) {
  const refuse = (error: number, reason: string): never => {
    throw new Refused({ kind: 'claim-refused', error, reason })
  }
  if (password === undefined && birthday === undefined) refuse(1001, 'User does not have a password')
  if (password === undefined || password === '') refuse(1002, 'Password is missing')
  if (!isPassword(password)) refuse(1003, 'Password specified is invalid')
  if (birthday === undefined || birthday === '') refuse(1004, 'Birthday is missing')
  if (typeof birthday !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(birthday))
    refuse(1005, 'Birthday specified is invalid')
  const profile = await store.metadata(user.id, 'profile')
  const known = (profile?.patient as { birthday?: unknown } | null | undefined)?.birthday
  if (typeof known === 'string' && known !== birthday)
    refuse(1006, 'Birthday specified does not match patient birthday')
}
