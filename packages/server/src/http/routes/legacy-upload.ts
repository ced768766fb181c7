import { requireIdentity } from '../../auth/permissions.ts'
import { type LegacyUploadParts, uploadLegacy } from '../../ingest/legacy-upload.ts'
import type { Route } from '../routing.ts'

const MAX_BYTES = 4 * 1024 * 1024

/** What older device drivers of the Uploader send to (http.md §4.4). */
export function legacyUploadRoutes(parts: LegacyUploadParts): Route[] {
  return [
    {
      method: 'POST',
      paths: ['/data', '/data/:userId'],
      envelope: 'legacy-upload',
      async handle(request) {
        const who = await request.identify()
        requireIdentity(who)
        const userId = request.parameter('userId') || (who.kind === 'person' ? who.userId : '')
        return uploadLegacy(parts, who, userId, () => request.json(MAX_BYTES))
      },
    },
  ]
}
