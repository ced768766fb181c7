import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cbgs, type Person, startWorld, type World } from '../../testing/world.ts'

/** The change numbers that a stream tells, as they come. */
async function* told(response: Response): AsyncGenerator<number> {
  let text = ''
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = /^id: (\d+)\nevent: change\ndata: (.*)$/.exec(text.slice(0, end))
      text = text.slice(end + 2)
      if (!event) continue
      assert.deepEqual(JSON.parse(event[2] ?? ''), { changeSequence: Number(event[1]) })
      yield Number(event[1])
    }
  }
}

describe('the stream of changes', () => {
  let world: World
  before(async () => {
    world = await startWorld()
  })
  after(() => world[Symbol.asyncDispose]())
  const open = (who: Person, of: Person, query: string, signal?: AbortSignal) =>
    fetch(`${world.url}/v1/users/${of.userId}/changes${query}`, {
      headers: { 'x-tidepool-session-token': who.token },
      ...(signal && { signal }),
    })
  const sequence = ({ userId }: Person) => world.store.changeSequence(userId)

  test('[CH-1] an upload is told within a second, with the number that was reached', async () => {
    const me = await world.person()
    const dataSet = await world.dataSet(me)
    const leave = new AbortController()
    const response = await open(me, me, `?after=${await sequence(me)}`, leave.signal)
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
    const numbers = told(response)
    const next = numbers.next()
    const startedMs = performance.now()
    await world.send('POST', `/v1/data_sets/${dataSet}/data`, { token: me.token, body: cbgs(3) })
    const { value } = await next
    assert.ok(performance.now() - startedMs < 1000)
    assert.equal(value, await sequence(me))
    leave.abort()
  })

  test('[CH-2] who comes back with the last number misses nothing, and hears nothing twice', async () => {
    const me = await world.person()
    const dataSet = await world.dataSet(me)
    const seen = await sequence(me)
    const send = (prefix: string) =>
      world.send('POST', `/v1/data_sets/${dataSet}/data`, { token: me.token, body: cbgs(1, { prefix }) })
    await send('a')
    const first = await (await open(me, me, `?after=${seen}&once=true`)).text()
    assert.match(first, new RegExp(`(^|\\n)id: ${seen + 1}\\n`))
    const waiting = open(me, me, `?after=${seen + 1}&once=true`).then((answer) => answer.text())
    await send('b')
    assert.match(await waiting, new RegExp(`(^|\\n)id: ${seen + 2}\\n`))
  })

  test('[CH-3] others’ changes are not told, and who may no longer look loses the stream', async () => {
    const [ada, bo, cy] = [await world.person(), await world.person(), await world.person()]
    assert.equal((await open(cy, ada, '')).status, 403)
    await world.grant(ada, bo, 'view')
    const response = await open(bo, ada, '')
    const reading = response.text()
    await world.grant(ada, bo)
    // How things stood is told at once.
    assert.equal((await reading).match(/event: change/g)?.length, 1)
  })

  test('[CH-4] a number that is none is refused', async () => {
    const me = await world.person()
    assert.equal((await open(me, me, '?after=x')).status, 400)
    assert.equal((await open(me, me, '?after=-1')).status, 400)
  })

  test('[CH-5] fifty streams of one caller, however fast they come; others have their own', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    await world.grant(ada, bo, 'view')
    const leave = new AbortController()
    const answers = await Promise.all(Array.from({ length: 60 }, () => open(bo, ada, '', leave.signal)))
    const statuses = answers.map(({ status }) => status).sort()
    assert.deepEqual(
      [statuses.filter((one) => one === 200).length, statuses.filter((one) => one === 429).length],
      [50, 10],
    )
    assert.equal((await open(ada, ada, '?once=true')).status, 200)
    leave.abort()
    // Their places are free again.
    for (const endMs = Date.now() + 5000; (await open(bo, ada, '?once=true')).status !== 200; ) {
      assert.ok(Date.now() < endMs)
      await new Promise((done) => setTimeout(done, 20))
    }
  })

  test('[CH-5] the server ends its streams when it ends', async () => {
    const own = await startWorld()
    const me = await own.person()
    const response = await fetch(`${own.url}/v1/users/${me.userId}/changes`, {
      headers: { 'x-tidepool-session-token': me.token },
    })
    const ended = response.text()
    const startedMs = performance.now()
    await own[Symbol.asyncDispose]()
    await ended
    assert.ok(performance.now() - startedMs < 3000)
  })
})
