import { formatTime, parseTime } from '@tidegauge/model'
import { Refused } from '../failure.ts'

/** What people send of accounts, and what it has to look like (http.md §1.6). */

export interface SignUp {
  username: string
  emails: string[]
  password: string
  roles: string[]
}

/** What `PUT /auth/user` changes; what is not named stays. */
export interface AccountUpdate {
  username?: string
  emails?: string[]
  password?: string
  roles?: string[]
  emailVerified?: boolean
  /** RFC 3339, UTC. */
  termsAccepted?: string
}

const MAX_EMAILS = 10

export const ROLES: ReadonlySet<string> = new Set([
  'brokered',
  'clinic',
  'clinician',
  'migrated_clinic',
  'patient',
])
/** Of an account that somebody made for somebody else, who has not taken it over; given by the server alone. */
export const CUSTODIAL_ROLE = 'custodial_account'

/** Addresses are compared without regard to case and outer white space (http.md §1.2). */
export function foldAddress(address: string): string {
  return address.normalize('NFC').trim().toLowerCase()
}

/** The body of a sign-up; a custodial account is not made this way. */
export function parseSignUp(body: unknown): SignUp {
  const { username, emails, password, roles } = fieldsOf(body)
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
  throw invalid()
}

/** The body of a new custodial account: an address, or none. */
export function parseCustodial(body: unknown): Pick<SignUp, 'username' | 'emails'> | undefined {
  const { username, emails } = fieldsOf(body)
  if (isNothing(username) && (isNothing(emails) || (isListOf(emails, isAddress) && emails.length === 0)))
    return undefined
  if (isAddress(username) && isListOf(emails, isAddress) && emails.length === 1) return { username, emails }
  throw invalid()
}

/** The body of an update: what is in `updates`; unknown keys there are ignored. */
export function parseUpdate(body: unknown): AccountUpdate {
  const { updates } = fieldsOf(body)
  if (typeof updates !== 'object' || updates === null || Array.isArray(updates)) throw invalid()
  const { username, emails, password, roles, emailVerified, termsAccepted } = fieldsOf(updates)
  const update: AccountUpdate = {
    ...checked('username', username, isAddress),
    ...checked(
      'emails',
      emails,
      (value): value is string[] => isListOf(value, isAddress) && value.length <= MAX_EMAILS,
    ),
    ...checked('password', password, isPassword),
    ...checked('roles', roles, (value): value is string[] => isListOf(value, isRole)),
    ...checked('emailVerified', emailVerified, (value) => typeof value === 'boolean'),
    ...(isNothing(termsAccepted) ? {} : { termsAccepted: timeOf(termsAccepted) }),
  }
  const { emails: addresses } = update
  const first = addresses?.[0]
  if (
    update.username !== undefined &&
    addresses &&
    (first === undefined || foldAddress(first) !== foldAddress(update.username))
  ) {
    throw invalid()
  }
  return update
}

export function isPassword(value: unknown): value is string {
  return typeof value === 'string' && /^\S{8,72}$/u.test(value)
}

/** Something that looks like an address, without what cannot be seen, and without the colon that would end it in Basic. */
export function isAddress(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= 254 &&
    /^[^\s@:\p{C}]+@[^\s@:\p{C}]+\.[^\s@:\p{C}]+$/u.test(value.trim())
  )
}

function timeOf(value: unknown): string {
  const timeMs = typeof value === 'string' ? parseTime(value) : undefined
  if (timeMs === undefined) throw invalid()
  return formatTime(timeMs)
}

function isRole(value: unknown): value is string {
  return typeof value === 'string' && ROLES.has(value)
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is)
}

function isNothing(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === ''
}

function checked<Name extends string, T>(
  name: Name,
  value: unknown,
  is: (value: unknown) => value is T,
): { [K in Name]?: T } {
  if (value === undefined || value === null) return {}
  if (!is(value)) throw invalid()
  return { [name]: value } as { [K in Name]?: T }
}

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
}

function invalid(): Refused {
  return new Refused({ kind: 'user-details-invalid' })
}
