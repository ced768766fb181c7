import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { openStore } from '../../compose.ts'
import { follow } from './follow.ts'
import { histories } from './history.ts'
import { onTheStore } from './on-the-store.ts'

/** A failure names its seed and path; with these it happens again, at once. */
export interface Many {
  runs: number
  seed?: number
  path?: string
}

/** Follows many random histories on one store, which is closed and opened again in some of them. */
export async function manyOnTheStore({ runs, ...again }: Many): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-histories-'))
  let store = await openStore({ dataDirectory })
  const reopenable = {
    store: () => store,
    async reopen() {
      await store.close()
      store = await openStore({ dataDirectory })
    },
  }
  try {
    const property = fc.asyncProperty(histories({ restarts: 1, crashes: 0 }), async (history) => {
      await follow(history, await onTheStore(reopenable))
    })
    await fc.assert(property, { numRuns: runs, ...again })
  } finally {
    await store.close()
    await rm(dataDirectory, { recursive: true, force: true })
  }
}
