import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loggedInClient } from '../testing/logged-in-client.ts'
import { answer, scriptedServer } from '../testing/scripted-server.ts'
import { parseReceipt } from './receipt.ts'

const none = { new: 0, replaced: 0, unchanged: 0, refused: 0, parked: 0 }

test('[CL-58] a receipt is read however it is spaced and ordered, and whatever else it names', () => {
  for (const [header, receipt] of [
    [
      'new=2,replaced=1,unchanged=3,refused=0,parked=4',
      { ...none, new: 2, replaced: 1, unchanged: 3, parked: 4 },
    ],
    ['Parked = 4 ; new=2', { ...none, new: 2, parked: 4 }],
    ['new=2, merged=7', { ...none, new: 2 }],
    ['new=0', none],
    ['new=two,replaced=1', { ...none, replaced: 1 }],
    ['', undefined],
    ['merged=7', undefined],
    ['new=-1', undefined],
    [null, undefined],
  ] as const) {
    assert.deepEqual(parseReceipt(header), receipt, String(header))
  }
})

test('[CL-58] the receipts of all chunks are added up, in progress and in the result', async (t) => {
  const { baseUrl } = await scriptedServer(t, ({ nth }, response) =>
    answer(
      response,
      200,
      { data: [] },
      nth === 1 ? {} : { 'x-tidegauge-receipt': `new=${nth + 1},unchanged=1` },
    ),
  )
  const seen: unknown[] = []
  const result = await loggedInClient(baseUrl).upload('ds', [{ a: 1 }, { a: 2 }, { a: 3 }], {
    chunkSize: 1,
    onProgress: ({ receipt }) => seen.push(receipt),
  })
  assert.deepEqual(result.receipt, { ...none, new: 4, unchanged: 2 })
  assert.deepEqual(
    seen.map((each) => (each as typeof none).new),
    [1, 1, 4],
  )
})

test('[CL-58] of a server that gives none, nothing is said', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => answer(response, 200, { data: [] }))
  assert.equal('receipt' in (await loggedInClient(baseUrl).upload('ds', [{ a: 1 }])), false)
})
