import { ROLES } from '../auth/account-details.ts'
import { Refused } from '../failure.ts'
import type { Store, User } from '../store/port.ts'

const DAY_MS = 86_400_000
const parameters = ['id', 'role', 'createdFrom', 'createdTo']

/**
 * The accounts that a service asks for (http.md §1.5): those of a list of ids, or those with a role, perhaps made on
 * some days (UTC, both inclusive). An id that nobody has is left out.
 */
export async function lookUpAccounts(store: Store, query: URLSearchParams): Promise<User[]> {
  const ids = query.get('id')?.split(',').filter(Boolean) ?? []
  const role = query.get('role') ?? ''
  if (query.size === 0) throw refusal('A query must be specified')
  if ([...query.keys()].some((name) => !parameters.includes(name))) throw refusal('Unknown query parameter')
  const fromMs = day(query, 'createdFrom')
  const toMs = day(query, 'createdTo')
  if (ids.length > 0 && role !== '') throw refusal('Only one query parameter is allowed')
  if (ids.length > 0) {
    const found = await Promise.all([...new Set(ids)].map((id) => store.userById(id)))
    return found.filter((user) => user !== undefined)
  }
  if (role === '') throw refusal('A query must be specified')
  if (!ROLES.has(role)) throw refusal('The role specified is invalid')
  return store.usersWithRole({
    role,
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs: toMs + DAY_MS - 1 }),
  })
}

function day(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const ms = Date.parse(`${text}T00:00:00.000Z`)
  const isThatDay = /^\d{4}-\d\d-\d\d$/.test(text) && ms >= 0 && new Date(ms).toISOString().startsWith(text)
  if (!isThatDay) throw refusal(`Invalid query parameter: ${name}`)
  return ms
}

function refusal(reason: string): Refused {
  return new Refused({ kind: 'account-query-invalid', reason })
}
