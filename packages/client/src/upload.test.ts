import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fakeClock } from '../testing/fake-clock.ts'
import { loggedInClient } from '../testing/logged-in-client.ts'
import { rejection } from '../testing/rejection.ts'
import {
  acknowledge,
  answer,
  type Received,
  type Script,
  scriptedServer,
} from '../testing/scripted-server.ts'
import { TidegaugeError } from './errors.ts'
import type { RefusedRecord, UploadProgress } from './upload.ts'

interface Made {
  type: string
  n: number
  /** The fault that the pretended server finds. */
  fault?: 'parse' | 'value'
  note?: string
}

const made = (count: number): Made[] => Array.from({ length: count }, (_, n) => ({ type: 'cbg', n }))
const sentBy = ({ body }: Received): Made[] => JSON.parse(body)
const numbers = (requests: Received[]) => requests.map((request) => sentBy(request).map((each) => each.n))

/** Refuses as the platform does: value faults show only when nothing fails to parse; one fault is a bare object. */
const validating: Script = (request, response) => {
  const records = sentBy(request)
  for (const phase of ['parse', 'value'] as const) {
    const errors = records.flatMap((record, index) =>
      record.fault === phase
        ? [
            {
              code: phase === 'parse' ? 'type-not-float64' : 'value-out-of-range',
              title: 'refused',
              detail: 'refused',
              source: { pointer: `/${index}/value` },
              meta: { type: 'cbg' },
            },
          ]
        : [],
    )
    if (errors.length > 0) return answer(response, 400, errors.length === 1 ? errors[0] : { errors })
  }
  acknowledge(response)
}

test('[CL-24] records go in chunks of 1,000, one after another', async (t) => {
  let open = 0
  const { baseUrl, requests } = await scriptedServer(t, async (_, response) => {
    assert.equal(++open, 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    open--
    acknowledge(response)
  })
  const records = made(2500)
  const result = await loggedInClient(baseUrl).upload('ds', records)
  assert.deepEqual(
    requests.map((request) => sentBy(request).length),
    [1000, 1000, 500],
  )
  assert.deepEqual(requests.flatMap(sentBy), records)
  for (const { method, path, headers } of requests) {
    assert.deepEqual([method, path], ['POST', '/dataservices/v1/datasets/ds/data'])
    assert.equal(headers['content-type'], 'application/json')
    assert.equal(headers['x-tidepool-session-token'], 'token-1')
  }
  const bytes = requests.reduce((sum, request) => sum + Buffer.byteLength(request.body), 0)
  assert.deepEqual(result, {
    sent: 2500,
    refused: 0,
    refusals: [],
    settled: 2500,
    chunks: 3,
    bytes,
    stopped: false,
  })
})

test('[CL-24] a body keeps to its limit in bytes, not characters', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => acknowledge(response))
  const records = made(20).map((each) => ({ ...each, note: 'ä'.repeat(50) }))
  await loggedInClient(baseUrl).upload('ds', records, { maxBodyBytes: 400 })
  for (const { body } of requests) assert.ok(Buffer.byteLength(body) <= 400)
  assert.deepEqual(requests.flatMap(sentBy), records)
  assert.ok(requests.length < 20)
})

test('[CL-24] limits that are no limits are refused', async () => {
  const tide = loggedInClient('http://tide.example')
  for (const how of [{ chunkSize: 0 }, { chunkSize: 1.5 }, { skip: -1 }, { maxBodyBytes: Number.NaN }]) {
    assert.equal((await rejection(tide.upload('ds', [], how))).kind, 'usage')
  }
})

test('[CL-25] no more than a chunk and one record is taken from the input before it is sent', async (t) => {
  let taken = 0
  const ahead: number[] = []
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => {
    ahead.push(taken - requests.flatMap(sentBy).length)
    acknowledge(response)
  })
  async function* records() {
    for (const record of made(95)) {
      taken++
      yield record
    }
  }
  const result = await loggedInClient(baseUrl).upload('ds', records(), { chunkSize: 10 })
  assert.deepEqual([result.sent, requests.length], [95, 10])
  assert.ok(Math.max(...ahead) <= 1, `${ahead}`)
})

test('[CL-25] an empty input asks the server for nothing', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => acknowledge(response))
  assert.equal((await loggedInClient(baseUrl).upload('ds', [])).settled, 0)
  assert.equal(requests.length, 0)
})

