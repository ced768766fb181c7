import { randomBytes } from 'node:crypto'
import type { Access } from '../audit/trail.ts'
import { Refused } from '../failure.ts'
import type { Peer } from '../http/routing.ts'
import type { Grant, PersonSession, Store, User, UserUpdate } from '../store/port.ts'
import {
  type AccountUpdate,
  CUSTODIAL_ROLE,
  foldAddress,
  isPassword,
  parseCustodial,
  parseSignUp,
  type SignUp,
} from './account-details.ts'
import { hashPassword, noPassword, passwordMatches } from './passwords.ts'
import type { Sessions } from './sessions.ts'
import type { SignInGuard } from './sign-in-guard.ts'

/** Who may make an account for themselves: anybody, nobody, or the first person to come. */
export type SignUpPolicy = 'open' | 'closed' | 'first'

export interface Credentials {
  username: string
  password: string
  /** Where they come from. */
  peer: Peer
}

export interface Accounts {
  /** Whether a stranger may make an account, and whether it would be the first. */
  signUpState(): Promise<{ isOpen: boolean; isFirst: boolean }>
  /**
   * Sign-up by a person, under the server's policy. `origin` is that of the page that asks, if it is one: while the
   * first account is still to be had, no page from elsewhere may take it behind its visitor's back.
   */
  signUp(
    details: unknown,
    from: { origin: string | undefined; userAgent: string },
  ): Promise<{ user: User; token: string }>
  /** An account made by the operator, whatever the policy. */
  add(username: string, password: string): Promise<User>
  /** An account without a password that somebody takes care of: they get every right on it (http.md §1.6). */
  addCustodial(custodianId: string, details: unknown): Promise<User>
  /** The account of these credentials, or a refusal that does not tell which of the two was wrong. */
  signIn(credentials: Credentials): Promise<User>
  /** Passes if this is the password of the account; else `password-wrong`. */
  confirmPassword(userId: string, password: unknown, peer: Peer): Promise<void>
  /** An id, or an address in any case. */
  find(idOrAddress: string): Promise<User | undefined>
  /** Changes an account; what may be changed by whom is the caller's to see to. `keep` is the session that lives on. */
  update(userId: string, update: AccountUpdate, keep?: PersonSession): Promise<User>
  /** A new password, after which every session has to be signed in again. */
  setPassword(userId: string, password: unknown): Promise<User>
  /** The address is the owner's. */
  markVerified(userId: string): Promise<User>
  /** The owner of a custodial account takes it over: with a password, and without custodians. */
  claim(userId: string, password: unknown): Promise<User>
  /** Ends everything that is signed in. */
  signOutEverywhere(userId: string): Promise<void>
  /** Removes the account and everything in it, and overwrites it; done when this resolves. */
  remove(userId: string): Promise<'deleted' | 'unknown-user'>
}

export interface AccountParts {
  store: Store
  sessions: Sessions
  guard: SignInGuard
  policy: SignUpPolicy
  /** Whether nobody signs in with an address that is not confirmed; needs a way to send mail. */
  requireVerified: boolean
  now: () => number
  /** Removes the bytes of files whose owner is gone. */
  sweepFiles: () => Promise<void>
  /** Told who signed in, and who tried to. */
  note: (access: Access, peer: Peer) => void
}

/** Overwritten in one transaction: little enough that nobody's upload waits for it. */
const ROWS_AT_A_TIME = 2000

