import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { manyOnTheStore } from '@tidegauge/server/testing/random-history/many-on-the-store'
import { crashRound, seededRandom } from './crash.ts'
import { manyOverHttp } from './over-http.ts'
import * as races from './races.ts'

/**
 * `npm run soak [-- --only PART --times N --seed S --path P]`: what `npm test` does a few times, many times; stops at the
 * first deviation. The seed that a failure names (of a history also its path) makes it again.
 */
const parts: Record<string, { times: number; run: (many: Many) => Promise<unknown> }> = {
  crashes: { times: 100, run: manyCrashes },
  'histories-on-the-store': { times: 20_000, run: (many) => manyOnTheStore(historiesOf(many)) },
  'histories-over-http': { times: 1_000, run: (many) => manyOverHttp(historiesOf(many)) },
  ...Object.fromEntries(
    Object.entries(races).map(([name, race]) => [
      name,
      { times: 200, run: ({ times, seed }: Many) => race(times, seededRandom(seed)) },
    ]),
  ),
}

interface Many {
  times: number
  seed: number
  path: string | undefined
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    times: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    path: { type: 'string' },
  },
})
const seed = Number(values.seed)
const say = (line: string) => process.stdout.write(`${line}\n`)

for (const name of values.only ?? Object.keys(parts)) {
  const part = parts[name]
  if (!part) throw new Error(`--only is one of ${Object.keys(parts).join(', ')}; not ${name}`)
  const times = Number(values.times ?? part.times)
  say(`soak: ${name}, ${times} times, seed ${seed}`)
  const result = await part.run({ times, seed, path: values.path })
  say(
    `soak: ${name}, ${times} times without a deviation ${result === undefined ? '' : JSON.stringify(result)}`,
  )
}

function historiesOf({ times, seed, path }: Many) {
  return { runs: times, seed, ...(path !== undefined && { path }) }
}

async function manyCrashes({ times, seed }: Many) {
  const random = seededRandom(seed)
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-soak-'))
  const total = { chunks: 0, acknowledged: 0, inFlight: 0, inFlightStored: 0 }
  for (let round = 1; round <= times; round++) {
    const report = await crashRound(dataDirectory, random)
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += report[key]
    say(`round ${round}/${times} ok ${JSON.stringify(report)}`)
  }
  await rm(dataDirectory, { recursive: true, force: true })
  return total
}
