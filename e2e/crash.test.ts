import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { crashRound, seededRandom } from './crash.ts'

test('[OP-10] a server killed at random moments loses, doubles and halves nothing (5 rounds; npm run soak: 100)', async (t) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-crash-'))
  const random = seededRandom(20260105)
  try {
    for (let round = 1; round <= 5; round++) {
      t.diagnostic(`round ${round}: ${JSON.stringify(await crashRound(dataDirectory, random))}`)
    }
  } finally {
    await rm(dataDirectory, { recursive: true, force: true })
  }
})