test('[CL-11] a chunk is sent again after failures that pass, and progress tells of the wait', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ nth }, response) => {
    if (nth === 0) response.destroy()
    else if (nth === 1) answer(response, 503, {})
    else if (nth === 2) answer(response, 429, {}, { 'retry-after': '3' })
    else acknowledge(response)
  })
  const waits: UploadProgress['retrying'][] = []
  const clock = fakeClock()
  const result = await loggedInClient(baseUrl, { clock, random: () => 0.5 }).upload('ds', made(3), {
    onProgress: ({ retrying }) => retrying !== undefined && waits.push(retrying),
  })
  assert.equal(result.sent, 3)
  assert.deepEqual(numbers(requests), Array(4).fill([0, 1, 2]))
  assert.deepEqual(waits, [
    { attempt: 2, delayMs: 250, reason: 'network' },
    { attempt: 3, delayMs: 500, reason: 'server-failed', status: 503 },
    { attempt: 4, delayMs: 4000, reason: 'rate-limited', status: 429 },
  ])
  assert.deepEqual(clock.waits, [250, 500, 4000])
})

test('[CL-10] a server that hangs once does not freeze an upload', async (t) => {
  const { baseUrl } = await scriptedServer(t, ({ nth }, response) => {
    if (nth !== 1) acknowledge(response)
  })
  const result = await loggedInClient(baseUrl, { requestTimeoutMs: 60 }).upload('ds', made(3), {
    chunkSize: 1,
  })
  assert.equal(result.sent, 3)
})

test('[CL-14] a session that ends within an upload is renewed and the chunk repeated', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ path, nth, headers }, response) => {
    if (path === '/auth/login') {
      answer(response, 200, { userid: '5f0c2ab91e' }, { 'x-tidepool-session-token': 'token-2' })
    } else if (nth > 0 && headers['x-tidepool-session-token'] === 'token-1') answer(response, 401, {})
    else acknowledge(response)
  })
  const credentials = async () => ({ username: 'a@example.org', password: 'p' })
  const result = await loggedInClient(baseUrl, { credentials }).upload('ds', made(3), { chunkSize: 1 })
  assert.equal(result.sent, 3)
  assert.equal(requests.filter((request) => request.path === '/auth/login').length, 1)
})

test('[CL-26] 413 halves the chunk, and the smaller size stays', async (t) => {
  const maxBytes = 200
  const { baseUrl, requests } = await scriptedServer(t, (request, response) => {
    // As a proxy does: a page, no code.
    if (Buffer.byteLength(request.body) > maxBytes) response.writeHead(413).end('<html>413</html>')
    else acknowledge(response)
  })
  const records = made(100)
  const result = await loggedInClient(baseUrl).upload('ds', records, { chunkSize: 50 })
  assert.equal(result.sent, 100)
  const tooLarge = requests.filter((request) => Buffer.byteLength(request.body) > maxBytes)
  const taken = requests.filter((request) => !tooLarge.includes(request))
  assert.deepEqual(taken.flatMap(sentBy), records)
  assert.deepEqual(
    tooLarge.map((request) => sentBy(request).length),
    [50, 25, 12],
  )
  assert.equal(result.chunks, taken.length)
})

test('[CL-26] a record that is too large by itself is refused, and does not shrink the others to nothing', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (request, response) => {
    if (Buffer.byteLength(request.body) > 5000)
      answer(response, 413, { code: 'resource-too-large', status: 413 })
    else acknowledge(response)
  })
  const records = made(100).map((each) => (each.n === 20 ? { ...each, note: 'x'.repeat(6000) } : each))
  const result = await loggedInClient(baseUrl).upload('ds', records, { chunkSize: 50 })
  assert.deepEqual([result.sent, result.refused, result.settled], [99, 1, 100])
  assert.equal(result.refusals[0]?.index, 20)
  assert.equal(result.refusals[0]?.problems[0]?.code, 'resource-too-large')
  assert.ok(requests.length <= 7, `${requests.length} requests`)
})

test('[CL-32] of a chunk that went in parts, only the parts that were acknowledged are settled', async (t) => {
  let taken = 0
  const { baseUrl } = await scriptedServer(t, (request, response) => {
    if (sentBy(request).length > 5) answer(response, 413, {})
    else if (taken++ === 2) answer(response, 409, {})
    else acknowledge(response)
  })
  const error = await rejection(loggedInClient(baseUrl).upload('ds', made(20), { chunkSize: 10 }))
  assert.equal(error.upload?.settled, error.upload?.sent)
  assert.ok((error.upload?.settled ?? 0) % 10 !== 0, `${error.upload?.settled}`)
})

