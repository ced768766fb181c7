import { isUserId } from '@tidegauge/model'
import { Refused } from '../failure.ts'
import { type Permission, permissionWords } from '../store/permissions.ts'
import type { Store } from '../store/port.ts'
import type { Identity, Service } from './identity.ts'

/** Who may do something on an account. Services may do everything. */
interface Rule {
  /** Whether the owner may. */
  owner: boolean
  /** Others may with one of these. */
  grants: readonly Permission[]
  /** Others may with this one, on what they made themselves. */
  makersGrant?: Permission
  /** The one may whom the grant is for that it is about. */
  grantee?: true
  /** Those may who let the owner do something on their own account. */
  sharers?: true
}

const withAny = (...grants: Permission[]): Rule => ({ owner: true, grants })
const ownerAlone = withAny()
const servicesAlone: Rule = { owner: false, grants: [] }

/** The table of http.md §2.1. A custodian may take care of an account, which is not to look into its data. */
const rules = {
  'read data': withAny('view'),
  'see summaries': withAny('view'),
  'list data sets': withAny('custodian', 'upload', 'view'),
  'list open data sets': ownerAlone,
  // The same list at its other address, `datasets`.
  'list datasets': withAny('view'),
  // The reference lets the owner alone.
  'see a data set': withAny('view'),
  'create a data set': withAny('upload'),
  'change data': withAny('upload'),
  'close a normal data set': withAny('upload'),
  'update a continuous data set': servicesAlone,
  'delete a data set': { owner: true, grants: ['custodian'], makersGrant: 'upload' },
  'delete all data': servicesAlone,
  'see data sources': ownerAlone,
  'change data sources': servicesAlone,
  // Raw records that no reader of the data has ever seen.
  'see quarantine': ownerAlone,
  'change quarantine': ownerAlone,
  'see an account': withAny('custodian'),
  'change an account': withAny('custodian'),
  'delete an account': withAny('custodian'),
  'make a custodial account': ownerAlone,
  'sign out everywhere': ownerAlone,
  'see sign-ins': ownerAlone,
  'end a sign-in': ownerAlone,
  'make restricted tokens': ownerAlone,
  'list restricted tokens': servicesAlone,
  'see who has access': withAny('custodian'),
  'see a grant': { ...withAny('custodian'), grantee: true },
  'change a grant': withAny('custodian'),
  // The reference lets any grantee put out any other.
  'give up a grant': { ...withAny('custodian'), grantee: true },
  'see a profile': withAny(...permissionWords),
  'see a name': { ...withAny(...permissionWords), sharers: true },
  'see settings': withAny(...permissionWords),
  'change metadata': withAny('custodian'),
  invite: withAny('custodian'),
  'answer invitations': ownerAlone,
  'confirm an address': withAny('custodian'),
  'see clinics': ownerAlone,
  'see the audit trail': ownerAlone,
  'add files': withAny('upload'),
  'see files': ownerAlone,
  'delete files': ownerAlone,
  'look up accounts': servicesAlone,
} as const satisfies Record<string, Rule>

export type Operation = keyof typeof rules

/** What the operation is done on: something of this user's, made by that one. */
export interface Target {
  userId: string
  createdUserId?: string | undefined
  /** Whom the grant is for that it is about. */
  granteeId?: string
}

type Grants = Pick<Store, 'permissions'>

/**
 * Passes if the caller may do this, and answers the caller; else 401 without and 403 with a valid token. A service
 * that names a user in a form that no user id has is told so, where a person would be a stranger there.
 */
export async function requirePermission(
  store: Grants,
  who: Identity | undefined,
  operation: Operation,
  target: Target,
): Promise<Identity> {
  requireIdentity(who)
  if (who.kind === 'service' && !isUserId(target.userId)) throw new Refused({ kind: 'user-id-malformed' })
  const allowed = await mayDo(store, who, operation, target)
  who.note?.({ userId: target.userId, operation, allowed })
  if (allowed) return who
  throw new Refused({ kind: 'unauthorized' })
}

export async function mayDo(
  store: Grants,
  who: Identity | undefined,
  operation: Operation,
  target: Target,
): Promise<boolean> {
  if (!who) return false
  if (who.kind === 'service') return true
  const { owner, grants, makersGrant, grantee, sharers }: Rule = rules[operation]
  const { userId } = who
  if (userId === target.userId) return owner
  if (grantee && userId === target.granteeId) return true
  const granted = grants.length > 0 || makersGrant ? await store.permissions(target.userId, userId) : []
  if (grants.some((one) => granted.includes(one))) return true
  if (makersGrant && granted.includes(makersGrant) && target.createdUserId === userId) return true
  return sharers === true && (await store.permissions(userId, target.userId)).length > 0
}

export function requireIdentity(who: Identity | undefined): asserts who is Identity {
  if (!who) throw new Refused({ kind: 'unauthenticated' })
}

/** For what is about no account in particular. */
export function requireService(who: Identity | undefined): asserts who is Service {
  requireIdentity(who)
  if (who.kind !== 'service') throw new Refused({ kind: 'unauthorized' })
}
