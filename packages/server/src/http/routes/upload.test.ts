import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { cbgAt, cbgs, type Person, type Sent, startWorld, type World } from '../../testing/world.ts'

const t1 = '2026-01-05T10:00:00.000Z'
const t2 = '2026-01-05T10:05:00.000Z'
const none = { deduplicator: { name: 'org.tidepool.deduplicator.none' } }
const cbg = (id: string, time: string, value: number) => cbgAt(time, { value, origin: { id } })

describe('uploading', () => {
  let world: World
  let ada: Person
  let set: string
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())
  beforeEach(async () => {
    ada = await world.person()
    set = await world.dataSet(ada)
  })
  const post = (body: unknown, to = set, sent: Sent = {}) =>
    world.send('POST', `/v1/data_sets/${to}/data`, { token: ada.token, body, ...sent })
  const visible = async (query = 'type=cbg') =>
    (await world.send('GET', `/data/${ada.userId}?${query}`, { token: ada.token })).json
  const values = async () => (await visible()).map(({ value }: { value: number }) => value)

  test('[UP-1] success is 200 with an empty data array, and the data are visible at once (scenario 13)', async () => {
    const answer = await post([cbg('o1', t1, 5)])
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    const request = answer.headers.get('x-tidepool-trace-request')
    assert.deepEqual(answer.json, { data: [], meta: { trace: { request } } })
    const [datum, ...others] = await visible()
    assert.deepEqual(others, [])
    assert.match(datum.id, /^[0-9a-z]{32}$/)
    assert.deepEqual(datum, {
      id: datum.id,
      uploadId: set,
      type: 'cbg',
      time: t1,
      deviceId: 'device-1',
      units: 'mmol/L',
      value: 5,
      origin: { id: 'o1' },
    })
  })

  test('[UP-2] every alias takes data', async () => {
    let count = 0
    for (const path of [
      '/v1/data_sets',
      '/v1/datasets',
      '/dataservices/v1/data_sets',
      '/dataservices/v1/datasets',
    ]) {
      const body = [cbg(`alias${count}`, t1, 5)]
      const answer = await world.send('POST', `${path}/${set}/data`, { token: ada.token, body })
      assert.equal(answer.status, 200)
      assert.equal((await visible()).length, ++count)
    }
  })

  test('[UP-3] an empty array or null is 200 and changes nothing; nulls between records are skipped', async () => {
    for (const body of ['[]', 'null', '[null]']) assert.equal((await post(body)).status, 200)
    assert.deepEqual(await visible(), [])
    assert.equal((await post([null, cbg('o1', t1, 5), null])).status, 200)
    assert.deepEqual(await values(), [5])
  })

  test('[UP-4] a body that is no array is json-malformed in the old envelope (scenario 23)', async () => {
    for (const body of ['', '{', '{}', '"x"', '5', '[] []', '[{"type":"cbg"}']) {
      const answer = await post(body)
      assert.equal(answer.status, 400, body)
      assert.equal(answer.json.errors[0].code, 'json-malformed')
      assert.equal(answer.json.errors[0].status, '400')
    }
  })

  test('[UP-5] one bad record refuses all, with index, field and rule of every fault (scenario 22)', async () => {
    const answer = await post([cbg('o1', t1, 5), cbg('o2', t1, -1), cbg('o3', t1, 5), cbg('o4', t1, 56)])
    assert.equal(answer.status, 400)
    const fault = (index: number, value: number) => ({
      code: 'value-out-of-range',
      title: 'value is out of range',
      detail: `value ${value} is not between 0 and 55`,
      source: { pointer: `/${index}/value` },
      meta: { type: 'cbg' },
    })
    assert.deepEqual(answer.json, { errors: [fault(1, -1), fault(3, 56)] })
    assert.deepEqual((await post([cbg('o1', t1, 5), cbg('o2', t1, -1)])).json, fault(1, -1))
    assert.deepEqual(await visible(), [])
  })

  test('[UP-6] parse faults hide value faults', async () => {
    const answer = await post([cbg('o1', t1, -1), cbgAt(t1, { value: '5' })])
    assert.equal(answer.json.code, 'type-not-float64')
    assert.equal(answer.json.source.pointer, '/1/value')
  })

  test('[UP-7] a missing or unknown type, and an element that is no object, say so', async () => {
    const { errors } = (await post([{ time: t1 }, { type: 'upload', time: t1 }, 1])).json
    assert.deepEqual(
      errors.map(({ code, source }: { code: string; source: { pointer: string } }) => [code, source.pointer]),
      [
        ['value-not-exists', '/0/type'],
        ['value-not-allowed', '/1/type'],
        ['type-not-object', '/2'],
      ],
    )
  })

  test('[UP-8] the checks come in order: 401, 404, 403, then the body', async () => {
    const eve = await world.person()
    const send = (id: string, token?: string) =>
      world.send('POST', `/v1/data_sets/${id}/data`, { body: '{', ...(token !== undefined && { token }) })
    assert.equal((await send('0'.repeat(32))).status, 401)
    const unknown = await send('0'.repeat(32), ada.token)
    assert.equal(unknown.status, 404)
    assert.deepEqual(unknown.json.errors, [
      {
        code: 'data-set-id-not-found',
        title: 'data set with specified id not found',
        detail: `Data set with id ${'0'.repeat(32)} not found`,
        status: '404',
      },
    ])
    assert.equal((await send(set, eve.token)).status, 403)
    assert.equal((await send(set, ada.token)).status, 400)
  })

  test('[UP-9] unknown fields are dropped, ten thousand and one of them too', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`unknown${i}`, i]))
    const hostile = JSON.parse('{"__proto__":{"x":1},"constructor":1,"$set":{},"":1,"a.b":1,"uploadId":"x"}')
    assert.equal((await post([{ ...many, ...hostile, ...cbg('o1', t1, 5) }])).status, 200)
    const [datum] = await visible()
    assert.deepEqual(Object.keys(datum).sort(), [
      'deviceId',
      'id',
      'origin',
      'time',
      'type',
      'units',
      'uploadId',
      'value',
    ])
  })

  test('[UP-10] odd keys and large integers in a payload come back as JSON has them; a lone surrogate as U+FFFD', async () => {
    const payload =
      '{"__proto__":{"a":1},"$set":{"b":2},"":3,"a.b":[null,{"":""}],"big":12345678901234567890,"s":"x\\ud800y"}'
    assert.equal(
      (await post(`[${JSON.stringify(cbg('o1', t1, 5)).slice(0, -1)},"payload":${payload}}]`)).status,
      200,
    )
    const text = (await world.send('GET', `/data/${ada.userId}?type=cbg`, { token: ada.token })).text
    const stored = text.slice(text.indexOf('"payload":') + 10)
    assert.ok(
      stored.startsWith(
        payload.replace('12345678901234567890', '12345678901234567000').replace('\\ud800', '\ufffd'),
      ),
      stored,
    )
  })

  test('[UP-11] gzip is decoded when announced', async () => {
    const body = gzipSync(JSON.stringify([cbg('o1', t1, 5)]))
    assert.equal((await post(body, set, { headers: { 'content-encoding': 'gzip' } })).status, 200)
    assert.deepEqual(await values(), [5])
    const broken = await post(body.subarray(0, 40), set, { headers: { 'content-encoding': 'gzip' } })
    assert.equal(broken.status, 400)
    assert.equal(broken.json.errors[0].code, 'json-malformed')
    const unknown = await post(body, set, { headers: { 'content-encoding': 'zstd' } })
    assert.equal(unknown.json.code, 'media-type-not-supported')
  })

  test('[UP-12] the content type does not matter', async () => {
    const body = JSON.stringify([cbg('o1', t1, 5)])
    for (const type of ['text/plain', 'application/json; charset=utf-8', 'multipart/form-data', 'nonsense']) {
      assert.equal((await post(body, set, { headers: { 'content-type': type } })).status, 200, type)
    }
  })

  test('[UP-13] mg/dL is stored as mmol/L, rounded to five decimals (scenario 32)', async () => {
    await post([cbgAt(t1, { value: 119, units: 'mg/dL', origin: { id: 'o1' } })])
    const [datum] = await visible()
    assert.equal(datum.units, 'mmol/L')
    assert.equal(datum.value, 6.60539)
  })

  test('[DD-1] the same origin.id replaces, at another time too; the last to arrive wins (scenarios 14, 15, 16)', async () => {
    await post([cbg('o1', t1, 5)])
    const [{ id }] = await visible()
    await post([cbg('o1', t1, 6)])
    assert.deepEqual(await values(), [6])
    await post([cbg('o1', t2, 6)])
    const moved = await visible()
    assert.equal(moved.length, 1)
    assert.equal(moved[0].time, t2)
    await post([cbg('o1', t1, 5)])
    const [last, ...others] = await visible()
    assert.deepEqual([last.value, last.time, others], [5, t1, []])
    assert.equal(last.id, id, 'D17: the id stays with the origin')
  })

  test('[DD-2] D17: an id that the client sends is kept, and wins over the one that was made', async () => {
    const idA = 'a'.repeat(32)
    await post([cbg('o1', t1, 5)])
    await post([{ ...cbg('o1', t1, 6), id: idA }])
    assert.equal((await visible())[0].id, idA)
    await post([cbg('o1', t1, 7)])
    const [datum] = await visible()
    assert.deepEqual([datum.id, datum.value], [idA, 7])
  })

  test('[DD-3] D10: of one origin.id twice in a request the last wins, in one row (scenarios 17, 18)', async () => {
    await post([cbg('o1', t1, 5), cbg('o2', t1, 9), cbg('o1', t1, 6)])
    assert.deepEqual((await values()).sort(), [6, 9])
    await post([cbg('o1', t1, 7)])
    assert.deepEqual((await values()).sort(), [7, 9])
  })

  test('[DD-4] the identity ignores type and origin.name (scenario 19)', async () => {
    await post([{ type: 'food', time: t1, origin: { id: 'o1', name: 'a' } }])
    await post([cbgAt(t1, { origin: { id: 'o1', name: 'b' } })])
    const types = (await visible('')).map(({ type }: { type: string }) => type)
    assert.deepEqual(
      types.filter((type: string) => type !== 'upload'),
      ['cbg'],
    )
  })

  test('[DD-5] D11: without origin.id the same content is kept once, other content beside it (scenarios 20, 21)', async () => {
    await post([cbgAt(t1)])
    await post([cbgAt(t1)])
    await post([cbgAt(t1), cbgAt(t1)])
    assert.deepEqual(await values(), [5])
    await post([cbgAt(t1, { value: 6 })])
    assert.deepEqual((await values()).sort(), [5, 6])
    // What was read back is the same content, though it has an id now.
    const { uploadId: _set, ...readBack } = (await visible())[0]
    await post([readBack])
    assert.deepEqual((await values()).sort(), [5, 6])
    await post([cbgAt('2026-01-05T11:00:00.0001Z'), cbgAt('2026-01-05T11:00:00.0002Z')])
    assert.equal((await visible()).length, 4)
    await post([cbgAt('2026-01-05T11:00:00.0001Z')])
    assert.equal((await visible()).length, 4)
    await post([cbgAt(t1, { origin: { name: 'no id' } })])
    assert.equal((await visible()).length, 5)
  })

  test('[DD-6] the same origin.id in another data set is another record (scenario 24)', async () => {
    const other = await world.dataSet(ada, { client: { name: 'other' } })
    await post([cbg('o1', t1, 5)])
    await post([cbg('o1', t1, 6)], other)
    assert.deepEqual((await values()).sort(), [5, 6])
  })

  test('[DD-7] none adds every record every time (scenario 25)', async () => {
    const other = await world.dataSet(ada, { ...none, client: { name: 'other' } })
    for (let i = 0; i < 2; i++) assert.equal((await post([cbg('o1', t1, 5), cbgAt(t1)], other)).status, 200)
    assert.equal((await visible()).length, 4)
  })

  test('[DD-8] thirty-two clients post the same thousand origins at once: a thousand records, all of one (scenario 26)', async () => {
    const clients = Array.from({ length: 32 }, (_, i) => cbgs(1000, { value: 1 + i }))
    let reading = true
    const polls: Promise<void> = (async () => {
      while (reading) {
        const seen = await visible()
        assert.ok(seen.length === 0 || seen.length === 1000, `saw ${seen.length}`)
        assert.equal(
          new Set(seen.map(({ value }: { value: number }) => value)).size,
          seen.length === 0 ? 0 : 1,
        )
      }
    })()
    const answers = await Promise.all(clients.map((body) => post(body)))
    reading = false
    await polls
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    const seen = await visible()
    assert.equal(seen.length, 1000)
    assert.equal(new Set(seen.map(({ origin }: { origin: { id: string } }) => origin.id)).size, 1000)
    assert.equal(new Set(seen.map(({ value }: { value: number }) => value)).size, 1)
  })

  test('[DD-9] a reader polling while one origin is replaced sees it exactly once, always (scenario 27)', async () => {
    await post([cbg('o1', t1, 1)])
    const writes = (async () => {
      for (let i = 0; i < 200; i++) await post([cbg('o1', t1, 1 + (i % 50))])
      return 'done' as const
    })()
    let state: 'done' | 'going' = 'going'
    do {
      assert.equal((await visible()).length, 1)
      state = await Promise.race([writes, Promise.resolve('going' as const)])
    } while (state === 'going')
  })

  test('[UP-14] ten thousand records in one request, and the next ones (scenario 29)', async () => {
    assert.equal((await post(cbgs(10_000))).status, 200)
    assert.equal((await post(cbgs(1_000, { prefix: 'next' }))).status, 200)
    assert.equal((await visible()).length, 11_000)
  })
})