test('[CL-27] refused records are named by their place in the whole input, and the rest is sent', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, validating)
  const records = made(25).map((each) => (each.n % 10 === 3 ? { ...each, fault: 'value' as const } : each))
  const heard: [RefusedRecord, unknown][] = []
  const result = await loggedInClient(baseUrl).upload('ds', records, {
    chunkSize: 10,
    skip: 1,
    onRefused: (refused, record) => heard.push([refused, record]),
  })
  assert.deepEqual([result.sent, result.refused, result.settled, result.chunks], [21, 3, 25, 3])
  const expected = [3, 13, 23].map((index) => ({
    index,
    problems: [
      {
        code: 'value-out-of-range',
        title: 'refused',
        detail: 'refused',
        pointer: '/value',
        meta: { type: 'cbg' },
      },
    ],
  }))
  assert.deepEqual(result.refusals, expected)
  assert.deepEqual(
    heard,
    expected.map((refused) => [refused, records[refused.index]]),
  )
  assert.equal(requests.length, 6)
})

test('[CL-28] value faults that hide behind parse faults are found, whatever the mixture', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, validating)
  const fault = fc.constantFrom('parse' as const, 'value' as const, undefined)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 12 }),
      fc.integer({ min: 1, max: 6 }),
      async (faults, chunkSize) => {
        requests.length = 0
        const records = faults.map((each, n) => ({ type: 'cbg', n, ...(each && { fault: each }) }))
        const result = await loggedInClient(baseUrl).upload('ds', records, { chunkSize })
        assert.deepEqual(
          result.refusals.map(({ index, problems }) => [index, problems.map((problem) => problem.code)]),
          records.flatMap(({ n, fault }) =>
            fault ? [[n, [fault === 'parse' ? 'type-not-float64' : 'value-out-of-range']]] : [],
          ),
        )
        assert.equal(result.sent, records.filter((record) => record.fault === undefined).length)
        assert.equal(result.settled, records.length)
        assert.ok(requests.length <= 3 * Math.ceil(records.length / chunkSize))
      },
    ),
    { numRuns: 40 },
  )
})

test('[CL-27] all faults of a record are kept, with pointers inside it', async (t) => {
  const { baseUrl } = await scriptedServer(t, ({ nth }, response) => {
    if (nth > 0) return acknowledge(response)
    const at = (pointer: string) => ({
      code: 'value-not-exists',
      title: 't',
      detail: 'd',
      source: { pointer },
    })
    answer(response, 400, { errors: [at('/1'), at('/1/time'), at('/1/origin/a~1b'), at('/0/payload/x/0')] })
  })
  const result = await loggedInClient(baseUrl).upload('ds', made(3))
  assert.deepEqual(
    result.refusals.map(({ index, problems }) => [index, problems.map((problem) => problem.pointer)]),
    [
      [0, ['/payload/x/0']],
      [1, ['', '/time', '/origin/a~1b']],
    ],
  )
  assert.equal(result.sent, 1)
})

test('[CL-27] only the first 1,000 refusals are kept, and all are told', async (t) => {
  const { baseUrl } = await scriptedServer(t, validating)
  const records = made(1500).map((each) => ({ ...each, fault: 'value' as const }))
  let heard = 0
  const result = await loggedInClient(baseUrl).upload('ds', records, { onRefused: () => heard++ })
  assert.deepEqual([result.refused, result.refusals.length, heard, result.settled], [1500, 1000, 1500, 1500])
})

for (const pointer of ['', '/', '/x/value', '/7/value', '/-1', '/1x', undefined]) {
  test(`[CL-29] a fault at ${pointer ?? 'no pointer'} names no record: the chunk fails and says what went before`, async (t) => {
    const { baseUrl, requests } = await scriptedServer(t, ({ nth }, response) => {
      if (nth === 0) return acknowledge(response)
      const known = { code: 'value-empty', title: 't', detail: 'd', source: { pointer: '/0/value' } }
      const odd = {
        code: 'json-malformed',
        title: 't',
        detail: 'd',
        ...(pointer !== undefined && { source: { pointer } }),
      }
      answer(response, 400, { errors: [known, odd] })
    })
    let refused = 0
    const error = await rejection(
      loggedInClient(baseUrl).upload('ds', made(6), { chunkSize: 3, onRefused: () => refused++ }),
    )
    assert.equal(error.kind, 'invalid')
    assert.match(error.message, /json-malformed/)
    assert.equal(error.problems.length, 2)
    assert.deepEqual([error.upload?.sent, error.upload?.settled, refused], [3, 3, 0])
    assert.equal(requests.length, 2)
  })
}

