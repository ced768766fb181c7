import { formatTime, parseTime } from '@tidegauge/model'
import type { Identity } from '../../auth/identity.ts'
import { requireIdentity, requirePermission } from '../../auth/permissions.ts'
import { Refused } from '../../failure.ts'
import type { Contents } from '../../files/contents.ts'
import type { Store, StoredFile } from '../../store/port.ts'
import { bare } from '../bare.ts'
import { ParameterReader, queryOf } from '../query-string.ts'
import { type Route, type RouteRequest, userIdOf } from '../routing.ts'

export interface FileRouteParts {
  store: Store
  now: () => number
  contents: Contents
  /** Of one file. */
  maxBytes: number
}

/** What the Uploader sends beside the data: the memory of a device as it was read, and logs of apps (http.md §5.2). */
export function fileRoutes(parts: FileRouteParts): Route[] {
  return [...family(parts, 'blobs', 'blob'), ...family(parts, 'device_logs', 'device_log')]
}

function family(
  { store, now, contents, maxBytes }: FileRouteParts,
  name: string,
  kind: StoredFile['kind'],
): Route[] {
  const envelope = 'platform-new'
  const ofUser = [`/v1/users/:userId/${name}`]
  const one = [`/v1/${name}/:id`]
  const isLog = kind === 'device_log'
  /** The file that the path names, if the caller may do this with it. */
  const permitted = async (request: RouteRequest, operation: 'see files' | 'delete files') => {
    const who: Identity | undefined = await request.identify()
    requireIdentity(who)
    const id = request.parameter('id')
    const found = await store.file(id)
    if (found?.kind !== kind) throw new Refused({ kind: 'resource-not-found', id })
    await requirePermission(store, who, operation, found)
    return found
  }
  return [
    {
      method: 'POST',
      paths: ofUser,
      envelope,
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'add files', { userId })
        const digest = digestIn(request, isLog)
        const mediaType = mediaTypeIn(request)
        const span = isLog ? spanIn(request) : {}
        const { id, sizeBytes, digestMd5, done } = await contents.keep(request.stream(), maxBytes)
        try {
          if (digest !== undefined && digest !== digestMd5) {
            throw new Refused({ kind: 'digests-not-equal', sent: digest, computed: digestMd5 })
          }
          const file: StoredFile = {
            id,
            userId,
            kind,
            digestMd5,
            mediaType,
            sizeBytes,
            ...span,
            createdMs: now(),
          }
          const outcome = await store.addFile(file)
          if (outcome === 'unknown-user') throw new Refused({ kind: 'user-not-found' })
          return bare(reply.code(201), fileJson(file))
        } catch (error) {
          await contents.remove(id)
          throw error
        } finally {
          done()
        }
      },
    },
    {
      method: 'GET',
      paths: ofUser,
      envelope,
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'see files', { userId })
        const files = await store.files({ userId, kind, ...listParameters(request, isLog) })
        return bare(reply, files.map(fileJson))
      },
    },
    {
      method: 'DELETE',
      paths: ofUser,
      envelope,
      async handle(request, reply) {
        const userId = userIdOf(request)
        await requirePermission(store, await request.identify(), 'delete files', { userId })
        await store.deleteFilesOf({ userId, kind })
        await contents.sweep(async (id) => (await store.file(id)) !== undefined)
        return reply.code(204).send()
      },
    },
    {
      method: 'GET',
      paths: one,
      envelope,
      handle: async (request, reply) => bare(reply, fileJson(await permitted(request, 'see files'))),
    },
    {
      method: 'DELETE',
      paths: one,
      envelope,
      async handle(request, reply) {
        const { id } = await permitted(request, 'delete files')
        await store.deleteFile(id)
        await contents.remove(id)
        return reply.code(204).send()
      },
    },
    {
      method: 'GET',
      paths: one.map((path) => `${path}/content`),
      envelope,
      restrictedToken: true,
      async handle(request, reply) {
        const { id, mediaType, digestMd5, sizeBytes, fromMs, toMs } = await permitted(request, 'see files')
        return reply
          .headers({
            digest: `MD5=${digestMd5}`,
            'content-length': sizeBytes,
            // Whatever somebody sent is saved, never shown.
            'content-disposition': `attachment; filename="${id}"`,
            ...(fromMs !== undefined && { 'start-at': formatTime(fromMs) }),
            ...(toMs !== undefined && { 'end-at': formatTime(toMs) }),
          })
          .type(mediaType)
          .send(contents.read(id))
      },
    },
  ]
}

function fileJson(file: StoredFile) {
  const { id, userId, kind, digestMd5, mediaType, sizeBytes, fromMs, toMs, createdMs } = file
  return {
    id,
    userId,
    digestMD5: digestMd5,
    mediaType,
    size: sizeBytes,
    ...(kind === 'blob' && { status: 'available' }),
    createdTime: formatTime(createdMs),
    // Under the names of the reference and under those of its description.
    ...(fromMs !== undefined && { startAtTime: formatTime(fromMs), startAt: formatTime(fromMs) }),
    ...(toMs !== undefined && { endAtTime: formatTime(toMs), endAt: formatTime(toMs) }),
    revision: 0,
  }
}

function digestIn({ headers }: RouteRequest, isRequired: boolean): string | undefined {
  const { digest } = headers
  if (digest === undefined || digest === '') {
    if (isRequired) throw new Refused({ kind: 'header-missing', header: 'Digest' })
    return undefined
  }
  const found = /^MD5=([A-Za-z0-9+/]{22}==)$/i.exec(String(digest))?.[1]
  if (found === undefined) throw new Refused({ kind: 'header-invalid', header: 'Digest' })
  return found
}

function mediaTypeIn({ contentType }: RouteRequest): string {
  if (!contentType) throw new Refused({ kind: 'header-missing', header: 'Content-Type' })
  const isType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;\s*[\w-]+=[\w"./+-]+)*$/.test(contentType)
  if (!isType || contentType.length > 200)
    throw new Refused({ kind: 'header-invalid', header: 'Content-Type' })
  return contentType
}

function spanIn({ headers }: RouteRequest): { fromMs: number; toMs: number } {
  const time = (header: string) => {
    const text = headers[header.toLowerCase()]
    if (typeof text !== 'string' || text === '') throw new Refused({ kind: 'header-missing', header })
    const ms = parseTime(text)
    if (ms === undefined) throw new Refused({ kind: 'header-invalid', header })
    return ms
  }
  return { fromMs: time('X-Logs-Start-At-Time'), toMs: time('X-Logs-End-At-Time') }
}

function listParameters(request: RouteRequest, isLog: boolean) {
  const query = queryOf(request.url)
  const reader = new ParameterReader(query)
  const page = reader.page()
  if (isLog) {
    const [fromMs, toMs] = [reader.time('startAtTime'), reader.time('endAtTime')]
    reader.finish(['restricted_token'])
    return { ...page, ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) }
  }
  reader.finish(['restricted_token', 'mediaType', 'status'])
  const mediaTypes = query.getAll('mediaType')
  return { ...page, ...(mediaTypes.length > 0 && { mediaTypes }) }
}
