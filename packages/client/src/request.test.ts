import assert from 'node:assert/strict'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { fakeClock } from '../testing/fake-clock.ts'
import { loggedInClient } from '../testing/logged-in-client.ts'
import { rejection } from '../testing/rejection.ts'
import { acknowledge, answer, scriptedServer } from '../testing/scripted-server.ts'
import { createClient } from './client.ts'

const limitMs = 80
const once = { requestTimeoutMs: limitMs, retry: { maxTries: 1 } }
const page = '<!doctype html><html><body>Sign in to the hotel network</body></html>'

test('[CL-10] a server that never answers ends in a time-out', async (t) => {
  const { baseUrl } = await scriptedServer(t, () => undefined)
  const error = await rejection(loggedInClient(baseUrl, once).whoAmI())
  assert.equal(error.kind, 'timeout')
  assert.match(error.message, /within 80 ms/)
})

test('[CL-10] an answer that begins and never ends is a time-out', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"userid":')
  })
  assert.equal((await rejection(loggedInClient(baseUrl, once).whoAmI())).kind, 'timeout')
})

test('[CL-10] an answer that drips on is a time-out all the same', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const drip = setInterval(() => response.write(' '), 10)
    response.on('close', () => clearInterval(drip))
  })
  assert.equal((await rejection(loggedInClient(baseUrl, once).whoAmI())).kind, 'timeout')
})

test('[CL-10] a connection that nobody reads from is a time-out, however much is to be sent', async (t) => {
  const baseUrl = await deafServer(t)
  const records = Array.from({ length: 20 }, (_, index) => ({ index, note: 'x'.repeat(1_000_000) }))
  const error = await rejection(
    loggedInClient(baseUrl, once).upload('ds', records, { maxBodyBytes: 30_000_000 }),
  )
  assert.equal(error.kind, 'timeout')
  assert.equal(error.upload?.settled, 0)
})

test('[CL-10] a fetch that does not heed the signal cannot hold a call up', async () => {
  const never = () => new Promise<Response>(() => undefined)
  const deaf = loggedInClient('http://tide.example', { ...once, fetch: never })
  assert.equal((await rejection(deaf.whoAmI())).kind, 'timeout')
  const bodyNeverComes = async () =>
    new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }))
  const mute = loggedInClient('http://tide.example', { ...once, fetch: bodyNeverComes })
  assert.equal((await rejection(mute.whoAmI())).kind, 'timeout')
})

test('[CL-10] a time limit may be longer than a timer can count, and must be one', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) =>
    answer(response, 200, { userid: '5f0c2ab91e' }),
  )
  for (const requestTimeoutMs of [2 ** 40, Number.POSITIVE_INFINITY]) {
    await loggedInClient(baseUrl, { requestTimeoutMs }).whoAmI()
  }
  for (const requestTimeoutMs of [0, -1, Number.NaN]) {
    assert.throws(() => loggedInClient(baseUrl, { requestTimeoutMs }), /requestTimeoutMs/)
  }
})

test('[CL-10] a refusal is known by its status although its body never ends', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.write('{')
  })
  const error = await rejection(loggedInClient(baseUrl, { requestTimeoutMs: 400 }).whoAmI())
  assert.deepEqual([error.kind, error.status], ['not-found', 404])
})

test('[CL-11] a call is repeated until the server recovers, and no longer', async (t) => {
  const statuses = [500, 502, 503, 504, 408]
  const { baseUrl, requests } = await scriptedServer(t, ({ nth }, response) => {
    const status = statuses[nth]
    if (status === undefined) answer(response, 200, { userid: '5f0c2ab91e' })
    else answer(response, status, {})
  })
  assert.equal((await loggedInClient(baseUrl).whoAmI()).userId, '5f0c2ab91e')
  assert.equal(requests.length, 6)

  const impatient = await rejection(
    loggedInClient(`${baseUrl}/elsewhere`, { retry: { maxTries: 2 } }).whoAmI(),
  )
  assert.deepEqual([impatient.kind, impatient.status], ['server-failed', 502])
  assert.equal(requests.length, 8)
})

