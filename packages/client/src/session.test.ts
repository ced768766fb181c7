import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loggedInClient } from '../testing/logged-in-client.ts'
import { rejection } from '../testing/rejection.ts'
import { answer, type Script, scriptedServer } from '../testing/scripted-server.ts'
import { createClient } from './client.ts'
import type { Session } from './session.ts'

const credentials = { username: 'ada@example.org', password: 'correct:horse ☂' }
const user = {
  userid: '5f0c2ab91e',
  username: 'ada@example.org',
  emails: ['ada@example.org'],
  roles: ['patient'],
}
const e3 = { code: 401, reason: 'Not authorized for requested operation' }

/** Takes only the newest token; each log-in makes `token-2`, `token-3`… */
function sessions(): Script {
  let newest = 1
  return ({ method, path, headers }, response) => {
    if (method === 'POST' && path === '/auth/login') {
      newest++
      answer(response, 200, user, { 'x-tidepool-session-token': `token-${newest}` })
    } else if (newest > 1 && headers['x-tidepool-session-token'] === `token-${newest}`) {
      answer(response, 200, user)
    } else answer(response, 401, e3)
  }
}

test('[CL-3] log-in sends name and password in UTF-8 and keeps the token', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) =>
    answer(response, 200, user, { 'x-tidepool-session-token': 'token-9' }),
  )
  const tide = createClient({ baseUrl })
  assert.equal(tide.session, undefined)
  const session = await tide.login(credentials)
  assert.deepEqual(session, { token: 'token-9', userId: '5f0c2ab91e', username: 'ada@example.org' })
  assert.equal(tide.session, session)
  assert.equal(requests[0]?.path, '/auth/login')
  const [scheme, encoded = ''] = String(requests[0]?.headers.authorization).split(' ')
  assert.equal(scheme, 'Basic')
  assert.equal(Buffer.from(encoded, 'base64').toString(), 'ada@example.org:correct:horse ☂')
  await tide.whoAmI()
  assert.equal(requests[1]?.headers['x-tidepool-session-token'], 'token-9')
})

test('[CL-3] a refused log-in is told from an unverified account, and neither is repeated', async (t) => {
  let status = 401
  const { baseUrl, requests } = await scriptedServer(t, (_, response) =>
    answer(response, status, { code: status, reason: 'No user matched the given details' }),
  )
  const refused = await rejection(createClient({ baseUrl }).login(credentials))
  assert.deepEqual([refused.kind, refused.status, refused.code], ['login-refused', 401, '401'])
  assert.equal(refused.problems[0]?.detail, 'No user matched the given details')
  status = 403
  assert.equal((await rejection(createClient({ baseUrl }).login(credentials))).kind, 'not-verified')
  assert.equal(requests.length, 2)
})

test('[CL-3] a user name with a colon is refused before it is sent', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => answer(response, 200, user))
  const error = await rejection(createClient({ baseUrl }).login({ username: 'a:b', password: 'c' }))
  assert.deepEqual([error.kind, requests.length], ['usage', 0])
})

test('[CL-3] a log-in without a readable token says what the server has to do', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => answer(response, 200, user))
  const error = await rejection(createClient({ baseUrl }).login(credentials))
  assert.equal(error.kind, 'unexpected-answer')
  assert.match(error.message, /expose the header x-tidepool-session-token/)
})

test('[CL-4] sign-up makes an account and logs in', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) =>
    answer(response, 201, user, { 'x-tidepool-session-token': 'token-1' }),
  )
  const tide = createClient({ baseUrl })
  assert.equal((await tide.signUp(credentials)).userId, '5f0c2ab91e')
  assert.equal(tide.session?.token, 'token-1')
  assert.deepEqual([requests[0]?.method, requests[0]?.path], ['POST', '/auth/user'])
  assert.deepEqual(JSON.parse(requests[0]?.body ?? ''), {
    username: 'ada@example.org',
    emails: ['ada@example.org'],
    password: credentials.password,
  })
})

test('[CL-4] sign-up is not repeated, and a taken name and a closed door are told', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ nth }, response) => {
    if (nth === 0) answer(response, 503, {})
    else if (nth === 1) answer(response, 409, { code: 409, reason: 'User already exists' })
    else answer(response, 403, { code: 403, reason: 'no' })
  })
  assert.equal((await rejection(createClient({ baseUrl }).signUp(credentials))).kind, 'server-failed')
  assert.equal(requests.length, 1)
  assert.equal((await rejection(createClient({ baseUrl }).signUp(credentials))).kind, 'account-exists')
  assert.equal((await rejection(createClient({ baseUrl }).signUp(credentials))).kind, 'sign-up-closed')
})

