import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../compose.ts'
import type { Store } from '../store/port.ts'

export interface TemporaryStore extends AsyncDisposable {
  readonly store: Store
  readonly dataDirectory: string
}

/** A store in a temporary folder, for tests of use cases without the routes before them. */
export async function temporaryStore(): Promise<TemporaryStore> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-test-'))
  const store = await openStore({ dataDirectory })
  return {
    store,
    dataDirectory,
    async [Symbol.asyncDispose]() {
      await store.close()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}