export function createAccounts(parts: AccountParts): Accounts {
  const { store, sessions, guard, policy, requireVerified, now, sweepFiles, note } = parts

  const newUser = (
    fields: Pick<User, 'username' | 'emails' | 'roles' | 'passwordHash' | 'emailVerified'>,
  ): User => ({
    id: randomBytes(5).toString('hex'),
    createdMs: now(),
    ...fields,
  })

  const create = async (
    user: User,
    options: { onlyIfFirst: boolean; session?: PersonSession; grant?: Grant },
  ): Promise<User> => {
    switch (await store.createUser(user, options)) {
      case 'created':
        return user
      case 'taken':
        throw new Refused({ kind: 'user-exists' })
      case 'not-first':
        throw new Refused({ kind: 'sign-up-closed' })
    }
  }

  const fromSignUp = async (details: SignUp, emailVerified: boolean): Promise<User> =>
    newUser({
      username: foldAddress(details.username),
      emails: details.emails.map((address) => address.trim()),
      roles: details.roles.length > 0 ? details.roles : ['patient'],
      passwordHash: await hashPassword(details.password),
      emailVerified,
    })

  const change = async (plan: UserUpdate): Promise<User> => {
    const outcome = await store.updateUser(plan)
    if (outcome === 'taken') throw new Refused({ kind: 'user-exists' })
    const user = await store.userById(plan.userId)
    if (outcome === 'unknown-user' || !user) throw new Refused({ kind: 'user-not-found' })
    return user
  }

  const eraseDeleted = async () => {
    while ((await store.eraseDeleted({ limit: ROWS_AT_A_TIME })) > 0);
  }

  const check = (user: User | undefined, account: string, password: string, address: string) =>
    // An unknown name costs as much time as a wrong password, so that names cannot be probed.
    guard.attempt({ address, account }, async () => {
      const matches = await passwordMatches(password, user?.passwordHash || noPassword)
      return matches && user !== undefined
    })

  return {
    async signUpState() {
      const isFirst = !(await store.hasUsers())
      return { isOpen: policy === 'open' || (policy === 'first' && isFirst), isFirst }
    },

    async signUp(body, { origin, userAgent }) {
      const details = parseSignUp(body)
      // Before the costly hash; for `first` the store has the last word.
      const isClosed = policy === 'closed' || (policy === 'first' && (await store.hasUsers()))
      if (isClosed) throw new Refused({ kind: 'sign-up-closed' })
      if (policy === 'first' && !isLocalPage(origin)) throw new Refused({ kind: 'sign-up-from-elsewhere' })
      const user = await fromSignUp(details, !requireVerified)
      // With the account or not at all: nobody is to be left with an account and no word of it.
      const { token, session } = sessions.make(user.id, userAgent)
      await create(user, { onlyIfFirst: policy === 'first', session })
      return { user, token }
    },

    async add(username, password) {
      const details = parseSignUp({ username, emails: [username], password })
      return create(await fromSignUp(details, true), { onlyIfFirst: false })
    },

    async addCustodial(custodianId, body) {
      const details = parseCustodial(body)
      const user = newUser({
        username: '',
        emails: details?.emails.map((address) => address.trim()) ?? [],
        roles: [CUSTODIAL_ROLE, 'patient'],
        passwordHash: '',
        emailVerified: false,
      })
      user.username = details ? foldAddress(details.username) : noAddress(user.id)
      const grant: Grant = {
        userId: user.id,
        granteeId: custodianId,
        permissions: ['custodian', 'upload', 'view'],
      }
      return create(user, { onlyIfFirst: false, grant })
    },

    async signIn({ username, password, peer }) {
      const account = foldAddress(username)
      const user = await store.userByUsername(account)
      const matches = await check(user, account, password, peer.address)
      if (user) note({ userId: user.id, operation: 'sign in', allowed: matches }, peer)
      if (!user || !matches) throw new Refused({ kind: 'credentials-wrong' })
      if (requireVerified && !user.emailVerified) throw new Refused({ kind: 'user-not-verified' })
      return user
    },

    async confirmPassword(userId, password, peer) {
      const user = await store.userById(userId)
      const matches =
        typeof password === 'string' &&
        password !== '' &&
        user &&
        (await check(user, user.username, password, peer.address))
      if (!matches) throw new Refused({ kind: 'password-wrong' })
    },

    async find(idOrAddress) {
      return (await store.userById(idOrAddress)) ?? (await store.userByUsername(foldAddress(idOrAddress)))
    },

    async update(userId, { username, emails, password, ...rest }, keep) {
      const removesAddress = emails?.length === 0
      const changes: UserUpdate['changes'] = {
        ...rest,
        ...(username !== undefined && { username: foldAddress(username) }),
        ...(removesAddress && { username: noAddress(userId) }),
        ...(emails && { emails: emails.map((address) => address.trim()) }),
        ...(password !== undefined && { passwordHash: await hashPassword(password) }),
      }
      // A new address has to be confirmed anew.
      const isNewAddress = username !== undefined || emails !== undefined
      if (requireVerified && isNewAddress && rest.emailVerified === undefined) changes.emailVerified = false
      const user = await change({ userId, changes })
      if (password !== undefined) await sessions.closeAll(userId, keep)
      return user
    },

    async setPassword(userId, password) {
      if (!isPassword(password)) throw new Refused({ kind: 'user-details-invalid' })
      const user = await change({ userId, changes: { passwordHash: await hashPassword(password) } })
      await sessions.closeAll(userId)
      return user
    },

    markVerified: (userId) => change({ userId, changes: { emailVerified: true } }),

    async claim(userId, password) {
      if (!isPassword(password)) throw new Refused({ kind: 'user-details-invalid' })
      const changes = { passwordHash: await hashPassword(password), emailVerified: true, roles: ['patient'] }
      return change({ userId, changes, endCustody: true })
    },

    signOutEverywhere: (userId) => sessions.closeAll(userId),

    async remove(userId) {
      const outcome = await store.deleteUser(userId)
      await eraseDeleted()
      await sweepFiles()
      return outcome
    },
  }
}

/** In the place of the address of an account that has none: nobody can type it, and it is not shown. */
function noAddress(userId: string): string {
  return `no-address:${userId}`
}

/** The address that an account signs in with; empty if it has none. */
export function usernameOf({ username }: Pick<User, 'username'>): string {
  return username.startsWith('no-address:') ? '' : username
}

function isLocalPage(origin: string | undefined): boolean {
  if (origin === undefined) return true
  const hostname = URL.canParse(origin) ? new URL(origin).hostname : ''
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