test('[CL-5] log-out revokes the token and forgets it, even when the server cannot be told', async (t) => {
  let status = 200
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => {
    response.writeHead(status)
    response.end()
  })
  const stored: unknown[] = []
  const onSession = (session: Session | undefined) => void stored.push(session)
  const tide = loggedInClient(baseUrl, { onSession })
  await tide.logout()
  assert.equal(tide.session, undefined)
  assert.deepEqual(
    [requests[0]?.path, requests[0]?.headers['x-tidepool-session-token']],
    ['/auth/logout', 'token-1'],
  )
  await tide.logout()
  assert.equal(requests.length, 1)

  status = 500
  const offline = loggedInClient(baseUrl, { onSession })
  assert.equal((await rejection(offline.logout())).kind, 'server-failed')
  assert.equal(offline.session, undefined)
  assert.deepEqual(stored, [undefined, undefined])
})

test('[CL-6] refresh exchanges the token and keeps the user name', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) =>
    answer(
      response,
      200,
      { isserver: false, userid: '5f0c2ab91e', expires_at: 1 },
      { 'x-tidepool-session-token': 'token-2' },
    ),
  )
  const tide = loggedInClient(baseUrl)
  assert.deepEqual(await tide.refresh(), {
    token: 'token-2',
    userId: '5f0c2ab91e',
    username: 'ada@example.org',
  })
  assert.equal(tide.session?.token, 'token-2')
  assert.deepEqual([requests[0]?.method, requests[0]?.path], ['GET', '/auth/login'])
})

test('[CL-7] the account is told in full, and in its shortest form', async (t) => {
  const { baseUrl } = await scriptedServer(t, ({ nth }, response) =>
    answer(
      response,
      200,
      nth === 0
        ? { ...user, emailVerified: true, termsAccepted: '2024-03-01T09:00:00Z' }
        : { userid: '5f0c2ab91e', username: '' },
    ),
  )
  const tide = loggedInClient(baseUrl)
  assert.deepEqual(await tide.whoAmI(), {
    userId: '5f0c2ab91e',
    username: 'ada@example.org',
    emails: ['ada@example.org'],
    roles: ['patient'],
    emailVerified: true,
    termsAccepted: '2024-03-01T09:00:00Z',
  })
  assert.deepEqual(await tide.whoAmI(), { userId: '5f0c2ab91e', emails: [], roles: [], emailVerified: false })
})

test('[CL-9] every change of the session reaches whoever stores it before the call goes on', async (t) => {
  const { baseUrl } = await scriptedServer(t, sessions())
  const stored: (string | undefined)[] = []
  const tide = createClient({
    baseUrl,
    onSession: async (session) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      stored.push(session?.token)
    },
  })
  await tide.login(credentials)
  assert.deepEqual(stored, ['token-2'])
  const diskFull = createClient({ baseUrl, onSession: () => Promise.reject(new Error('disk full')) })
  await assert.rejects(diskFull.login(credentials), /disk full/)
})

test('[CL-14] a 401 leads to one log-in and a repeat', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, sessions())
  const stored: (string | undefined)[] = []
  const tide = loggedInClient(baseUrl, {
    credentials: async () => credentials,
    onSession: (session) => void stored.push(session?.token),
  })
  assert.equal((await tide.whoAmI()).userId, '5f0c2ab91e')
  assert.deepEqual(
    requests.map((request) => `${request.method} ${request.path}`),
    ['GET /auth/user', 'POST /auth/login', 'GET /auth/user'],
  )
  assert.deepEqual(stored, ['token-2'])
})

test('[CL-14] calls that meet 401 at the same time share one log-in', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, sessions())
  let asked = 0
  const tide = loggedInClient(baseUrl, {
    credentials: async () => {
      asked++
      return credentials
    },
  })
  await Promise.all(Array.from({ length: 8 }, () => tide.whoAmI()))
  assert.equal(asked, 1)
  assert.equal(requests.filter((request) => request.path === '/auth/login').length, 1)
})