test('[CL-11] a connection that is cut before or within the answer is tried again', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ nth }, response) => {
    if (nth === 0) response.destroy()
    else if (nth === 1) {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"userid"', () => response.destroy())
    } else answer(response, 200, { userid: '5f0c2ab91e' })
  })
  assert.equal((await loggedInClient(baseUrl).whoAmI()).userId, '5f0c2ab91e')
  assert.equal(requests.length, 3)
})

test('[CL-11] no server at all is an error that names the address and the reason', async () => {
  const error = await rejection(loggedInClient('http://127.0.0.1:1', { retry: { maxTries: 1 } }).whoAmI())
  assert.equal(error.kind, 'network')
  assert.match(error.message, /http:\/\/127\.0\.0\.1:1/)
})

test('[CL-13] Retry-After is obeyed, in seconds or as a date', async (t) => {
  const clock = fakeClock()
  const inTenSeconds = new Date(clock.now() + 10_000).toUTCString()
  const { baseUrl } = await scriptedServer(t, ({ nth }, response) => {
    const body = { code: 'too-many-requests', title: 'too many requests', detail: 'too many requests' }
    if (nth === 0) answer(response, 429, body, { 'retry-after': '7' })
    else if (nth === 1) answer(response, 503, body, { 'retry-after': inTenSeconds })
    else answer(response, 200, { userid: '5f0c2ab91e' })
  })
  await loggedInClient(baseUrl, { clock, random: () => 0 }).whoAmI()
  assert.deepEqual(clock.waits, [7_000, 10_000])
})

test('[CL-13] a Retry-After beyond the limit ends the call and says how long', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) =>
    answer(response, 429, {}, { 'retry-after': '3600' }),
  )
  const error = await rejection(loggedInClient(baseUrl).whoAmI())
  assert.deepEqual([error.kind, error.retryAfterMs, requests.length], ['rate-limited', 3_600_000, 1])
})

test('[CL-17] a web page in place of an answer is an error that says so, whatever its status', async (t) => {
  let status = 200
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html' })
    response.end(page)
  })
  for (status of [200, 400, 401, 403, 404]) {
    const error = await rejection(loggedInClient(baseUrl, { credentials: noCredentials }).whoAmI())
    assert.equal(error.kind, 'unexpected-answer')
    assert.match(error.message, /web page.*base URL/)
    assert.doesNotMatch(error.message, /hotel/)
  }
  assert.equal(requests.length, 5)
  status = 502
  const error = await rejection(loggedInClient(baseUrl, { retry: { maxTries: 1 } }).whoAmI())
  assert.deepEqual([error.kind, error.status], ['server-failed', 502])
  assert.match(error.message, /web page/)
})

test('[CL-17] a 200 that is not the protocol acknowledges no upload', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(page)
  })
  const error = await rejection(loggedInClient(baseUrl).upload('ds', [{ type: 'cbg' }]))
  assert.deepEqual([error.kind, error.upload?.sent], ['unexpected-answer', 0])
})

test('[CL-18] a redirect is not followed: the token stays here', async (t) => {
  const other = await scriptedServer(t, (_, response) => answer(response, 200, {}))
  const { baseUrl } = await scriptedServer(t, (_, response) => {
    response.writeHead(301, { location: `${other.baseUrl}/auth/user?secret=1` })
    response.end()
  })
  const error = await rejection(loggedInClient(baseUrl).whoAmI())
  assert.equal(error.kind, 'redirected')
  assert.match(error.message, new RegExp(`redirects to ${other.baseUrl}\\.`))
  assert.doesNotMatch(error.message, /secret/)
  assert.equal(other.requests.length, 0)
})

