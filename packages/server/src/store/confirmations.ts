import type { Grant, Permission } from './permissions.ts'

export type ConfirmationType = 'careteam_invitation' | 'password_reset' | 'signup_confirmation'

/** Something that one person has begun and one with an address has to finish (http.md §2.3). */
export interface Confirmation {
  /** A hash of the key. */
  keyHash: string
  /** The key itself, of an invitation: its two parties see it. Other keys are known to a mailbox alone. */
  key?: string
  type: ConfirmationType
  status: 'pending' | 'completed' | 'canceled' | 'declined'
  /** Whose account it is about: of an invitation, who invites. */
  userId: string
  /** To whom it goes, folded to lower case. */
  email: string
  /** Of an invitation: the account that had this address when it was sent. It is for that one alone. */
  inviteeId?: string
  /** What an invitation offers. */
  permissions?: readonly Permission[]
  nickname?: string
  createdMs: number
  modifiedMs: number
  expiresMs: number
}

/** The part of the storage port that is about confirmations. */
export interface ConfirmationStore {
  /**
   * Adds one. `pending`: one of this type, from this user to this address, is pending and unexpired already, and
   * `replaces` was not asked for, by which those are canceled.
   */
  createConfirmation(
    confirmation: Confirmation,
    options: { replaces: boolean },
  ): Promise<'created' | 'pending' | 'unknown-user'>
  /** Whatever its status. */
  confirmation(keyHash: string): Promise<Confirmation | undefined>
  /** Oldest first. */
  confirmationsOf(query: { userId: string; type: ConfirmationType }): Promise<Confirmation[]>
  /** Those for this account, and those for none that go to one of these addresses; oldest first. */
  confirmationsTo(query: {
    userId: string
    emails: readonly string[]
    type: ConfirmationType
  }): Promise<Confirmation[]>
  /**
   * Ends a pending, unexpired one; with it, in the same step, what it offers is added to what is granted already.
   * `not-pending`: somebody was faster, or it has expired; nothing was changed.
   */
  settleConfirmation(plan: {
    keyHash: string
    status: 'completed' | 'canceled' | 'declined'
    nowMs: number
    adds?: Grant
  }): Promise<'settled' | 'not-pending'>
  /** A pending one lives longer. */
  renewConfirmation(plan: {
    keyHash: string
    nowMs: number
    expiresMs: number
  }): Promise<'renewed' | 'not-pending'>
}
