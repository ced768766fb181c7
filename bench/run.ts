import { parseArgs } from 'node:util'
import { benchServer } from './bench-server.ts'
import { chunkBodies, START_MS, STEP_MS } from './corpus.ts'
import { openFloor } from './floor.ts'
import { drive, request } from './load.ts'

/**
 * `npm run bench [-- --rounds N] [--json]`. Every figure is a ratio of the product to a floor that is taken in the
 * same run, interleaved with it; the medians of the rounds are printed with their spread. Absolute figures mean
 * little: the load generator, the server and whatever else runs share the machine.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
})
const rounds = Number(values.rounds)
const CHUNKS = 60
/** Sent first and not counted: a program that has just started is not what runs at home for years. */
const WARM_CHUNKS = 20
const CHUNK_RECORDS = 1000
const CHUNK_CLIENTS = 4
const SINGLES = 20_000
const WARM_SINGLES = 5_000
const SINGLE_CLIENTS = 64
const SPAN_RECORDS = 90 * 288
const YEAR_RECORDS = 365 * 288
const SUMMARY_RECORDS = 60 * 288

interface Result {
  name: string
  unit: string
  aim: string
  product: number[]
  floor: number[]
  ratios: number[]
}

const results: Result[] = []

async function compare(
  { name, unit, aim }: Pick<Result, 'name' | 'unit' | 'aim'>,
  product: () => Promise<number>,
  floor: () => Promise<number>,
): Promise<void> {
  const result: Result = { name, unit, aim, product: [], floor: [], ratios: [] }
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`${name}: round ${round + 1} of ${rounds}\n`)
    const below = await floor()
    const above = await product()
    result.floor.push(below)
    result.product.push(above)
    result.ratios.push(above / below)
  }
  results.push(result)
}

const warmBodies = chunkBodies(WARM_CHUNKS, CHUNK_RECORDS)
const bodies = chunkBodies(CHUNKS, CHUNK_RECORDS)
const upload = (server: { dataSetId: string }) => `/dataservices/v1/datasets/${server.dataSetId}/data`

await compare(
  { name: 'chunk ingest over HTTP / parse + upsert in process', unit: 'records/s', aim: '>= 0.5' },
  async () => {
    await using server = await benchServer({ store: true })
    const requests = (of: Buffer[]) => of.map((body) => request('POST', upload(server), server, body))
    await drive(server.url, requests(warmBodies), CHUNK_CLIENTS)
    return (CHUNKS * CHUNK_RECORDS) / (await drive(server.url, requests(bodies), CHUNK_CLIENTS))
  },
  async () => {
    await using floor = await openFloor()
    floor.ingest(warmBodies)
    return (CHUNKS * CHUNK_RECORDS) / floor.ingest(bodies)
  },
)

const identicalChunks = async (store: boolean) => {
  await using server = await benchServer({ store })
  const requests = bodies.map((body) => request('POST', upload(server), server, body))
  await drive(server.url, requests, CHUNK_CLIENTS)
  return (CHUNKS * CHUNK_RECORDS) / (await drive(server.url, requests, CHUNK_CLIENTS))
}
await compare(
  {
    name: 're-upload of identical chunks / the same server without store',
    unit: 'records/s',
    aim: '>= 0.5',
  },
  () => identicalChunks(true),
  () => identicalChunks(false),
)

const singles = chunkBodies(SINGLES, 1)
const singleRequests = async (store: boolean) => {
  await using server = await benchServer({ store })
  const requests = singles.map((body) => request('POST', upload(server), server, body))
  await drive(server.url, requests.slice(0, WARM_SINGLES), SINGLE_CLIENTS)
  const seconds = await drive(server.url, requests.slice(WARM_SINGLES), SINGLE_CLIENTS)
  return (SINGLES - WARM_SINGLES) / seconds
}
await compare(
  {
    name: 'durable single-record requests / the same server without store',
    unit: 'requests/s',
    aim: '>= 0.8',
  },
  () => singleRequests(true),
  () => singleRequests(false),
)

