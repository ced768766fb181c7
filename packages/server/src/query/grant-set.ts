import { Refused } from '../failure.ts'
import { type Permission, permissionWords } from '../store/port.ts'

/** Permissions as they go on the wire: `{"view":{},"upload":{}}`; presence is the grant (http.md §2.1). */
export type GrantSet = Partial<Record<Permission, object>>

export function grantSet(permissions: readonly Permission[]): GrantSet {
  return Object.fromEntries(permissions.map((word) => [word, {}]))
}

/** Reads a body; an empty one grants nothing. `root`, which nobody can give, is passed over; refuses unknown words. */
export function parseGrantSet(body: Buffer): Permission[] {
  const text = body.toString('utf8').trim()
  if (text === '') return []
  let set: unknown
  try {
    set = JSON.parse(text)
  } catch (cause) {
    throw new Refused({ kind: 'json-malformed' }, { cause })
  }
  return permissionsIn(set)
}

/** The words of a set that is part of a body. */
export function permissionsIn(set: unknown): Permission[] {
  if (typeof set !== 'object' || set === null || Array.isArray(set))
    throw new Refused({ kind: 'json-malformed' })
  const words = Object.keys(set).filter((word) => word !== 'root')
  for (const word of words) if (!isPermission(word)) throw new Refused({ kind: 'permission-unknown', word })
  return words.filter(isPermission).sort()
}

function isPermission(word: string): word is Permission {
  return (permissionWords as readonly string[]).includes(word)
}