test('[CL-19] each request carries trace ids, and an error tells the one that the server knows', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ nth, headers }, response) => {
    const sent = String(headers['x-tidepool-trace-request'])
    if (nth < 2) answer(response, 404, {}, nth === 0 ? { 'x-tidepool-trace-request': sent } : {})
    else if (nth === 2) answer(response, 404, {}, { 'x-tidepool-trace-request': 'the-servers-own' })
    else answer(response, 403, { status: 403, id: 'e4-id', code: 'data_cant_view', message: 'no' })
  })
  const tide = loggedInClient(baseUrl)
  const errors = [await rejection(tide.whoAmI()), await rejection(tide.whoAmI())]
  for (const [index, error] of errors.entries()) {
    assert.equal(error.trace.request, requests[index]?.headers['x-tidepool-trace-request'])
    assert.match(error.trace.request ?? '', /^[0-9a-f]{32}$/)
    assert.equal(error.trace.session, requests[index]?.headers['x-tidepool-trace-session'])
  }
  assert.notEqual(errors[0]?.trace.request, errors[1]?.trace.request)
  assert.equal(errors[0]?.trace.session, errors[1]?.trace.session)
  assert.equal((await rejection(tide.whoAmI())).trace.request, 'the-servers-own')
  assert.equal((await rejection(tide.whoAmI())).trace.request, 'e4-id')
})

test('[CL-2] the base URL may end in a slash and have a path', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) =>
    answer(response, 200, { userid: '5f0c2ab91e' }),
  )
  for (const suffix of ['', '/', '/tide', '/tide/']) await loggedInClient(baseUrl + suffix).whoAmI()
  assert.deepEqual(
    requests.map((request) => request.path),
    ['/auth/user', '/auth/user', '/tide/auth/user', '/tide/auth/user'],
  )
})

test('[CL-2] what cannot be a base URL is refused at once, and not repeated in the error', () => {
  for (const baseUrl of [
    '',
    'localhost:8009',
    'ftp://a.example',
    'https://ada:s3cret@a.example',
    'http://a/?x=1',
  ]) {
    assert.throws(
      () => createClient({ baseUrl }),
      (error: Error) => 'kind' in error && error.kind === 'usage' && !error.message.includes('s3cret'),
      baseUrl,
    )
  }
})

test('[CL-2] an id that would lead to another address is refused before anything is sent', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => acknowledge(response))
  for (const id of ['', '.', '..']) {
    assert.equal((await rejection(loggedInClient(baseUrl).upload(id, [{ type: 'cbg' }]))).kind, 'usage')
  }
  await loggedInClient(baseUrl).upload('a/../b?c', [{ type: 'cbg' }])
  assert.deepEqual(
    requests.map((request) => request.url),
    ['/dataservices/v1/datasets/a%2F..%2Fb%3Fc/data'],
  )
})

test('[CL-34] a call ends with its signal, and before it begins', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, () => undefined)
  const controller = new AbortController()
  const call = rejection(loggedInClient(baseUrl).whoAmI({ signal: controller.signal }))
  setTimeout(() => controller.abort(), 20)
  assert.equal((await call).kind, 'aborted')
  assert.equal(
    (await rejection(loggedInClient(baseUrl).whoAmI({ signal: controller.signal }))).kind,
    'aborted',
  )
  assert.equal(requests.length, 1)
})

test('[CL-34] a wait between two tries ends with the signal', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) =>
    answer(response, 503, {}, { 'retry-after': '60' }),
  )
  const { session } = loggedInClient(baseUrl)
  const error = await rejection(
    createClient({ baseUrl, session }).whoAmI({ signal: AbortSignal.timeout(50) }),
  )
  assert.equal(error.kind, 'aborted')
})

async function noCredentials(): Promise<never> {
  throw new Error('nobody asked for these')
}

/** Accepts connections and never reads a byte. */
async function deafServer(t: TestContext): Promise<string> {
  const sockets: Socket[] = []
  const server = createTcpServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return `http://127.0.0.1:${address.port}`
}
