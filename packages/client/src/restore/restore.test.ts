import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { loggedInClient } from '../../testing/logged-in-client.ts'
import { rejection } from '../../testing/rejection.ts'
import { answer } from '../../testing/scripted-server.ts'
import { type Fields, type SplittingServer, splittingServer } from '../../testing/splitting-server.ts'
import { TidegaugeError } from '../errors.ts'
import type { Prepared, Unlinked } from './restore.ts'

/** `id('b', 1)` is that of the record called b1. */
const id = (letter: string, n: number) => `${letter}${String(n).padStart(31, '0')}`
const called = (text: string) => text.replace(/(?<=^| )([a-z])0*(\d+)$/, '$1$2')

const bolus = (n: number, more: object = {}) => ({
  type: 'bolus',
  subType: 'normal',
  id: id('b', n),
  normal: n,
  ...more,
})
const wizard = (n: number, more: object = {}) => ({
  type: 'wizard',
  id: id('w', n),
  bolus: id('b', n),
  ...more,
})
const status = (n: number) => ({
  type: 'deviceEvent',
  subType: 'status',
  id: id('s', n),
  status: 'suspended',
})
const alarm = (n: number) => ({ type: 'deviceEvent', subType: 'alarm', id: id('a', n), status: id('s', n) })
const cbg = (n: number, more: object = {}) => ({ type: 'cbg', id: id('c', n), value: n, ...more })
const upload = (uploadId: string, more: object = {}) => ({ type: 'upload', uploadId, ...more })

/** What is stored, as it was before: without data set and origin. */
function stored({ data }: SplittingServer): Fields[] {
  return [...data.values()].map(({ origin: _, ...record }) => record)
}

/** By data set and the name of the record. */
const keys = ({ data }: SplittingServer) => Array.from(data.keys(), called)
const names = (server: SplittingServer) => stored(server).map((record) => called(String(record.id)))
const byId = (records: readonly Fields[]) =>
  records.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
const sizes = ({ chunks }: SplittingServer) =>
  chunks.map(({ dataSetId, records }) => [dataSetId, records.length])

test('[CL-50] what a server split comes back as it was, wherever in the input the parts stand', async (t) => {
  const server = await splittingServer(t)
  const all = [0, 1, 2].flatMap((n) => [wizard(n), bolus(n), status(n), alarm(n), cbg(n)])
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.integer({ min: 1, max: 20 }),
      async (records, chunkSize) => {
        server.data.clear()
        server.chunks.length = 0
        const before = structuredClone(records)
        const result = await loggedInClient(server.baseUrl).restore(records, { chunkSize })
        assert.deepEqual(byId(stored(server)), byId(all))
        assert.deepEqual([result.sent, result.refused, result.settled, result.unlinked], [15, 0, 15, 0])
        assert.equal(
          server.chunks.flatMap((chunk) => chunk.records).length,
          9,
          'a linked one is not sent twice',
        )
        assert.deepEqual(records, before, 'the caller’s records stay as they are')
      },
    ),
    { numRuns: 30 },
  )
})

test('[CL-50] the linked record keeps the origin that it has, else gets its own id as one', async (t) => {
  const server = await splittingServer(t)
  const origin = { id: 'w0:bolus', name: 'org.example.pump' }
  await loggedInClient(server.baseUrl).restore([wizard(0), bolus(0, { origin }), wizard(1), bolus(1)])
  assert.deepEqual(
    [...server.data.values()].filter(({ type }) => type === 'bolus').map((record) => record.origin),
    [origin, { id: id('b', 1), name: 'org.tidegauge.client', type: 'application' }],
  )
})

test('[CL-50] put in again, and with every record twice, nothing is there twice', async (t) => {
  const server = await splittingServer(t)
  const records = [wizard(0), bolus(0), cbg(0)]
  for (const list of [records, records, [...records, ...records]])
    await loggedInClient(server.baseUrl).restore(list)
  assert.deepEqual(byId(stored(server)), byId(records))
})

test('[CL-51] a record whose link leads to nothing there is sent without it, and told', async (t) => {
  const server = await splittingServer(t)
  const told: Unlinked[] = []
  const records = [cbg(0), wizard(7), alarm(7), { ...cbg(7), id: id('b', 7) }]
  const result = await loggedInClient(server.baseUrl).restore(records, {
    onUnlinked: (each) => told.push(each),
  })
  assert.deepEqual(told, [
    { index: 1, type: 'wizard', field: 'bolus', reason: 'missing' },
    { index: 2, type: 'deviceEvent', subType: 'alarm', field: 'status', reason: 'missing' },
  ])
  assert.deepEqual([result.unlinked, result.sent], [2, 4])
  const { bolus: _, ...alone } = wizard(7)
  assert.deepEqual(stored(server)[1], alone)
})

