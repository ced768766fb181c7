import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { loggedInClient } from '../testing/logged-in-client.ts'
import { rejection } from '../testing/rejection.ts'
import { answer, scriptedServer } from '../testing/scripted-server.ts'
import { createClient } from './client.ts'

test('[CL-1] nothing but tests needs Node', async () => {
  const files = (await readdir(import.meta.dirname)).filter((file) => /(?<!\.test)\.ts$/.test(file))
  assert.ok(files.includes('index.ts'))
  for (const file of files) {
    const text = await readFile(`${import.meta.dirname}/${file}`, 'utf8')
    assert.doesNotMatch(
      text,
      /from '(?!\.\/|@tidegauge\/model')|import\(|\b(process|Buffer|require|global)\b\.?[(.]/,
      file,
    )
  }
})

test('[CL-8] a Tidegauge tells its own status, also while it is not ready', async (t) => {
  let ready = true
  const { baseUrl, requests } = await scriptedServer(t, ({ path }, response) => {
    if (!ready) answer(response, 503, { status: 'stopping' })
    else if (path === '/dataservices/version') answer(response, 200, { data: { version: '0.1.0' } })
    else answer(response, 200, { status: 'ok', time: '2026-01-05T10:00:00.000Z' })
  })
  const tide = createClient({ baseUrl })
  assert.deepEqual(await tide.serverStatus(), {
    status: 'ok',
    tidegauge: true,
    version: '0.1.0',
    time: '2026-01-05T10:00:00.000Z',
    details: { status: 'ok', time: '2026-01-05T10:00:00.000Z' },
  })
  ready = false
  assert.deepEqual(await tide.serverStatus(), {
    status: 'stopping',
    tidegauge: true,
    details: { status: 'stopping' },
  })
  assert.deepEqual(
    requests.map((request) => [request.path, request.headers['x-tidepool-session-token']]),
    [
      ['/status', undefined],
      ['/dataservices/version', undefined],
      ['/status', undefined],
    ],
  )
})

test('[CL-8] another server of the protocol is known by its clock', async (t) => {
  const { baseUrl } = await scriptedServer(t, ({ path }, response) => {
    if (path === '/v1/time') answer(response, 200, { data: { time: '2026-01-05T10:00:00.123Z' } })
    else response.writeHead(404).end('<html>404</html>')
  })
  assert.deepEqual(await createClient({ baseUrl }).serverStatus(), {
    status: 'ok',
    tidegauge: false,
    time: '2026-01-05T10:00:00.123Z',
    details: {},
  })
})

test('[CL-8] something else, and nothing at all, are no server', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => {
    response.writeHead(200).end('<html>It works!</html>')
  })
  assert.equal((await rejection(createClient({ baseUrl }).serverStatus())).kind, 'unexpected-answer')
  assert.equal(requests.length, 2)
  assert.equal(
    (await rejection(createClient({ baseUrl: 'http://127.0.0.1:1' }).serverStatus())).kind,
    'network',
  )
})

test('[CL-16] no error shows a token, a password, an address or a value', async (t) => {
  const secrets = ['kc:s3cret-token', 'pass-w0rd', 'ada@example.org', '5.43219', '5f0c2ab91e', 'ds-0f0f']
  const { baseUrl } = await scriptedServer(t, ({ nth, path }, response) => {
    const detail = `value 5.43219 of ada@example.org with kc:s3cret-token, pass-w0rd at ${path}`
    const bodies = [
      { code: detail, title: detail, detail, source: { pointer: `/0/${detail}` } },
      { code: 400, reason: detail },
      { status: 403, id: detail, code: 'data_cant_view', message: detail },
      { errors: [{ code: 'value-out-of-range', title: detail, detail, source: { pointer: 'odd' } }] },
      detail,
    ]
    const statuses = [400, 401, 403, 404, 409, 413, 429, 500, 200]
    answer(response, statuses[nth % statuses.length] ?? 500, bodies[nth % bodies.length])
  })
  const session = { token: 'kc:s3cret-token', userId: '5f0c2ab91e' }
  const credentials = { username: 'ada@example.org', password: 'pass-w0rd' }
  const record = { type: 'cbg', value: 5.43219 }
  for (let round = 0; round < 45; round++) {
    const tide = loggedInClient(baseUrl, { session, retry: { maxTries: 1 } })
    const outcomes = await Promise.allSettled([
      tide.login(credentials),
      tide.signUp(credentials),
      tide.whoAmI(),
      tide.refresh(),
      tide.openDataSet({ clientName: 'x' }),
      tide.upload('ds-0f0f', [record]),
      tide.deleteData('ds-0f0f', [{ id: '5.43219' }]),
      Array.fromAsync(tide.readData()),
    ])
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      for (let error = outcome.reason; error instanceof Error; error = error.cause) {
        for (const secret of secrets) assert.ok(!error.message.includes(secret), error.message)
      }
    }
  }
})

test('[CL-16] an error message says what to do next and which request it is about', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) =>
    answer(response, 404, {
      errors: [{ code: 'data-set-id-not-found', title: 't', detail: 'd', status: '404' }],
    }),
  )
  const { message } = await rejection(loggedInClient(baseUrl).upload('0f0f', [{ type: 'cbg' }]))
  assert.equal(
    message,
    'The server answered 404: data-set-id-not-found. There is no such data set: open one and use its id. ' +
      '(POST /dataservices/v1/datasets/{dataSetId}/data)',
  )
})
