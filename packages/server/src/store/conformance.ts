import { describe } from 'node:test'
import { accountsConform } from './conformance/accounts.ts'
import { changingAccountsConforms } from './conformance/changing-accounts.ts'
import { closingConforms } from './conformance/closing.ts'
import { closingDataSetsConforms } from './conformance/closing-data-sets.ts'
import { dataSetsConform } from './conformance/data-sets.ts'
import { dataSourcesConform } from './conformance/data-sources.ts'
import { deletingDataSetsConforms } from './conformance/deleting-data-sets.ts'
import { likeTheModel } from './conformance/like-the-model.ts'
import { metadataConforms } from './conformance/metadata.ts'
import { narrowingConforms } from './conformance/narrowing.ts'
import { permissionsConform } from './conformance/permissions.ts'
import { quarantineConforms } from './conformance/quarantine.ts'
import { readingConforms } from './conformance/reading.ts'
import { removingConforms } from './conformance/removing.ts'
import { replacingConforms } from './conformance/replacing.ts'
import { sessionsConform } from './conformance/sessions.ts'
import { summariesConform } from './conformance/summaries.ts'
import { updatingDataSetsConforms } from './conformance/updating-data-sets.ts'
import { writingConforms } from './conformance/writing.ts'
import type { Store } from './port.ts'

/**
 * Registers the tests that every engine behind the port has to pass.
 *
 * @param engine Named in the titles.
 * @param open A new, empty store each time. The suite closes it.
 */
export function storeConformance(engine: string, open: () => Promise<Store>): void {
  describe(`the store on ${engine}`, () => {
    accountsConform(open)
    changingAccountsConforms(open)
    sessionsConform(open)
    permissionsConform(open)
    metadataConforms(open)
    dataSetsConform(open)
    writingConforms(open)
    replacingConforms(open)
    removingConforms(open)
    closingDataSetsConforms(open)
    updatingDataSetsConforms(open)
    deletingDataSetsConforms(open)
    readingConforms(open)
    narrowingConforms(open)
    dataSourcesConform(open)
    quarantineConforms(open)
    summariesConform(open)
    closingConforms(open)
    likeTheModel(open)
  })
}