for (const [what, pointers, kept, unlinked, refusals] of [
  ['the linked record', ['/bolus/normal'], ['w0'], 1, [[1, '/normal']]],
  ['the linked record as a whole', ['/bolus'], ['w0'], 1, [[1, '']]],
  ['the one that links', ['/bolusUnits'], ['b0'], 0, [[2, '/bolusUnits']]],
  [
    'both',
    ['/bolus/normal', '/units'],
    [],
    0,
    [
      [2, '/units'],
      [1, '/normal'],
    ],
  ],
] as const) {
  test(`[CL-52] of two that travel as one, a fault of ${what} is told with its place; what is good is stored`, async (t) => {
    const server = await splittingServer(t)
    server.refuse = ({ type, bolus: inner }) =>
      type === 'wizard' && typeof inner === 'object' ? [...pointers] : []
    const told: Unlinked[] = []
    const result = await loggedInClient(server.baseUrl).restore([cbg(0), bolus(0), wizard(0), cbg(1)], {
      onUnlinked: (each) => told.push(each),
    })
    assert.deepEqual(
      result.refusals.map(({ index, problems }) => [index, problems[0]?.pointer]),
      refusals,
    )
    assert.deepEqual(names(server).toSorted(), [...kept, 'c0', 'c1'].toSorted())
    assert.equal(result.sent + result.refused, 4)
    assert.deepEqual(
      told.map(({ index, reason }) => [index, reason]),
      Array(unlinked).fill([2, 'refused']),
    )
  })
}

test('[CL-52] two that are too large together are refused both', async (t) => {
  const server = await splittingServer(t)
  server.before = ({ method, body }, response) => {
    const isTooLarge = method === 'POST' && body.includes('wizard')
    if (isTooLarge) answer(response, 413, {})
    return isTooLarge
  }
  const result = await loggedInClient(server.baseUrl).restore([cbg(0), wizard(0), bolus(0), cbg(1)])
  assert.deepEqual([result.sent, result.refused, result.settled], [2, 2, 4])
})

test('[CL-53] records go to data sets like their own, made in the order of their times, and found again', async (t) => {
  const server = await splittingServer(t)
  const records = [
    cbg(1, { uploadId: 'new' }),
    upload('new', { time: '2026-02-01T00:00:00Z', client: { name: 'org.example.pump' } }),
    upload('old', { time: '2026-01-01T00:00:00Z', deviceId: 'd' }),
    cbg(2, { uploadId: 'old' }),
    cbg(3, { uploadId: 'unheard-of' }),
    cbg(4),
  ]
  const prepared: Prepared[] = []
  const tide = loggedInClient(server.baseUrl)
  const result = await tide.restore(records, { onPrepared: (each) => prepared.push(each) })
  assert.deepEqual(prepared, [
    {
      total: 6,
      dataSets: [
        { index: 1, uploadId: 'new', dataSetId: 'set-2', state: 'made', leftOut: [] },
        { index: 2, uploadId: 'old', dataSetId: 'set-1', state: 'made', leftOut: [] },
      ],
      dataSetId: 'set-3',
    },
  ])
  assert.deepEqual(keys(server), ['set-2 c1', 'set-1 c2', 'set-3 c3', 'set-3 c4'])
  assert.deepEqual([result.sent, result.settled, result.dataSets.length], [4, 6, 2])

  const again = await tide.restore(records.toReversed())
  assert.equal(server.dataSets.length, 3)
  assert.equal(server.data.size, 4)
  assert.ok(again.dataSets.every(({ state }) => state === 'found'))
})

test('[CL-53] without records that describe data sets there is one, as for an upload', async (t) => {
  const server = await splittingServer(t)
  await loggedInClient(server.baseUrl).restore([], { open: { clientName: 'org.example.pump' } })
  assert.deepEqual(
    server.dataSets.map(({ client }) => client),
    [{ name: 'org.example.pump' }],
  )
})

test('[CL-53] for uploads of its own, a program takes a restored data set only when it has no other', async (t) => {
  const server = await splittingServer(t)
  const tide = loggedInClient(server.baseUrl)
  const clientName = 'org.example.pump'
  await tide.restore([upload('u', { client: { name: clientName } })])
  assert.equal((await tide.openDataSet({ clientName })).id, 'set-1')
  server.dataSets.push({ ...server.dataSets[0], id: 'own', client: { name: clientName } })
  assert.equal((await tide.openDataSet({ clientName })).id, 'own')
})

test('[CL-53] all can be sent to one data set', async (t) => {
  const server = await splittingServer(t)
  const result = await loggedInClient(server.baseUrl).restore(
    [upload('u'), cbg(0, { uploadId: 'u' }), wizard(0), bolus(0)],
    { dataSet: 'mine' },
  )
  assert.deepEqual(keys(server), ['mine c0', 'mine b0', 'mine w0'])
  assert.deepEqual([result.settled, server.dataSets], [4, []])
})

