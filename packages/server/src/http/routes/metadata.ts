import { randomBytes } from 'node:crypto'
import { mayDo, requireIdentity, requirePermission, requireService } from '../../auth/permissions.ts'
import { Refused } from '../../failure.ts'
import { associatedUsers } from '../../query/associated-users.ts'
import type { JsonObject, MetadataName, Store } from '../../store/port.ts'
import { lenientQueryOf } from '../query-string.ts'
import type { Route, RouteRequest } from '../routing.ts'

const MAX_BYTES = 256 * 1024

/** What people say of themselves, and who they have to do with (http.md §2.4). */
export function metadataRoutes({ store }: { store: Store }): Route[] {
  const envelope = 'sharing'
  const merged = async (request: RouteRequest, name: MetadataName): Promise<JsonObject> => {
    const userId = request.parameter('userId')
    await requirePermission(store, await request.identify(), 'change metadata', { userId })
    return merge(store, { userId, name, changes: objectIn(await request.json(MAX_BYTES)) })
  }
  const collection = (name: MetadataName): Route[] => [
    {
      method: 'GET',
      paths: [`/metadata/:userId/${name}`],
      envelope,
      async handle(request) {
        const userId = request.parameter('userId')
        await requirePermission(store, await request.identify(), 'see settings', { userId })
        return stored(store, userId, name)
      },
    },
    ...changes(name),
  ]
  const changes = (name: MetadataName): Route[] =>
    (['PUT', 'POST'] as const).map((method) => ({
      method,
      paths: [`/metadata/:userId/${name}`],
      envelope,
      handle: (request) => merged(request, name),
    }))

  return [
    {
      method: 'GET',
      paths: ['/metadata/:userId/profile'],
      envelope,
      async handle(request) {
        const userId = request.parameter('userId')
        const who = await request.identify()
        await requirePermission(store, who, 'see a name', { userId })
        if (await mayDo(store, who, 'see a profile', { userId })) return stored(store, userId, 'profile')
        const { fullName } = await stored(store, userId, 'profile')
        return typeof fullName === 'string' ? { fullName } : {}
      },
    },
    ...changes('profile'),
    ...collection('settings'),
    ...collection('preferences'),
    {
      method: 'GET',
      paths: ['/metadata/collections'],
      envelope,
      handle: () => ['profile', 'groups', 'private'],
    },
    {
      method: 'GET',
      paths: ['/metadata/:userId/private/:name'],
      envelope,
      async handle(request) {
        requireService(await request.identify())
        const [userId, name] = [request.parameter('userId'), request.parameter('name')]
        const secret = { id: randomBytes(5).toString('hex'), hash: randomBytes(24).toString('hex') }
        const pairs = await merge(store, {
          userId,
          name: 'private',
          changes: { [name]: secret },
          keepExisting: true,
        })
        return pairs[name]
      },
    },
    {
      method: 'GET',
      paths: ['/metadata/users/:userId/users'],
      envelope,
      async handle(request) {
        const userId = request.parameter('userId')
        await requirePermission(store, await request.identify(), 'see who has access', { userId })
        return associatedUsers(store, userId, lenientQueryOf(request.url))
      },
    },
    {
      method: 'GET',
      paths: ['/metadata/publicinfo'],
      envelope,
      // Nothing here is public: of those that were asked for, whose name the caller may see.
      async handle(request) {
        const who = await request.identify()
        requireIdentity(who)
        const asked = (lenientQueryOf(request.url).get('users') ?? '').split(',', MAX_ASKED)
        const known: Record<string, JsonObject> = {}
        for (const userId of new Set(asked)) {
          const profile =
            (await mayDo(store, who, 'see a name', { userId })) && (await store.metadata(userId, 'profile'))
          if (profile) known[userId] = { fullName: profile.fullName }
        }
        return known
      },
    },
  ]
}

const MAX_ASKED = 100

async function stored(store: Store, userId: string, name: MetadataName): Promise<JsonObject> {
  const found = await store.metadata(userId, name)
  if (!found) throw new Refused({ kind: 'metadata-not-found' })
  return found
}

async function merge(
  store: Store,
  plan: { userId: string; name: MetadataName; changes: JsonObject; keepExisting?: boolean },
): Promise<JsonObject> {
  const outcome = await store.mergeMetadata({ ...plan, maxBytes: MAX_BYTES })
  if (outcome === 'unknown-user') throw new Refused({ kind: 'user-not-found' })
  if (outcome === 'too-large') throw new Refused({ kind: 'too-large', what: 'body bytes', limit: MAX_BYTES })
  return outcome
}

function objectIn(body: unknown): JsonObject {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as JsonObject
  throw new Refused({ kind: 'json-malformed' })
}
