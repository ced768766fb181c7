import type { Connection } from './connection.ts'
import { jsonBody } from './request.ts'

/** Names a record to delete, by one kind of name (http.md §4.2). */
export type DeleteSelector = { id: string } | { origin: { id: string } } | { deduplicator: { hash: string } }

/** Selectors in one request. */
const chunkSize = 1000

/**
 * Delete records of a data set by name: `DELETE /v1/data_sets/{dataSetId}/data` (http.md §4.2). A request holds one
 * kind of selector, so a mix is sent kind by kind. Throws kinds `data-set-not-found`, `data-set-closed`, `invalid`
 * among others; what earlier requests deleted stays deleted, and repeating the call does no harm.
 */
export async function deleteData(
  connection: Connection,
  dataSetId: string,
  selectors: Iterable<DeleteSelector>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const byKind = Object.groupBy(selectors, kindOf)
  for (const sameKind of Object.values(byKind)) {
    for (let from = 0; from < sameKind.length; from += chunkSize) {
      const request = {
        method: 'DELETE',
        route: '/v1/data_sets/{dataSetId}/data',
        params: { dataSetId },
        body: jsonBody(sameKind.slice(from, from + chunkSize)),
        kinds: { 404: 'data-set-not-found', 409: 'data-set-closed' },
      } as const
      await connection.call(request, { safe: true, signal })
    }
  }
}

function kindOf(selector: DeleteSelector): 'id' | 'origin' | 'hash' {
  if ('origin' in selector) return 'origin'
  return 'deduplicator' in selector ? 'hash' : 'id'
}