test('[CL-53] a creation whose answer was lost is looked for', async (t) => {
  const server = await splittingServer(t)
  server.before = ({ method, path, body }, response) => {
    if (method !== 'POST' || !path.endsWith('/data_sets')) return false
    server.dataSets.unshift({ ...JSON.parse(body), id: 'made' })
    response.destroy()
    return true
  }
  const { dataSets } = await loggedInClient(server.baseUrl).restore([upload('u')])
  assert.equal(dataSets[0]?.dataSetId, 'made')
  assert.equal(server.dataSets.length, 1)
})

test('[CL-54] parts of a description that the server refuses are left out and told', async (t) => {
  const server = await splittingServer(t)
  server.refuseDataSet = ({ deviceTags, version }) =>
    deviceTags ? ['/deviceTags/0'] : version ? ['/version'] : []
  const records = [upload('u', { deviceTags: ['pen'], version: '1', deviceId: 'd' })]
  const { dataSets } = await loggedInClient(server.baseUrl).restore(records)
  assert.deepEqual(
    dataSets[0]?.leftOut.map(({ pointer }) => pointer),
    ['/deviceTags/0', '/version'],
  )
  assert.equal(server.dataSets[0]?.deviceId, 'd')
  server.refuseDataSet = () => ['/dataSetType']
  const error = await rejection(loggedInClient(server.baseUrl).restore([upload('v')]))
  assert.equal(error.kind, 'invalid')
})

test('[CL-55] what is in the account itself and takes no more is not sent again; what takes more gets it', async (t) => {
  const server = await splittingServer(t)
  const set = (id: string, more: object) => ({ id, dataSetType: 'continuous', ...more })
  server.dataSets.push(
    set('normal', { dataSetType: 'normal' }),
    set('doubling', { deduplicator: { name: 'org.tidepool.deduplicator.none' } }),
    set('open', {}),
  )
  const origin = { id: 'c2' }
  const records = ['normal', 'doubling', 'open'].flatMap((uploadId, n) => [
    upload(uploadId),
    cbg(n, { uploadId, origin }),
  ])
  const kept: number[] = []
  const result = await loggedInClient(server.baseUrl).restore(records, {
    onKept: (index) => kept.push(index),
  })
  assert.deepEqual(kept, [1, 3])
  assert.deepEqual([result.kept, result.sent, result.settled], [2, 1, 6])
  assert.deepEqual(keys(server), ['open c2'])
  assert.equal(server.dataSets.length, 3)
})

test('[CL-55] what its own data set would not know again is not sent there, unless that is asked for', async (t) => {
  const server = await splittingServer(t)
  server.dataSets.push({ id: 'own', dataSetType: 'continuous' })
  const uploadId = 'own'
  const origin = { id: 'known' }
  const records = [
    upload(uploadId),
    cbg(0, { uploadId }),
    cbg(1, { uploadId, origin }),
    wizard(2, { uploadId, origin: { id: 'w2' } }),
    bolus(2, { uploadId }),
  ]
  const tide = loggedInClient(server.baseUrl)
  assert.deepEqual([(await tide.restore(records)).kept, keys(server)], [3, ['own known']])
  assert.deepEqual([(await tide.restore(records, { dataSet: 'own' })).kept, server.data.size], [0, 4])
})

test('[CL-56] data sets that take turns do not make the chunks small, and none waits for ever', async (t) => {
  const server = await splittingServer(t)
  const records = [
    upload('a'),
    upload('b'),
    upload('rare'),
    cbg(0, { uploadId: 'rare' }),
    ...Array.from({ length: 60 }, (_, n) => cbg(n + 1, { uploadId: n % 2 === 0 ? 'a' : 'b' })),
  ]
  const settled: number[] = []
  await loggedInClient(server.baseUrl).restore(records, {
    chunkSize: 4,
    onProgress: (progress) => settled.push(progress.settled),
  })
  assert.equal(server.chunks.length, 2 * 8 + 1)
  const rare = sizes(server).findIndex(([, size]) => size === 1)
  assert.ok(rare > 0 && rare <= 10, `${rare}`)
  assert.deepEqual(
    settled,
    settled.toSorted((a, b) => a - b),
  )
  assert.equal(settled.at(-1), 64)
})