describe('bodies that are too much', () => {
  let world: World
  let ada: Person
  let set: string
  const logged: string[] = []
  const limits = { bodyBytes: 200_000, bodyTimeoutMs: 500, recordsPerRequest: 1_000 }
  before(async () => {
    const log = pino(
      { formatters: { level: (label) => ({ level: label }) } },
      { write: (line) => logged.push(line) },
    )
    world = await startWorld({ limits, log })
    ada = await world.person()
    set = await world.dataSet(ada)
  })
  after(() => world[Symbol.asyncDispose]())
  const post = (body: unknown, sent: Sent = {}) =>
    world.send('POST', `/v1/data_sets/${set}/data`, { token: ada.token, body, ...sent })
  const stored = async () =>
    (await world.send('GET', `/data/${ada.userId}?type=cbg`, { token: ada.token })).json.length

  test('[ER-20] more bytes than allowed: 413 with a numeric status, known size or not', async () => {
    const tooLarge = JSON.stringify([{ ...cbgAt(t1), unknown: 'x'.repeat(250_000) }])
    const answer = await post(tooLarge)
    assert.equal(answer.status, 413)
    assert.equal(answer.json.code, 'resource-too-large')
    assert.equal(answer.json.status, 413)
    const chunked = await fetch(`${world.url}/v1/data_sets/${set}/data`, {
      method: 'POST',
      headers: { 'x-tidepool-session-token': ada.token },
      body: new Blob([tooLarge]).stream(),
      duplex: 'half',
    } as RequestInit)
    assert.equal(chunked.status, 413)
    assert.equal(await stored(), 0)
  })

  test('[ER-21] a gzip bomb is refused at the limit of what it decodes to', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
    assert.ok(bomb.length < limits.bodyBytes)
    const answer = await post(bomb, { headers: { 'content-encoding': 'gzip' } })
    assert.equal(answer.status, 413)
    assert.equal(answer.json.code, 'resource-too-large')
  })

  test('[ER-22] more records than allowed: 413', async () => {
    const answer = await post(`[${Array(1_001).fill('null').join(',')}]`)
    assert.equal(answer.status, 413)
    assert.match(answer.json.detail, /1000 records/)
  })

  test('[ER-23] nesting deeper than 500 is json-malformed', async () => {
    const deep = `[{"type":"cbg","payload":${'{"a":'.repeat(600)}1${'}'.repeat(600)}}]`
    const answer = await post(deep)
    assert.equal(answer.status, 400)
    assert.equal(answer.json.errors[0].code, 'json-malformed')
  })

  test('[ER-24] a body that does not come is a 408, and nothing is stored', async () => {
    const answer = await fetch(`${world.url}/v1/data_sets/${set}/data`, {
      method: 'POST',
      headers: { 'x-tidepool-session-token': ada.token },
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(JSON.stringify([cbgAt(t1)])))
        },
      }),
      duplex: 'half',
    } as RequestInit)
    assert.equal(answer.status, 408)
    assert.match((await answer.json()).detail, /0\.5 seconds/)
    assert.equal(await stored(), 0)
  })

  test('[ER-25] a body cut short stores nothing, is no error of ours, and the server goes on', async () => {
    const body = JSON.stringify([cbgAt(t1, { origin: { id: 'cut' } })])
    const { connect } = await import('node:net')
    const { hostname, port } = new URL(world.url)
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST /v1/data_sets/${set}/data HTTP/1.1\r\nhost: x\r\nx-tidepool-session-token: ${ada.token}\r\ncontent-length: ${body.length + 10}\r\n\r\n${body}`,
          () => setTimeout(() => socket.destroy(), 50),
        )
      })
      socket.on('close', () => resolve())
    })
    assert.equal((await world.send('GET', '/status')).status, 200)
    assert.equal(await stored(), 0)
    assert.deepEqual(
      logged.filter((line) => line.includes('"error"')),
      [],
    )
  })
})
