import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@tidegauge/client'
import { serve } from './process.ts'

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const LANES = 3
const RECORDS = 250
const LONGEST_MS = 700

/** A chunk of records with one value, posted in one request; `version` is that value. */
interface Chunk {
  name: string
  sent: number
  acknowledged: number
}

export interface RoundReport {
  killedAfterMs: number
  chunks: number
  acknowledged: number
  /** Chunks that were under way when the server died, and of these how many had been stored. */
  inFlight: number
  inFlightStored: number
}

/**
 * One crash: several uploaders post and re-post chunks, the server is killed with SIGKILL at a random moment and
 * started again. Then every acknowledged chunk must be there once, in its last acknowledged version or the one
 * that was under way, and no chunk in part; and sending everything again must end in exactly everything, once.
 */
export async function crashRound(dataDirectory: string, random: () => number): Promise<RoundReport> {
  let server = await serve({ dataDirectory })
  try {
    const person = await signUp(server.url, random)
    const killedAfterMs = Math.floor(random() * LONGEST_MS)
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      uploadUntilDead(server.url, person, lane, random),
    )
    await sleep(killedAfterMs)
    assert.equal(await server.stop('SIGKILL'), 'SIGKILL')
    const chunks = (await Promise.all(lanes)).flat()

    server = await serve({ dataDirectory })
    const stored = await storedVersions(server.url, person)
    const inFlight = chunks.filter(({ sent, acknowledged }) => sent > acknowledged)
    for (const chunk of chunks) {
      const versions = stored.get(chunk.name)
      const allowed = [chunk.acknowledged, chunk.sent]
      assert.ok(allowed.includes(versions?.version ?? 0), `${chunk.name} has a version nobody may see`)
    }

    await resume(server.url, person, chunks)
    const complete = await storedVersions(server.url, person)
    assert.equal(complete.size, chunks.length)
    for (const { name, sent } of chunks) assert.equal(complete.get(name)?.version, sent)
    return {
      killedAfterMs,
      chunks: chunks.length,
      acknowledged: chunks.length - inFlight.length,
      inFlight: inFlight.length,
      inFlightStored: inFlight.filter(({ name, sent }) => stored.get(name)?.version === sent).length,
    }
  } finally {
    await server.stop('SIGTERM')
  }
}

interface Person {
  userId: string
  token: string
  dataSetId: string
}

async function signUp(url: string, random: () => number): Promise<Person> {
  const username = `p${Math.floor(random() * 1e15)}@example.org`
  const tide = createClient({ baseUrl: url })
  const { token, userId } = await tide.signUp({ username, password: 'correct:horse' })
  const dataSet = await tide.openDataSet({ clientName: 'org.example.crash', clientVersion: '1.0.0' })
  return { userId, token, dataSetId: dataSet.id }
}

async function uploadUntilDead(
  url: string,
  person: Person,
  lane: number,
  random: () => number,
): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for (;;) {
    const again = chunks.length > 2 && random() < 0.3
    const chunk = again
      ? (chunks[Math.floor(random() * chunks.length)] as Chunk)
      : { name: `l${lane}c${chunks.length}`, sent: 0, acknowledged: 0 }
    if (!again) chunks.push(chunk)
    chunk.sent++
    let response: Response
    try {
      response = await fetch(`${url}/dataservices/v1/datasets/${person.dataSetId}/data`, {
        method: 'POST',
        headers: { 'x-tidepool-session-token': person.token },
        body: JSON.stringify(recordsOf(chunk)),
      })
      await response.text()
    } catch {
      return chunks // the server is gone
    }
    assert.equal(response.status, 200)
    chunk.acknowledged = chunk.sent
  }
}

function recordsOf({ name, sent }: Chunk) {
  return Array.from({ length: RECORDS }, (_, i) => ({
    type: 'cbg',
    time: new Date(Date.UTC(2026, 0, 5) + i * 300_000).toISOString(),
    units: 'mmol/L',
    value: sent,
    deviceId: name,
    origin: { id: `${name}-${i}`, name: 'org.example.crash', type: 'application' },
  }))
}

/** Per chunk the one version that its records show; fails if there are two, or a record is missing or doubled. */
async function storedVersions(url: string, person: Person): Promise<Map<string, { version: number }>> {
  const tide = createClient({ baseUrl: url, session: person })
  const found = new Map<string, { version: number; origins: Set<string>; count: number }>()
  for await (const datum of tide.readData({ types: ['cbg'] })) {
    const name = String(datum.deviceId)
    const version = Number(datum.value)
    const chunk = found.get(name) ?? { version, origins: new Set(), count: 0 }
    found.set(name, chunk)
    assert.equal(version, chunk.version, `${name} is stored half in one version and half in another`)
    chunk.origins.add((datum.origin as { id: string }).id)
    chunk.count++
  }
  for (const [name, { origins, count }] of found) {
    assert.equal(count, origins.size, `${name} has a record twice`)
    assert.equal(count, RECORDS, `${name} is stored in part`)
  }
  return found
}

/** As an uploader does after a crash: everything again, through the SDK. */
async function resume(url: string, person: Person, chunks: readonly Chunk[]): Promise<void> {
  const tide = createClient({ baseUrl: url, session: person })
  await tide.upload(person.dataSetId, chunks.flatMap(recordsOf))
}
