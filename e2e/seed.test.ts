import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { type ServerProcess, serve } from './process.ts'

const run = promisify(execFile)

/**
 * The guide for continuous sessions, request by request, with curl: only host, placeholders and sample body are
 * filled in. What the guide shows in an answer must be there; this holds for ever.
 */
describe('the continuous session of the guide, with curl', () => {
  let directory: string
  let server: ServerProcess
  let token: string
  let userId: string
  let uploadSessionId: string
  const client = { name: 'org.example.uploader', version: '1.0.0' }

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidegauge-seed-'))
    server = await serve({ dataDirectory: directory })
  })
  after(async () => {
    await server.stop('SIGTERM')
    await rm(directory, { recursive: true, force: true })
  })

  async function curl(args: string[]): Promise<{ status: number; headers: string; body: string }> {
    const headersFile = join(directory, 'headers.txt')
    const { stdout } = await run('curl', ['-sS', '-D', headersFile, '-w', '\n%{http_code}', ...args], {
      maxBuffer: 50_000_000,
    })
    const { readFile } = await import('node:fs/promises')
    const end = stdout.lastIndexOf('\n')
    return {
      status: Number(stdout.slice(end + 1)),
      headers: await readFile(headersFile, 'utf8'),
      body: stdout.slice(0, end),
    }
  }
  const sessionHeaders = () => [
    ...['-H', `X-Tidepool-Session-Token: ${token}`],
    ...['-H', 'Content-Type: application/json'],
  ]
  const tokenIn = (headers: string) => /^x-tidepool-session-token: (\S+)/im.exec(headers)?.[1] ?? ''

  test('[DS-20] sign up, and sign in for a session token', async () => {
    const account = { username: 'ada@example.org', emails: ['ada@example.org'], password: 'correct:horse' }
    const signUp = await curl(['-X', 'POST', '-d', JSON.stringify(account), `${server.url}/auth/user`])
    assert.equal(signUp.status, 201)
    const signIn = await curl([
      '-X',
      'POST',
      '-u',
      'ada@example.org:correct:horse',
      `${server.url}/auth/login`,
    ])
    assert.equal(signIn.status, 200)
    token = tokenIn(signIn.headers)
    userId = JSON.parse(signIn.body).userid
    assert.ok(token && userId)
  })

  test('[DS-21] open a continuous session', async () => {
    const body = {
      client,
      dataSetType: 'continuous',
      deduplicator: { name: 'org.tidepool.deduplicator.dataset.delete.origin' },
    }
    const answer = await curl([
      ...['-X', 'POST', ...sessionHeaders(), '-d', JSON.stringify(body)],
      `${server.url}/v1/users/${userId}/data_sets`,
    ])
    assert.equal(answer.status, 201)
    const { data } = JSON.parse(answer.body)
    uploadSessionId = data.id
    showsDataSet(data)
  })

  test('[DS-22] find it again by client name', async () => {
    const answer = await curl([
      ...sessionHeaders(),
      `${server.url}/v1/users/${userId}/data_sets?client.name=${client.name}`,
    ])
    assert.equal(answer.status, 200)
    const list = JSON.parse(answer.body)
    assert.equal(list.length, 1)
    showsDataSet(list[0])
  })

  test('[UP-20] upload the sample body, and a full chunk of 1,000 read from a file', async () => {
    const upload = async (file: string) =>
      curl([
        ...['-X', 'POST', ...sessionHeaders(), '--data-binary', `@${file}`],
        `${server.url}/dataservices/v1/datasets/${uploadSessionId}/data`,
      ])
    const file = join(directory, 'chunk.json')
    await writeFile(file, JSON.stringify(sample))
    const answer = await upload(file)
    assert.equal(answer.status, 200)
    assert.deepEqual(JSON.parse(answer.body).data, [])
    const chunk = Array.from({ length: 1000 }, (_, i) => ({
      ...sample[0],
      time: new Date(Date.UTC(2017, 2, 1) + i * 300_000).toISOString(),
      origin: { id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`, name: 'a', type: 'service' },
    }))
    await writeFile(file, JSON.stringify(chunk))
    for (let i = 0; i < 2; i++) assert.equal((await upload(file)).status, 200)
  })

  test('[RD-20] read back: every record once, in mmol/L', async () => {
    const answer = await curl([...sessionHeaders(), `${server.url}/data/${userId}?type=cbg`])
    const data = JSON.parse(answer.body)
    assert.equal(data.length, 1002)
    const { id, ...first } = data[0]
    assert.match(id, /^[0-9a-z]{32}$/)
    assert.deepEqual(first, {
      ...sample[0],
      uploadId: uploadSessionId,
      units: 'mmol/L',
      value: 6.60539,
      trendRate: -0.12212,
      trendRateUnits: 'mmol/L/minute',
    })
  })

  function showsDataSet(dataSet: Record<string, unknown>): void {
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
    assert.match(String(dataSet.createdTime), time)
    assert.match(String(dataSet.modifiedTime), time)
    assert.deepEqual(dataSet.deduplicator, {
      name: 'org.tidepool.deduplicator.dataset.delete.origin',
      version: '1.0.0',
    })
    assert.equal(dataSet.id, uploadSessionId)
    assert.equal(dataSet.uploadId, uploadSessionId)
    assert.equal(dataSet.type, 'upload')
    assert.deepEqual(dataSet.client, client)
    assert.equal(dataSet.dataSetType, 'continuous')
  }
})

/** The two readings of the guide. */
const sample = [
  reading(
    '2017-02-05T13:26:51.000Z',
    '2017-02-06T00:26:51',
    119,
    '06b10116-e85c-4abe-8a35-4eca838bd484',
    24.98,
  ),
  reading(
    '2017-02-05T13:31:51.000Z',
    '2017-02-06T00:31:51',
    120,
    '1c26886a-ae52-4e43-84cf-5047afe3efc3',
    25.22,
  ),
]

function reading(
  time: string,
  deviceTime: string,
  value: number,
  originId: string,
  interstitialSignal: number,
) {
  return {
    time,
    timezoneOffset: 660,
    clockDriftOffset: 0,
    conversionOffset: 0,
    deviceTime,
    deviceId: 'MMT-1711:12345678',
    type: 'cbg',
    value,
    units: 'mg/dL',
    trendRate: -2.2,
    trendRateUnits: 'mg/dL/minute',
    sampleInterval: 300_000,
    origin: { id: originId, name: 'com.apple.HealthKit', type: 'service' },
    payload: { interstitialSignal },
  }
}
