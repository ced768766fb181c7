import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { crashRound, seededRandom } from './crash.ts'

/** `npm run soak [-- --rounds N --seed S]`: many crashes on one data directory; stops at the first loss. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
  },
})
const rounds = Number(values.rounds)
const seed = Number(values.seed)
const random = seededRandom(seed)
const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-soak-'))
const total = { chunks: 0, acknowledged: 0, inFlight: 0, inFlightStored: 0 }
process.stdout.write(`soak: ${rounds} rounds, seed ${seed}\n`)
for (let round = 1; round <= rounds; round++) {
  const report = await crashRound(dataDirectory, random)
  for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += report[key]
  process.stdout.write(`round ${round}/${rounds} ok ${JSON.stringify(report)}\n`)
}
await rm(dataDirectory, { recursive: true, force: true })
process.stdout.write(`soak: ${rounds} rounds without a loss ${JSON.stringify(total)}\n`)
