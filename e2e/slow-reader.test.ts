import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@tidegauge/client'
import { type ServerProcess, serve } from './process.ts'

const MIB = 1024 * 1024
const CHUNKS = 12
const RECORDS_PER_CHUNK = 2500
const PAYLOAD_BYTES = 3500

test('[RD-38] an answer far larger than the memory that it may take goes to a slow reader, whole', {
  skip: process.platform !== 'linux' && 'reads the memory of the server from /proc',
}, async (t) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-e2e-'))
  t.after(() => rm(dataDirectory, { recursive: true, force: true }))
  const server = await serve({ dataDirectory })
  t.after(() => server.stop('SIGTERM'))
  const tide = createClient({ baseUrl: server.url })
  const { token, userId } = await tide.signUp({ username: 'slow@example.org', password: 'correct:horse' })
  const { id } = await tide.createDataSet({ clientName: 'org.example.slow', clientVersion: '1.0.0' })
  for (let chunk = 0; chunk < CHUNKS; chunk++) await upload(server.url, token, id, chunk)

  const before = await residentBytes(server)
  const { bytes, records, peak } = await readSlowly(server, token, userId)
  assert.equal(records, CHUNKS * RECORDS_PER_CHUNK)
  assert.ok(bytes > 100 * MIB, `the answer had only ${bytes} bytes`)
  const grown = (peak - before) / MIB
  assert.ok(
    grown < 40,
    `the server grew by ${grown.toFixed(0)} MiB for an answer of ${Math.round(bytes / MIB)} MiB`,
  )
})

async function upload(url: string, token: string, dataSetId: string, chunk: number): Promise<void> {
  const start = Date.UTC(2026, 0, 1) + chunk * RECORDS_PER_CHUNK * 300_000
  const body = Array.from({ length: RECORDS_PER_CHUNK }, (_, n) => ({
    type: 'cbg',
    time: new Date(start + n * 300_000).toISOString(),
    value: 5,
    units: 'mmol/L',
    origin: { id: `${chunk}/${n}` },
    payload: { text: `${chunk}/${n} `.padEnd(PAYLOAD_BYTES, 'x') },
  }))
  const response = await fetch(`${url}/v1/data_sets/${dataSetId}/data`, {
    method: 'POST',
    headers: { 'x-tidepool-session-token': token },
    body: JSON.stringify(body),
  })
  assert.equal(response.status, 200, await response.text())
}

/** Takes some MiB, waits, takes some more; and looks at the server's memory all the while. */
async function readSlowly(
  server: ServerProcess,
  token: string,
  userId: string,
): Promise<{ bytes: number; records: number; peak: number }> {
  const headers = { 'x-tidepool-session-token': token }
  const sent = request(`${server.url}/data/${userId}?type=cbg`, { headers }).end()
  const [response] = await once(sent, 'response')
  assert.equal(response.statusCode, 200)
  let [bytes, sinceStop, records, peak] = [0, 0, 0, 0]
  let last = ''
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    sinceStop += chunk.length
    for (const byte of chunk) if (byte === 0x0a) records++
    last = chunk.toString('latin1').slice(-2)
    if (sinceStop < 4 * MIB) continue
    sinceStop = 0
    await pause(40)
    peak = Math.max(peak, await residentBytes(server))
  }
  assert.equal(last, ']\n')
  return { bytes, records: records - 2, peak } // a line for each bracket
}

async function residentBytes({ process: { pid } }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}