test('[CL-14] a 401 after the log-in ends the call: no second log-in', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ path }, response) => {
    if (path === '/auth/login') answer(response, 200, user, { 'x-tidepool-session-token': 'token-2' })
    else answer(response, 401, e3)
  })
  const tide = loggedInClient(baseUrl, { credentials: async () => credentials })
  const error = await rejection(tide.whoAmI())
  assert.deepEqual([error.kind, error.status], ['session-expired', 401])
  assert.equal(requests.length, 3)
})

test('[CL-14] one call logs in once, also when other failures lie between its 401s', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, ({ path, nth }, response) => {
    if (path === '/auth/login') answer(response, 200, user, { 'x-tidepool-session-token': 'token-2' })
    else answer(response, nth === 1 ? 503 : 401, e3)
  })
  const tide = loggedInClient(baseUrl, { credentials: async () => credentials })
  assert.equal((await rejection(tide.whoAmI())).kind, 'session-expired')
  assert.deepEqual(
    requests.map((request) => request.path),
    ['/auth/user', '/auth/login', '/auth/user', '/auth/user'],
  )
})

test('[CL-14] without credentials an expired session is an error that says to log in', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, sessions())
  const error = await rejection(loggedInClient(baseUrl).whoAmI())
  assert.equal(error.kind, 'session-expired')
  assert.match(error.message, /log in again/)
  assert.equal(requests.length, 1)
  assert.equal((await rejection(createClient({ baseUrl }).whoAmI())).kind, 'session-expired')
  assert.equal(requests.length, 1)
})

test('[CL-14] without a session the credentials open one', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, sessions())
  const tide = createClient({ baseUrl, credentials: async () => credentials })
  await Promise.all([tide.whoAmI(), tide.whoAmI()])
  assert.equal(requests.length, 3)
})

test('[CL-14] a 403 is no reason to log in', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) =>
    answer(response, 403, { status: 403, id: 'x', code: 'data_cant_view', message: 'no' }),
  )
  const tide = loggedInClient(baseUrl, { credentials: async () => credentials })
  const error = await rejection(Array.fromAsync(tide.readData()))
  assert.deepEqual([error.kind, error.code, requests.length], ['not-allowed', 'data_cant_view', 1])
})

test('[CL-14] credentials of another account do not take the session over', async (t) => {
  const { baseUrl } = await scriptedServer(t, ({ path }, response) => {
    if (path === '/auth/login') {
      answer(response, 200, { ...user, userid: 'ffffffffff' }, { 'x-tidepool-session-token': 'token-2' })
    } else answer(response, 401, e3)
  })
  const stored: unknown[] = []
  const tide = loggedInClient(baseUrl, {
    credentials: async () => credentials,
    onSession: (session) => void stored.push(session),
  })
  const error = await rejection(tide.whoAmI())
  assert.equal(error.kind, 'session-expired')
  assert.match(error.message, /another account/)
  assert.equal(tide.session?.userId, '5f0c2ab91e')
  assert.deepEqual(stored, [])
})

test('[CL-14] whoever logged out stays logged out', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, async ({ path }, response) => {
    if (path === '/auth/user') await new Promise((resolve) => setTimeout(resolve, 30))
    answer(response, path === '/auth/logout' ? 200 : 401, e3)
  })
  const tide = loggedInClient(baseUrl, { credentials: async () => credentials })
  const call = rejection(tide.whoAmI())
  await tide.logout()
  assert.equal((await call).kind, 'session-expired')
  assert.equal(
    requests.some((request) => request.path === '/auth/login'),
    false,
  )
})

test('[CL-16] a token that no header can carry is refused without being shown', async (t) => {
  const token = 'sécret\nx-injected: 1'
  const session = { token, userId: '5f0c2ab91e' }
  assert.throws(
    () => createClient({ baseUrl: 'http://tide.example', session }),
    (error: Error) => !error.message.includes('cret') && 'kind' in error && error.kind === 'usage',
  )
  const { baseUrl } = await scriptedServer(t, (_, response) => answer(response, 200, user))
  assert.doesNotThrow(() => createClient({ baseUrl, session: { ...session, token: 'kc:a.b_c-d:e==' } }))
})

test('[CL-14] a log-out during a log-in is not undone', async (t) => {
  const { baseUrl } = await scriptedServer(t, sessions())
  const tide = loggedInClient(baseUrl, {
    credentials: async () => {
      await tide.logout().catch(() => undefined)
      return credentials
    },
  })
  assert.equal((await rejection(tide.whoAmI())).kind, 'session-expired')
  assert.equal(tide.session, undefined)
})