test('[CL-30] what is no record is refused by itself and the rest is sent', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, validating)
  const records = [
    made(1)[0],
    null,
    5,
    { big: 1n },
    { type: 'cbg', n: 1, fault: 'value' },
  ] as unknown as object[]
  const heard: unknown[] = []
  const result = await loggedInClient(baseUrl).upload('ds', records, {
    onRefused: (refused, record) => heard.push([refused.index, refused.problems[0]?.code, record]),
  })
  assert.deepEqual([result.sent, result.refused, result.settled], [1, 4, 5])
  assert.deepEqual(heard, [
    [1, 'type-not-object', null],
    [2, 'type-not-object', 5],
    [3, 'value-not-serializable', undefined],
    [4, 'value-out-of-range', { type: 'cbg', n: 1, fault: 'value' }],
  ])
  assert.deepEqual(numbers(requests), [[0, 1], [0]])
  assert.equal((await loggedInClient(baseUrl).upload('ds', [null, null] as unknown as object[])).refused, 2)
  assert.equal(requests.length, 2)
})

test('[CL-31] a closed or unknown data set is told, with what was acknowledged', async (t) => {
  const e1 = (code: string, status: number) => ({
    errors: [{ code, title: 't', detail: 'd', status: `${status}` }],
  })
  const { baseUrl } = await scriptedServer(t, ({ nth, path }, response) => {
    if (nth === 0) acknowledge(response)
    else if (path.includes('closed')) answer(response, 409, e1('data-set-closed', 409))
    else answer(response, 404, e1('data-set-id-not-found', 404))
  })
  const closed = await rejection(loggedInClient(baseUrl).upload('closed', made(4), { chunkSize: 2 }))
  assert.deepEqual(
    [closed.kind, closed.status, closed.code, closed.upload?.settled],
    ['data-set-closed', 409, 'data-set-closed', 2],
  )
  const unknown = await rejection(loggedInClient(baseUrl).upload('unknown', made(4), { chunkSize: 2 }))
  assert.deepEqual([unknown.kind, unknown.upload?.settled], ['data-set-not-found', 2])
})

test('[CL-32] progress counts what is settled, with the total where it is known', async (t) => {
  const { baseUrl } = await scriptedServer(t, validating)
  const records = made(7).map((each) => (each.n === 4 ? { ...each, fault: 'value' as const } : each))
  const seen: UploadProgress[] = []
  const how = { chunkSize: 3, skip: 1, onProgress: (progress: UploadProgress) => seen.push(progress) }
  await loggedInClient(baseUrl).upload('ds', records, how)
  assert.deepEqual(
    seen.map(({ sent, refused, settled, total, chunks }) => [sent, refused, settled, total, chunks]),
    [
      [3, 0, 4, 7, 1],
      [5, 1, 7, 7, 2],
    ],
  )
  seen.length = 0
  await loggedInClient(baseUrl).upload('ds', new Set(records), how)
  assert.equal(seen.at(-1)?.total, undefined)
  await loggedInClient(baseUrl).upload('ds', new Set(records), { ...how, total: 70 })
  assert.equal(seen.at(-1)?.total, 70)
})

test('[CL-33] the signal lets the chunk in flight finish and stops before the next', async (t) => {
  const stop = new AbortController()
  const { baseUrl, requests } = await scriptedServer(t, async ({ nth }, response) => {
    if (nth === 1) {
      stop.abort()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    acknowledge(response)
  })
  const result = await loggedInClient(baseUrl).upload('ds', made(10), { chunkSize: 2, signal: stop.signal })
  assert.deepEqual([result.stopped, result.sent, result.settled], [true, 4, 4])
  assert.equal(requests.length, 2)
  const before = await loggedInClient(baseUrl).upload('ds', made(10), { signal: stop.signal })
  assert.deepEqual([before.stopped, before.settled, requests.length], [true, 0, 2])
})

test('[CL-33] the signal ends a wait for the input and a wait between tries', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) =>
    answer(response, 503, {}, { 'retry-after': '60' }),
  )
  const { session } = loggedInClient(baseUrl)
  const { createClient } = await import('./client.ts')
  const tide = createClient({ baseUrl, session })
  const retrying = await tide.upload('ds', made(3), { signal: AbortSignal.timeout(40) })
  assert.deepEqual([retrying.stopped, retrying.settled], [true, 0])

  async function* stuck() {
    yield { type: 'cbg' }
    await new Promise(() => undefined)
  }
  const waiting = await tide.upload('ds', stuck(), { signal: AbortSignal.timeout(40) })
  assert.deepEqual([waiting.stopped, waiting.settled], [true, 0])
})