test('[CL-56] several data sets together hold no more bytes than a body has', async (t) => {
  const server = await splittingServer(t)
  const sets = Array.from({ length: 8 }, (_, n) => `set ${n}`)
  const records = [
    ...sets.map((name) => upload(name)),
    ...Array.from({ length: 40 }, (_, n) => cbg(n, { uploadId: sets[n % 8], note: 'x'.repeat(100) })),
  ]
  let taken = 0
  let held = 0
  const input = {
    *[Symbol.iterator]() {
      taken = 0
      for (const record of records) {
        taken++
        yield record
      }
    },
  }
  server.before = ({ path }) => {
    if (path.endsWith('/data')) held = Math.max(held, taken - sets.length - server.data.size)
    return false
  }
  await loggedInClient(server.baseUrl).restore(input, { maxBodyBytes: 1000 })
  assert.equal(server.data.size, 40)
  assert.ok(held <= 6, `${held} records`)
})

test('[CL-56] wherever it breaks off, skip resumes it without a gap', async (t) => {
  const server = await splittingServer(t)
  const all = [
    upload('a'),
    upload('b'),
    ...Array.from({ length: 12 }, (_, n) => [
      cbg(n, { uploadId: 'a' }),
      wizard(n, { uploadId: 'b' }),
      bolus(11 - n, { uploadId: 'b' }),
    ]).flat(),
  ]
  let posts = 0
  let failAt = 0
  server.before = ({ path }, response) => {
    const fails = path.endsWith('/data') && posts++ === failAt
    if (fails) answer(response, 409, {})
    return fails
  }
  for (failAt = 0; failAt < 8; failAt++) {
    server.data.clear()
    posts = 0
    const tide = loggedInClient(server.baseUrl)
    const error = await rejection(tide.restore(all, { chunkSize: 3 }))
    const settled = error.upload?.settled ?? 0
    assert.ok(settled >= failAt, `${settled} settled`)
    const result = await tide.restore(all, { chunkSize: 3, skip: settled })
    assert.equal(result.settled, all.length)
    assert.deepEqual(
      stored(server)
        .map((record) => record.id)
        .toSorted(),
      all.flatMap((record) => ('id' in record ? record.id : [])).toSorted(),
    )
    assert.ok(stored(server).every(({ type, bolus: link }) => type !== 'wizard' || typeof link === 'string'))
  }
})

test('[CL-57] an input that can be read only once is refused before anything is sent', async (t) => {
  const server = await splittingServer(t)
  const tide = loggedInClient(server.baseUrl)
  for (const once of [[cbg(0)].values(), (async function* () {})()])
    assert.equal((await rejection(tide.restore(once))).kind, 'usage')
  assert.deepEqual(server.requests, [])
})

test('[CL-57] of an input that fails, what comes before is sent; what may link to the rest is not settled', async (t) => {
  const server = await splittingServer(t)
  const broken = new Error('line 5 is no JSON')
  const input = {
    async *[Symbol.asyncIterator]() {
      yield* [cbg(0), wizard(0), bolus(0), wizard(1)]
      throw broken
    },
  }
  const tide = loggedInClient(server.baseUrl)
  const error = await rejection(tide.restore(input, { chunkSize: 1 }))
  assert.deepEqual([error.kind, error.cause, error.upload?.settled], ['source-failed', broken, 3])
  assert.equal(server.data.size, 4)
  const mended = [cbg(0), wizard(0), bolus(0), wizard(1), bolus(1)]
  await tide.restore(mended, { skip: 3 })
  assert.deepEqual(byId(stored(server)), byId(mended))
})

test('[CL-57] an input that failed while it was looked through fails, even when it can be read later', async (t) => {
  const server = await splittingServer(t)
  const broken = new Error('once')
  let reads = 0
  const input = {
    *[Symbol.iterator]() {
      yield cbg(0)
      if (reads++ === 0) throw broken
    },
  }
  const error = await rejection(loggedInClient(server.baseUrl).restore(input))
  assert.deepEqual([error.kind, error.cause], ['source-failed', broken])
})

test('[CL-57] what is no record is refused by itself', async (t) => {
  const server = await splittingServer(t)
  const odd = [cbg(0), null, 'x', { type: 'upload' }] as object[]
  server.refuse = ({ type }) => (type === 'upload' ? ['/type'] : [])
  const result = await loggedInClient(server.baseUrl).restore(odd)
  assert.deepEqual(
    result.refusals.map(({ index }) => index),
    [1, 2, 3],
  )
  assert.deepEqual([result.sent, result.settled], [1, 4])
})

test('[CL-33] the signal ends it before anything is sent, also while the input hangs', async (t) => {
  const server = await splittingServer(t)
  const tide = loggedInClient(server.baseUrl)
  const stuck = {
    async *[Symbol.asyncIterator]() {
      yield cbg(0)
      await new Promise(() => undefined)
    },
  }
  for (const how of [{ signal: AbortSignal.timeout(30) }, { abort: AbortSignal.timeout(30) }]) {
    const error = await rejection(tide.restore(stuck, how))
    assert.ok(error instanceof TidegaugeError)
    assert.deepEqual([error.kind, error.upload], ['aborted', undefined])
  }
  assert.deepEqual(server.requests, [])
})
