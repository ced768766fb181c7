import { randomBytes } from 'node:crypto'
import { Refused } from '../failure.ts'
import type { PersonSession, Store, User } from '../store/port.ts'
import { hashPassword, noPassword, passwordMatches } from './passwords.ts'
import type { Sessions } from './sessions.ts'

/** Who may make an account for themselves: anybody, nobody, or the first person to come. */
export type SignUpPolicy = 'open' | 'closed' | 'first'

export interface SignUp {
  username: string
  emails: string[]
  password: string
  roles: string[]
}

export interface Accounts {
  /**
   * Sign-up by a person, under the server's policy. `origin` is that of the page that asks, if it is one: while the
   * first account is still to be had, no page from elsewhere may take it behind its visitor's back.
   */
  signUp(details: unknown, origin: string | undefined): Promise<{ user: User; token: string }>
  /** An account made by the operator, whatever the policy. */
  add(username: string, password: string): Promise<User>
  /**
   * The account of these credentials, or a refusal that does not tell which of the two was wrong. `address` is the IP
   * address that asks.
   */
  signIn(credentials: { username: string; password: string; address: string }): Promise<User>
  find(idOrAddress: string): Promise<User | undefined>
}

export interface AccountParts {
  store: Store
  sessions: Sessions
  policy: SignUpPolicy
  now: () => number
}

export function createAccounts({ store, sessions, policy, now }: AccountParts): Accounts {
  const create = async (
    details: SignUp,
    options: { onlyIfFirst: boolean; makeSession?: (userId: string) => PersonSession },
  ): Promise<User> => {
    const user: User = {
      id: randomBytes(5).toString('hex'),
      username: foldAddress(details.username),
      emails: details.emails.map((address) => address.trim()),
      roles: details.roles.length > 0 ? details.roles : ['patient'],
      passwordHash: await hashPassword(details.password),
      emailVerified: true, // without a mail transport every account counts as verified
      createdMs: now(),
    }
    const { onlyIfFirst, makeSession } = options
    const session = makeSession?.(user.id)
    switch (await store.createUser(user, { onlyIfFirst, ...(session && { session }) })) {
      case 'created':
        return user
      case 'taken':
        throw new Refused({ kind: 'user-exists' })
      case 'not-first':
        throw new Refused({ kind: 'sign-up-closed' })
    }
  }

  return {
    async signUp(body, origin) {
      const details = parseSignUp(body)
      // Before the costly hash; for `first` the store has the last word.
      const isClosed = policy === 'closed' || (policy === 'first' && (await store.hasUsers()))
      if (isClosed) throw new Refused({ kind: 'sign-up-closed' })
      if (policy === 'first' && !isLocalPage(origin)) throw new Refused({ kind: 'sign-up-from-elsewhere' })
      // With the account or not at all: nobody is to be left with an account and no word of it.
      let token = ''
      const makeSession = (userId: string) => {
        const made = sessions.make(userId)
        token = made.token
        return made.session
      }
      const user = await create(details, { onlyIfFirst: policy === 'first', makeSession })
      return { user, token }
    },
    add: (username, password) =>
      create(parseSignUp({ username, emails: [username], password }), { onlyIfFirst: false }),
    async signIn({ username, password }) {
      const user = await store.userByUsername(foldAddress(username))
      // An unknown name costs as much time as a wrong password, so that names cannot be probed.
      const matches = await passwordMatches(password, user?.passwordHash ?? noPassword)
      if (!user || !matches) throw new Refused({ kind: 'credentials-wrong' })
      return user
    },
    async find(idOrAddress) {
      return (await store.userById(idOrAddress)) ?? (await store.userByUsername(foldAddress(idOrAddress)))
    },
  }
}

/** Addresses are compared without regard to case and outer white space (http.md §1.2). */
function foldAddress(address: string): string {
  return address.normalize('NFC').trim().toLowerCase()
}

function isLocalPage(origin: string | undefined): boolean {
  if (origin === undefined) return true
  const hostname = URL.canParse(origin) ? new URL(origin).hostname : ''
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

const MAX_EMAILS = 10

export const ROLES: ReadonlySet<string> = new Set([
  'brokered',
  'clinic',
  'clinician',
  'migrated_clinic',
  'patient',
])

/** The body of a sign-up, by the rules of http.md §1.6; a custodial account is not made this way. */
function parseSignUp(body: unknown): SignUp {
  const { username, emails, password, roles } = (typeof body === 'object' && body !== null ? body : {}) as {
    [key: string]: unknown
  }
  if (
    isAddress(username) &&
    isListOf(emails, isAddress) &&
    emails.length > 0 &&
    emails.length <= MAX_EMAILS &&
    isPassword(password) &&
    (roles === undefined || roles === null || isListOf(roles, isRole))
  ) {
    return { username, emails, password, roles: roles ?? [] }
  }
  throw new Refused({ kind: 'user-details-invalid' })
}

/** Something that looks like an address, without what cannot be seen, and without the colon that would end it in Basic. */
function isAddress(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= 254 &&
    /^[^\s@:\p{C}]+@[^\s@:\p{C}]+\.[^\s@:\p{C}]+$/u.test(value.trim())
  )
}

function isPassword(value: unknown): value is string {
  return typeof value === 'string' && /^\S{8,72}$/u.test(value)
}

function isRole(value: unknown): value is string {
  return typeof value === 'string' && ROLES.has(value)
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is)
}
