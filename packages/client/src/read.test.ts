import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import fc from 'fast-check'
import { loggedInClient } from '../testing/logged-in-client.ts'
import { rejection } from '../testing/rejection.ts'
import { answer, scriptedServer } from '../testing/scripted-server.ts'

const records = [
  { type: 'cbg', value: 6.4, units: 'mmol/L', time: '2026-01-05T10:00:00.000Z', id: 'a' },
  { type: 'food', name: 'Käsespätzle 🧀 "],[{', time: '2026-01-05T10:05:00.000Z', id: 'b' },
  { type: 'upload', uploadId: 'u', payload: { note: '\\"]' } },
]
const lines = `[\n${records.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`

test('[CL-40] the filters go into the query as the protocol spells them', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => answer(response, 200, []))
  const tide = loggedInClient(baseUrl)
  await Array.fromAsync(
    tide.readData({
      types: ['cbg', 'smbg'],
      subTypes: ['normal'],
      from: new Date(Date.UTC(2026, 0, 5)),
      to: '2026-01-06T00:00:00+01:00',
      deviceId: 'd',
      dataSetId: 'u',
      latest: true,
      carelink: true,
      cbgFilter: false,
      medtronic: false,
    }),
  )
  await Array.fromAsync(tide.readData({ userId: 'ffffffffff', types: [] }))
  assert.equal(requests[0]?.path, '/data/5f0c2ab91e')
  assert.deepEqual(Object.fromEntries(requests[0]?.query ?? []), {
    type: 'cbg,smbg',
    subType: 'normal',
    startDate: '2026-01-05T00:00:00.000Z',
    endDate: '2026-01-06T00:00:00+01:00',
    deviceId: 'd',
    uploadId: 'u',
    latest: 'true',
    carelink: 'true',
    cbgFilter: 'false',
    medtronic: 'false',
  })
  assert.equal(requests[1]?.url, '/data/ffffffffff')
})

test('[CL-40] a time that is none is refused before anything is sent', async () => {
  const tide = loggedInClient('http://127.0.0.1:1')
  const error = await rejection(Array.fromAsync(tide.readData({ from: new Date('yesterday') })))
  assert.equal(error.kind, 'usage')
})

test('[CL-38] records come whole wherever the answer is cut, also within a character', async () => {
  const bytes = new TextEncoder().encode(lines)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const read = await Array.fromAsync(clientOf([bytes.slice(0, cut), bytes.slice(cut)]).readData())
    assert.deepEqual(read, records)
  }
})

test('[CL-38] records come whole in parts of any sizes', async () => {
  const bytes = new TextEncoder().encode(JSON.stringify(records))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      const parts = at.slice(1).map((end, index) => bytes.slice(at[index], end))
      assert.deepEqual(await Array.fromAsync(clientOf(parts).readData()), records)
    }),
    { numRuns: 50 },
  )
})

test('[CL-38] records are given out while the answer is still coming', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(`[\n${JSON.stringify(records[0])},\n`)
  })
  for await (const datum of loggedInClient(baseUrl).readData()) {
    assert.deepEqual(datum, records[0])
    break
  }
})

test('[CL-38] whoever stops reading frees the connection', async (t) => {
  let closed: () => void
  const freed = new Promise<void>((resolve) => {
    closed = resolve
  })
  const { baseUrl } = await scriptedServer(t, (_, response) => {
    response.on('close', () => closed())
    response.writeHead(200)
    response.write(`[${JSON.stringify(records[0])},`)
  })
  const { signal } = new AbortController()
  for await (const _ of loggedInClient(baseUrl).readData({ signal })) break
  await freed
  assert.equal(getEventListeners(signal, 'abort').length, 0)
})

test('[CL-38] the reader may be slow: the time limit is for the server alone', async () => {
  const parts = records.map((each, index) => `${index === 0 ? '[' : ','}${JSON.stringify(each)}`)
  const tide = clientOf(
    [...parts, ']'].map((part) => new TextEncoder().encode(part)),
    { requestTimeoutMs: 40 },
  )
  let count = 0
  for await (const _ of tide.readData()) {
    await new Promise((resolve) => setTimeout(resolve, 60))
    count++
  }
  assert.equal(count, 3)
})

test('[CL-39] an answer cut off anywhere is an error after the records before it', async () => {
  const bytes = new TextEncoder().encode(lines.trimEnd())
  for (let end = 0; end < bytes.length; end++) {
    const read: unknown[] = []
    const error = await rejection(
      (async () => {
        for await (const datum of clientOf([bytes.slice(0, end)]).readData()) read.push(datum)
      })(),
    )
    assert.equal(error.kind, 'truncated')
    assert.deepEqual(read, records.slice(0, read.length))
  }
})

test('[CL-39] a connection that breaks in the middle is a truncated answer', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(`[\n${JSON.stringify(records[0])},\n`, () => setTimeout(() => response.destroy(), 20))
  })
  assert.equal((await rejection(Array.fromAsync(loggedInClient(baseUrl).readData()))).kind, 'truncated')
  assert.equal(requests.length, 1)
})

test('[CL-10] a stream that stalls is a time-out', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => {
    response.writeHead(200)
    response.write(`[\n${JSON.stringify(records[0])},\n`)
  })
  const tide = loggedInClient(baseUrl, { requestTimeoutMs: 60 })
  assert.equal((await rejection(Array.fromAsync(tide.readData()))).kind, 'timeout')
})

test('[CL-11] a read is tried again until its answer begins', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ nth }, response) => {
    if (nth === 0) answer(response, 502, {})
    else response.end(lines)
  })
  assert.equal((await Array.fromAsync(loggedInClient(baseUrl).readData())).length, 3)
  assert.equal(requests.length, 2)
})

test('[CL-17] what is no array of records is an error that quotes nothing of it', async () => {
  const wrong = [
    '<html>5.5</html>',
    '{"value":5.5}',
    '[5.5]',
    '[{"type":5.5}]',
    '[{"type":"cbg",5.5}]',
    `${lines}x`,
  ]
  for (const text of wrong) {
    const error = await rejection(Array.fromAsync(clientOf([new TextEncoder().encode(text)]).readData()))
    assert.equal(error.kind, 'unexpected-answer', text)
    assert.doesNotMatch(error.message, /5\.5/)
  }
  const notUtf8 = Uint8Array.from([
    ...new TextEncoder().encode('[{"type":"'),
    0xff,
    ...new TextEncoder().encode('"}]'),
  ])
  assert.equal((await rejection(Array.fromAsync(clientOf([notUtf8]).readData()))).kind, 'unexpected-answer')
})

/** A client whose server answers 200 with these bytes, in these parts. */
function clientOf(parts: Uint8Array[], options: { requestTimeoutMs?: number } = {}) {
  const fetch = async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const part of parts) if (part.length > 0) controller.enqueue(part)
          controller.close()
        },
      }),
    )
  return loggedInClient('http://tide.example', { ...options, fetch })
}