test('[CL-34] abort gives up the chunk in flight at once', async (t) => {
  const controller = new AbortController()
  const abort = controller.signal
  const { baseUrl } = await scriptedServer(t, ({ nth }, response) => {
    if (nth === 0) acknowledge(response)
    else controller.abort()
  })
  const error = await rejection(loggedInClient(baseUrl).upload('ds', made(4), { chunkSize: 2, abort }))
  assert.deepEqual([error.kind, error.upload?.sent, error.upload?.settled], ['aborted', 2, 2])
  const { signal } = new AbortController()
  const second = await rejection(loggedInClient(baseUrl).upload('ds', made(4), { signal, abort }))
  assert.equal(second.kind, 'aborted')
})

test('[CL-35] wherever an upload breaks off, skip resumes it without a gap or a settled record sent twice', async (t) => {
  let failAt = 0
  let count = 0
  const { baseUrl, requests } = await scriptedServer(t, (request, response) => {
    if (count++ === failAt) answer(response, 409, {})
    else validating(request, response)
  })
  const records = made(23).map((each) => (each.n % 5 === 2 ? { ...each, fault: 'value' as const } : each))
  for (failAt = 0; failAt < 9; failAt++) {
    count = 0
    requests.length = 0
    const tide = loggedInClient(baseUrl)
    const refused: number[] = []
    const how = { chunkSize: 4, onRefused: ({ index }: RefusedRecord) => refused.push(index) }
    const error = await rejection(tide.upload('ds', records, how))
    const before = requests.length
    const result = await tide.upload('ds', records, { ...how, skip: error.upload?.settled })
    const again = requests.slice(before).flatMap(sentBy)
    assert.ok(again.every(({ n }) => n >= (error.upload?.settled ?? 0)))
    assert.equal((error.upload?.sent ?? 0) + result.sent, 18)
    assert.deepEqual(refused, [2, 7, 12, 17, 22])
    assert.equal(result.settled, 23)
  }
})

test('[CL-36] an upload to a data set that keeps duplicates is not repeated', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ nth }, response) => {
    if (nth % 2 === 0) answer(response, 503, {})
    else acknowledge(response)
  })
  const tide = loggedInClient(baseUrl)
  for (const name of ['org.tidepool.deduplicator.none', 'org.tidepool.continuous']) {
    requests.length = 0
    const error = await rejection(tide.upload({ id: 'ds', deduplicator: { name } }, made(1)))
    assert.deepEqual([error.kind, requests.length], ['server-failed', 1])
  }
  requests.length = 0
  const deduplicator = { name: 'org.tidepool.deduplicator.dataset.delete.origin' }
  assert.equal((await tide.upload({ id: 'ds', deduplicator }, made(1))).sent, 1)
  requests.length = 0
  assert.equal((await rejection(tide.upload('ds', made(1), { repeatable: false }))).kind, 'server-failed')
})

test('[CL-37] an input that fails is told apart, with its own error as the cause', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => acknowledge(response))
  const broken = new Error('line 4 is no JSON')
  let cleanedUp = false
  async function* records() {
    try {
      yield* made(3)
      throw broken
    } finally {
      cleanedUp = true
    }
  }
  const error = await rejection(loggedInClient(baseUrl).upload('ds', records(), { chunkSize: 2 }))
  assert.deepEqual([error.kind, error.cause, error.upload?.settled], ['source-failed', broken, 2])
  assert.equal(cleanedUp, true)
})

test('[CL-37] the input is closed when the upload fails', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => answer(response, 409, {}))
  let closed = false
  async function* records() {
    try {
      yield* made(30)
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 5))
      closed = true
    }
  }
  await rejection(loggedInClient(baseUrl).upload('ds', records(), { chunkSize: 2 }))
  assert.equal(closed, true)
})

test('[CL-37] an error of the caller’s own callback comes through as it is', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => acknowledge(response))
  const mine = new Error('mine')
  const onProgress = () => {
    throw mine
  }
  await assert.rejects(loggedInClient(baseUrl).upload('ds', made(3), { onProgress }), (error) => {
    assert.ok(!(error instanceof TidegaugeError))
    return error === mine
  })
})
