import type { JsonObject, Permission, Store, User } from '../store/port.ts'
import { grantSet } from './grant-set.ts'
import { userJson } from './user-json.ts'

/**
 * Everybody who shares with this user or whom this user shares with, never the user (http.md §2.4): `trustorPermissions`
 * are what they let the user do, `trusteePermissions` what the user lets them do.
 */
export async function associatedUsers(
  store: Store,
  userId: string,
  query: URLSearchParams,
): Promise<object[]> {
  const given = new Map((await store.grantsBy(userId)).map((grant) => [grant.granteeId, grant.permissions]))
  const received = new Map((await store.grantsTo(userId)).map((grant) => [grant.userId, grant.permissions]))
  const found: object[] = []
  for (const id of new Set([...received.keys(), ...given.keys()])) {
    const user = await store.userById(id)
    if (!user) continue
    const one = {
      user,
      trustor: received.get(id),
      trustee: given.get(id),
      profile: await store.metadata(id, 'profile'),
    }
    if (matches(one, query)) found.push(await entry(store, one))
  }
  return found
}

interface Associated {
  user: User
  trustor: readonly Permission[] | undefined
  trustee: readonly Permission[] | undefined
  profile: JsonObject | undefined
}

async function entry(store: Store, { user, trustor, trustee, profile }: Associated): Promise<object> {
  const may = (...words: Permission[]) => words.some((word) => trustor?.includes(word))
  const { patient: _patient, ...withoutPatient } = profile ?? {}
  const settings = may('custodian', 'view', 'upload') ? await store.metadata(user.id, 'settings') : undefined
  const preferences = may('custodian') ? await store.metadata(user.id, 'preferences') : undefined
  return {
    ...userJson(user),
    ...(trustor && { trustorPermissions: grantSet(trustor) }),
    ...(trustee && { trusteePermissions: grantSet(trustee) }),
    ...(profile && { profile: trustor ? profile : withoutPatient }),
    ...(settings && { settings }),
    ...(preferences && { preferences }),
  }
}

/** The filters of the query; what cannot be read of it filters nothing. */
function matches({ user, trustor, trustee, profile }: Associated, query: URLSearchParams): boolean {
  // Of who does not share with the user only the name is known here too.
  const patient =
    trustor && typeof profile?.patient === 'object' ? (profile.patient as JsonObject | null) : undefined
  const contains = (name: string, ...values: unknown[]) => {
    const part = query.get(name)?.toLowerCase()
    return !part || values.some((value) => typeof value === 'string' && value.toLowerCase().includes(part))
  }
  const verified = query.get('emailVerified')
  return (
    hasGrants(query.get('trustorPermissions'), trustor) &&
    hasGrants(query.get('trusteePermissions'), trustee) &&
    contains('email', user.username, ...user.emails) &&
    (verified === null || verified === String(user.emailVerified)) &&
    contains('termsAccepted', user.termsAccepted) &&
    contains('name', profile?.fullName) &&
    contains('birthday', patient?.birthday) &&
    contains('diagnosisDate', patient?.diagnosisDate)
  )
}

function hasGrants(wanted: string | null, granted: readonly Permission[] | undefined): boolean {
  if (!wanted) return true
  if (wanted === 'any') return granted !== undefined
  if (wanted === 'none') return granted === undefined
  return wanted.split(',').every((word) => (granted as readonly string[] | undefined)?.includes(word))
}
