import type { CallOptions } from './client.ts'
import type { Connection } from './connection.ts'
import { isObject } from './faults.ts'
import { type Answer, jsonBody } from './request.ts'

/** What one person may do on the account of another (http.md §2.1). */
export type Permission = 'view' | 'upload' | 'custodian' | 'note' | 'follow'

/** Somebody who has to do with one's account. */
export interface AssociatedPerson {
  userId: string
  /** Absent for accounts without an address. */
  username?: string
  /** From their profile. */
  fullName?: string
  /** What they may do on one's account. */
  may: Permission[]
  /** What one may do on theirs. */
  letsMe: Permission[]
}

/** An invitation that nobody has answered with yes. */
export interface SentInvitation {
  email: string
  permissions: Permission[]
  status: 'pending' | 'declined'
  /** RFC 3339. */
  expiresTime?: string
  /** To hand over; a server that sends mail gives none. */
  link?: string
}

export interface SharingOptions extends CallOptions {
  /** Whose account; default: the session's own. */
  userId?: string | undefined
}

/** Who may see and do what on an account (http.md §2). */
export interface Sharing {
  /** Everybody with a right in either direction: `GET /metadata/users/U/users`. */
  people(options?: SharingOptions): Promise<AssociatedPerson[]>
  /** `POST /confirm/send/invite/U`; kind `already-shared` for who was invited or let in before. Sent once. */
  invite(email: string, permissions: readonly Permission[], options?: SharingOptions): Promise<SentInvitation>
  /** `GET /confirm/invite/U` */
  invitations(options?: SharingOptions): Promise<SentInvitation[]>
  /** `PUT /confirm/U/invited/EMAIL`; kind `not-found` if there is none. */
  cancel(email: string, options?: SharingOptions): Promise<void>
  /** Takes every right away: `POST /access/U/G` with an empty set. */
  end(granteeId: string, options?: SharingOptions): Promise<void>
}

export function sharingOf(connection: Connection): Sharing {
  const account = async ({ userId, signal }: SharingOptions = {}) => ({
    userId: await connection.userId(userId, signal),
  })
  return {
    async people(options) {
      const params = await account(options)
      const route = '/metadata/users/{userId}/users'
      const answer = await connection.call(
        { method: 'GET', route, params },
        { safe: true, signal: options?.signal },
      )
      return listIn(answer).map((one) => personOf(answer, one))
    },
    async invite(email, permissions, options) {
      const params = await account(options)
      const body = jsonBody({ email, permissions: Object.fromEntries(permissions.map((word) => [word, {}])) })
      const request = { method: 'POST', route: '/confirm/send/invite/{userId}', params, body } as const
      const kinds = { 409: 'already-shared' } as const
      const answer = await connection.call({ ...request, kinds }, { safe: false, signal: options?.signal })
      return invitationOf(answer, answer.json())
    },
    async invitations(options) {
      const params = await account(options)
      const route = '/confirm/invite/{userId}'
      const answer = await connection.call(
        { method: 'GET', route, params },
        { safe: true, signal: options?.signal },
      )
      return listIn(answer).map((one) => invitationOf(answer, one))
    },
    async cancel(email, options) {
      const params = { ...(await account(options)), email }
      const route = '/confirm/{userId}/invited/{email}'
      await connection.call({ method: 'PUT', route, params }, { safe: false, signal: options?.signal })
    },
    async end(granteeId, options) {
      const params = { ...(await account(options)), granteeId }
      const route = '/access/{userId}/{granteeId}'
      await connection.call(
        { method: 'POST', route, params, body: jsonBody({}) },
        { safe: true, signal: options?.signal },
      )
    },
  }
}

function listIn(answer: Answer): unknown[] {
  const body = answer.json()
  if (!Array.isArray(body)) throw answer.unexpected('The answer is no list.')
  return body
}

function personOf(answer: Answer, value: unknown): AssociatedPerson {
  if (!isObject(value) || typeof value.userid !== 'string')
    throw answer.unexpected('The answer is no list of people.')
  const { userid, username, profile, trusteePermissions, trustorPermissions } = value
  const fullName = isObject(profile) ? profile.fullName : undefined
  return {
    userId: userid,
    ...(typeof username === 'string' && username !== '' && { username }),
    ...(typeof fullName === 'string' && { fullName }),
    may: wordsOf(trusteePermissions),
    letsMe: wordsOf(trustorPermissions),
  }
}

function invitationOf(answer: Answer, value: unknown): SentInvitation {
  if (!isObject(value) || typeof value.email !== 'string')
    throw answer.unexpected('The answer is no invitation.')
  const { email, context, status, expiresAt, link } = value
  return {
    email,
    permissions: isObject(context) ? wordsOf(context.permissions) : [],
    status: status === 'declined' ? 'declined' : 'pending',
    ...(typeof expiresAt === 'string' && { expiresTime: expiresAt }),
    ...(typeof link === 'string' && { link }),
  }
}

function wordsOf(set: unknown): Permission[] {
  return isObject(set) ? (Object.keys(set) as Permission[]) : []
}