{
  const span = chunkBodies(Math.ceil(SPAN_RECORDS / CHUNK_RECORDS), CHUNK_RECORDS)
  const toMs = START_MS + (SPAN_RECORDS - 1) * STEP_MS
  await using server = await benchServer({ store: true })
  await using floor = await openFloor()
  floor.ingest(span)
  await drive(
    server.url,
    span.map((body) => request('POST', upload(server), server, body)),
    1,
  )
  const query = `type=cbg&startDate=${new Date(START_MS).toISOString()}&endDate=${new Date(toMs).toISOString()}`
  const read = [request('GET', `/data/${server.userId}?${query}`, server)]
  await drive(server.url, read, 1) // warm
  floor.passThrough(START_MS, toMs)
  await compare(
    { name: '90-day read over HTTP / passing the stored text through', unit: 'ms', aim: '<= 3' },
    async () => 1000 * (await drive(server.url, read, 1)),
    async () => 1000 * floor.passThrough(START_MS, toMs).seconds,
  )
}

{
  const year = chunkBodies(Math.ceil(YEAR_RECORDS / CHUNK_RECORDS), CHUNK_RECORDS)
  const endMs = START_MS + YEAR_RECORDS * STEP_MS
  await using server = await benchServer({ store: true })
  await using floor = await openFloor()
  floor.ingest(year)
  await drive(
    server.url,
    year.map((body) => request('POST', upload(server), server, body)),
    1,
  )
  let asked = 0
  /** Never the same window twice, as the same answer is remembered. */
  const numbers = (name: string, fromMs: number) => {
    const from = new Date(fromMs - ++asked).toISOString()
    const query = `from=${from}&to=${new Date(endMs).toISOString()}&timeZone=Europe/Berlin`
    return [request('GET', `/v1/users/${server.userId}/${name}?${query}`, server)]
  }
  const spanMs = endMs - SPAN_RECORDS * STEP_MS
  await drive(server.url, [...numbers('stats', START_MS), ...numbers('agp', spanMs)], 1) // warm
  floor.passThrough(START_MS, endMs)
  await compare(
    { name: 'a year of statistics over HTTP / passing the same rows through', unit: 'ms', aim: '<= 12' },
    async () => 1000 * (await drive(server.url, numbers('stats', START_MS), 1)),
    async () => 1000 * floor.passThrough(START_MS, endMs).seconds,
  )
  await compare(
    { name: 'a profile of 90 days over HTTP / passing the same rows through', unit: 'ms', aim: '<= 8' },
    async () => 1000 * (await drive(server.url, numbers('agp', spanMs), 1)),
    async () => 1000 * floor.passThrough(spanMs, endMs).seconds,
  )
}

{
  // Summaries are of the last time before now.
  const window = chunkBodies(
    Math.ceil(SUMMARY_RECORDS / CHUNK_RECORDS),
    CHUNK_RECORDS,
    Date.now() - SUMMARY_RECORDS * STEP_MS,
  )
  await using server = await benchServer({ store: true })
  const post = (body: Buffer) => request('POST', upload(server), server, body)
  await drive(server.url, window.map(post), 1)
  const path = `/v1/summaries/cgm/${server.userId}`
  const summary = request('POST', path, server)
  await drive(server.url, [summary], 1)
  let more = 0
  await compare(
    {
      name: 'a summary after one more reading / reading the 60 days that it is of',
      unit: 'ms',
      aim: '<= 0.5',
    },
    async () => {
      await drive(server.url, chunkBodies(1, 1, Date.now() + ++more * STEP_MS).map(post), 1)
      return 1000 * (await drive(server.url, [summary], 1))
    },
    async () =>
      1000 * (await drive(server.url, [request('GET', `/data/${server.userId}?type=cbg`, server)], 1)),
  )
}

if (values.json) {
  for (const result of results)
    process.stdout.write(`${JSON.stringify({ ...result, ratio: median(result.ratios) })}\n`)
} else {
  for (const { name, unit, aim, product, floor, ratios } of results) {
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
    process.stdout.write(
      `${name}\n  ratio ${median(ratios).toFixed(2)} (aim ${aim}; rounds ${spread})` +
        `   product ${figure(median(product))} ${unit}, floor ${figure(median(floor))} ${unit}\n`,
    )
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1)
}
