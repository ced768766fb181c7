import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { operate } from '../../operator/operate.ts'
import { authorization, Browser, loop, PROTOCOL, REALM, signInTo } from '../../testing/browser.ts'
import { type Person, startWorld, type World } from '../../testing/world.ts'

const MINUTE_MS = 60_000

describe('OpenID Connect', () => {
  let world: World
  let nowMs = Date.now()
  before(async () => {
    const openIdClients = [
      { clientId: 'my-script', name: 'My script', redirectUris: ['http://127.0.0.1/callback'] },
    ]
    world = await startWorld({ now: () => nowMs, openIdClients })
  })
  after(() => world[Symbol.asyncDispose]())

  const token = (form: Record<string, string>) =>
    world.send('POST', `${PROTOCOL}/token`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
  const exchange = (code: string, verifier: string, more: Record<string, string> = {}) =>
    token({ grant_type: 'authorization_code', code, code_verifier: verifier, ...loop, ...more })
  const refresh = (refreshToken: string) =>
    token({ grant_type: 'refresh_token', client_id: loop.client_id, refresh_token: refreshToken })
  const codeOf = async (
    person: Person,
    parameters: Record<string, string> = {},
    browser = new Browser(world),
  ) => {
    const { verifier, address } = authorization(parameters)
    const target = await signInTo(browser, address, person)
    return { verifier, target, code: target.searchParams.get('code') ?? '' }
  }
  const tokensOf = async (person: Person) => {
    const { code, verifier } = await codeOf(person)
    const answer = await exchange(code, verifier)
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  }
  const whoIs = async (accessToken: string) =>
    (await world.send('GET', '/auth/user', { token: accessToken })).status

  test('[OI-1] the discovery document names the issuer under which it was found, and Keycloak’s paths', async () => {
    const { status, json, headers } = await world.send('GET', `${REALM}/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example', origin: 'https://app.example' },
    })
    assert.equal(status, 200)
    assert.equal(json.issuer, `${world.url}${REALM}`)
    assert.equal(json.authorization_endpoint, `${world.url}${PROTOCOL}/auth`)
    assert.equal(json.token_endpoint, `${world.url}${PROTOCOL}/token`)
    assert.equal(json.revocation_endpoint, `${world.url}${PROTOCOL}/revoke`)
    assert.equal(json.userinfo_endpoint, `${world.url}${PROTOCOL}/userinfo`)
    assert.equal(json.jwks_uri, `${world.url}${PROTOCOL}/certs`)
    assert.equal(json.end_session_endpoint, `${world.url}${PROTOCOL}/logout`)
    assert.deepEqual(json.code_challenge_methods_supported, ['S256'])
    assert.ok(headers.get('access-control-allow-origin'))
    const [key] = (await world.send('GET', `${PROTOCOL}/certs`)).json.keys
    assert.deepEqual([key.alg, 'd' in key], ['RS256', false])
  })

  test('[OI-2] a person signs in on a page, and the app gets everything that TidepoolKit decodes', async () => {
    const ada = await world.person()
    const { code, verifier, target } = await codeOf(ada)
    assert.equal(target.href.split('?')[0], loop.redirect_uri)
    const answer = await exchange(code, verifier)
    assert.equal(answer.status, 200)
    const { access_token, refresh_token, id_token, expires_in, token_type, scope } = answer.json
    for (const one of [access_token, refresh_token, id_token, scope]) assert.equal(typeof one, 'string')
    assert.deepEqual([expires_in, token_type], [3600, 'Bearer'])
    const claims = JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url').toString())
    assert.deepEqual(
      [claims.sub, claims.iss, claims.aud],
      [ada.userId, `${world.url}${REALM}`, loop.client_id],
    )
  })

  test('[OI-3] the access token is a session token, in either header; it gets no longer life by a refresh there', async () => {
    const ada = await world.person()
    const { access_token: accessToken } = await tokensOf(ada)
    assert.equal((await world.send('GET', '/auth/user', { token: accessToken })).json.userid, ada.userId)
    const bearer = { authorization: `Bearer ${accessToken}` }
    assert.equal(
      (await world.send('GET', `/v1/users/${ada.userId}/data_sets`, { headers: bearer })).status,
      200,
    )
    const made = await world.send('POST', `/v1/users/${ada.userId}/data_sets`, {
      token: accessToken,
      body: {},
    })
    assert.equal(made.status, 201)
    const again = await world.send('GET', '/auth/login', { token: accessToken })
    assert.equal(again.headers.get('x-tidepool-session-token'), accessToken)
    assert.ok(again.json.expires_at <= nowMs / 1000 + 3600)
    await world.send('POST', '/auth/logout', { token: accessToken })
    assert.equal(await whoIs(accessToken), 401)
  })

  test('[OI-4] a refresh answers with id_token and scope; a lost answer costs nothing', async () => {
    const first = await tokensOf(await world.person())
    const second = await refresh(first.refresh_token)
    assert.equal(second.status, 200, second.text)
    for (const name of ['access_token', 'id_token', 'expires_in', 'scope', 'token_type', 'refresh_token']) {
      assert.ok(second.json[name], name)
    }
    assert.notEqual(second.json.refresh_token, first.refresh_token)
    nowMs += MINUTE_MS
    assert.equal((await refresh(first.refresh_token)).status, 200)
    assert.equal((await refresh(second.json.refresh_token)).status, 200)
  })

  test('[OI-5] a refresh token that comes again later is a stolen one: everything of that sign-in ends, with 401', async () => {
    const first = await tokensOf(await world.person())
    const second = (await refresh(first.refresh_token)).json
    nowMs += MINUTE_MS + 1
    const replayed = await refresh(first.refresh_token)
    assert.deepEqual([replayed.status, replayed.json.error], [401, 'invalid_grant'])
    assert.equal((await refresh(second.refresh_token)).status, 401)
    assert.equal(await whoIs(second.access_token), 401)
    assert.equal((await refresh('no-such-token')).status, 401)
  })

  test('[OI-6] a code is for once, for its client, its redirect and its verifier: else 400 invalid_grant', async () => {
    const ada = await world.person()
    const { code, verifier } = await codeOf(ada)
    const wrong = await exchange(code, verifier.split('').reverse().join(''))
    assert.deepEqual([wrong.status, wrong.json.error], [400, 'invalid_grant'])
    for (const more of [{ redirect_uri: 'xdrip://callback/tidepool' }, { client_id: 'xdrip' }]) {
      const other = await codeOf(ada)
      const answer = await exchange(other.code, other.verifier, more)
      assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_grant'])
    }
    const good = await codeOf(ada)
    const tokens = (await exchange(good.code, good.verifier)).json
    assert.equal((await exchange(good.code, good.verifier)).status, 400)
    assert.equal(await whoIs(tokens.access_token), 401, 'what a replayed code had given ends')
  })

  const refused: [string, Record<string, string>][] = [
    ['an unknown client', { client_id: 'stranger' }],
    ['a redirect of somebody else', { redirect_uri: 'https://evil.example/' }],
    ['a redirect that only begins like one', { redirect_uri: `${loop.redirect_uri}.evil.example` }],
    [
      'another port, host or path of a loopback redirect',
      { client_id: 'my-script', redirect_uri: 'http://127.0.0.1:1/other' },
    ],
  ]
  for (const [what, parameters] of refused) {
    test(`[OI-7] nobody is sent to ${what}`, async () => {
      const page = await new Browser(world).open(authorization(parameters).address)
      assert.deepEqual([page.status, page.location], [400, ''])
      assert.match(page.text, /That did not work/)
      assert.doesNotMatch(page.text, /at .*\.js/)
    })
  }

  test('[OI-7] without PKCE, or with a plain one, the app is told so and gets no code', async () => {
    for (const without of ['code_challenge', 'code_challenge_method']) {
      const url = new URL(authorization().address, world.url)
      url.searchParams.delete(without)
      const { location } = await new Browser(world).open(url.href)
      assert.equal(new URL(location).searchParams.get('error'), 'invalid_request')
    }
  })

  test('[OI-8] a loopback redirect of a program may have any port', async () => {
    const redirect = 'http://127.0.0.1:54321/callback'
    const { target } = await codeOf(await world.person(), {
      client_id: 'my-script',
      redirect_uri: redirect,
      state: 's',
    })
    assert.equal(`${target.origin}${target.pathname}`, redirect)
    assert.equal(target.searchParams.get('state'), 's')
  })

  test('[OI-9] the page: labels, no script, in no frame, kept by nobody; a wrong password is said and the name stays', async () => {
    const ada = await world.person()
    const browser = new Browser(world)
    const { location } = await browser.open(authorization().address)
    const page = await browser.open(location)
    assert.match(
      page.text,
      /<html lang="en">[\s\S]*Sign in for Loop[\s\S]*<label for="username">[\s\S]*<label for="password">/,
    )
    assert.doesNotMatch(page.text, /<script/)
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(
      policy,
      /default-src 'none'.*frame-ancestors 'none'; form-action 'self' org\.tidepool\.tidepoolkit\.auth:$/,
    )
    assert.equal(page.headers.get('cache-control'), 'no-store')
    const wrong = await browser.open(location, { username: ada.username, password: '"><script>' })
    assert.equal(wrong.status, 401)
    assert.match(wrong.text, /role="alert"/)
    assert.ok(wrong.text.includes(`value="${ada.username}"`) && !wrong.text.includes('<script'))
    const named = await browser.open(location, { username: '"><script>alert(1)</script>', password: 'x' })
    assert.ok(named.text.includes('&quot;&gt;&lt;script&gt;') && !named.text.includes('<script'))
  })

  test('[OI-10] the form takes no order of another site, of another browser, or twice', async () => {
    const ada = await world.person()
    const browser = new Browser(world)
    const { location } = await browser.open(authorization().address)
    const credentials = { username: ada.username, password: ada.password }
    assert.equal((await browser.open(location, credentials, { origin: 'https://evil.example' })).status, 403)
    assert.equal((await browser.open(location, credentials, { origin: 'null' })).status, 403)
    assert.equal((await new Browser(world).open(location, credentials)).status, 400, 'without the cookie')
    const other = new Browser(world)
    await other.open(authorization().address)
    assert.equal((await other.open(location, credentials)).status, 400, 'with the cookie of another sign-in')
    const sent = await browser.open(location, credentials)
    assert.equal(sent.status, 303)
    await browser.open(sent.location)
    assert.equal((await browser.open(location, credentials)).status, 400)
  })

  test('[OI-11] the browser’s session has a new name after signing in, and is asked before another app gets in', async () => {
    const ada = await world.person()
    const browser = new Browser(world)
    await browser.open(`${PROTOCOL}/logout`)
    const anonymous = browser.cookie('tidegauge_session')
    await codeOf(ada, {}, browser)
    const signedIn = browser.cookie('tidegauge_session')
    assert.ok(anonymous && signedIn && anonymous !== signedIn)
    const { address } = authorization({ client_id: 'xdrip', redirect_uri: 'xdrip://callback/tidepool' })
    const { location } = await browser.open(address)
    const page = await browser.open(location)
    assert.match(page.text, /Let xDrip\+ in\?/)
    assert.ok(page.text.includes(ada.username))
    const other = await browser.open(location, { choice: 'other' })
    const again = await browser.open(other.location)
    assert.match((await browser.open(again.location)).text, /Sign in for xDrip\+/)
    const goOn = await browser.open(location, { choice: 'go on' })
    assert.equal(goOn.status, 400, 'that one is over')
    const { location: fresh } = await browser.open(address)
    const resumed = await browser.open((await browser.open(fresh, { choice: 'go on' })).location)
    assert.match(resumed.location, /^xdrip:\/\/callback\/tidepool\?code=/)
  })

  test('[OI-12] userinfo has sub and e-mail; a revoked token ends, a revoked refresh token ends all', async () => {
    const ada = await world.person()
    const tokens = await tokensOf(ada)
    const bearer = { authorization: `Bearer ${tokens.access_token}` }
    assert.deepEqual((await world.send('GET', `${PROTOCOL}/userinfo`, { headers: bearer })).json, {
      sub: ada.userId,
      email: ada.username,
      email_verified: true,
      preferred_username: ada.username,
    })
    const revoke = (form: Record<string, string>) =>
      world.send('POST', `${PROTOCOL}/revoke`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ client_id: loop.client_id, ...form }).toString(),
      })
    assert.equal((await revoke({ token: tokens.access_token, token_type_hint: 'access_token' })).status, 200)
    assert.equal(await whoIs(tokens.access_token), 401)
    const fresh = (await refresh(tokens.refresh_token)).json
    assert.equal((await revoke({ token: fresh.refresh_token })).status, 200)
    assert.equal(await whoIs(fresh.access_token), 401)
    assert.equal((await refresh(fresh.refresh_token)).status, 401)
    assert.equal((await revoke({ token: 'unknown' })).status, 200)
  })

  test('[OI-13] a token request may be JSON; one that is neither is 400', async () => {
    const { code, verifier } = await codeOf(await world.person())
    const body = { grant_type: 'authorization_code', code, code_verifier: verifier, ...loop }
    assert.equal((await world.send('POST', `${PROTOCOL}/token`, { body })).status, 200)
    for (const [type, text] of [
      ['application/json', '{'],
      ['application/json', '[]'],
      ['text/plain', 'x'],
    ] as const) {
      const answer = await world.send('POST', `${PROTOCOL}/token`, {
        headers: { 'content-type': type },
        body: text,
      })
      assert.equal(answer.status, 400)
      assert.equal(answer.json.error, 'invalid_request')
    }
  })

  test('[OI-14] all of it ends with the account, its password, and “sign out everywhere”; and nothing of it is stored as it is', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const adas = await tokensOf(ada)
    const bos = await tokensOf(bo)
    const stored = JSON.stringify(await world.store.openId('AccessToken', 'x')) ?? ''
    assert.ok(!stored.includes(adas.access_token))
    await world.send('DELETE', `/auth/user/${ada.userId}/sessions`, { token: ada.token })
    assert.equal(await whoIs(adas.access_token), 401)
    assert.equal((await refresh(adas.refresh_token)).status, 401)
    assert.equal(await whoIs(bos.access_token), 200)
    await world.send('DELETE', `/auth/user/${bo.userId}`, {
      token: bos.access_token,
      body: { password: bo.password },
    })
    assert.equal(await whoIs(bos.access_token), 401)
    assert.equal((await refresh(bos.refresh_token)).status, 401)
  })

  test('[OI-16] a new key signs from now on, and nobody notices', async () => {
    const ada = await world.person()
    const browser = new Browser(world)
    const { code, verifier } = await codeOf(ada, {}, browser)
    const before = (await exchange(code, verifier)).json
    const kidOf = (idToken: string) =>
      JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString()).kid
    const rotated = await operate(world.dataDirectory, 'rotateKeys', {})
    assert.deepEqual(rotated, {})
    const after = (await refresh(before.refresh_token)).json
    assert.notEqual(kidOf(after.id_token), kidOf(before.id_token))
    const kids = (await world.send('GET', `${PROTOCOL}/certs`)).json.keys.map(
      (key: { kid: string }) => key.kid,
    )
    assert.deepEqual(kids.slice(0, 2), [kidOf(after.id_token), kidOf(before.id_token)])
    assert.equal(await whoIs(before.access_token), 200)
    const { location } = await browser.open(authorization().address)
    assert.match((await browser.open(location)).text, /Let Loop in\?/, 'the browser’s cookies are still good')
  })

  test('[OI-17] everything survives a restart', async () => {
    const first = await startWorld()
    const ada = await first.person()
    const { verifier, address } = authorization()
    const target = await signInTo(new Browser(first), address, ada)
    const send = (to: World, form: Record<string, string>) =>
      to.send('POST', `${PROTOCOL}/token`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      })
    const code = target.searchParams.get('code') ?? ''
    const tokens = (
      await send(first, { grant_type: 'authorization_code', code, code_verifier: verifier, ...loop })
    ).json
    await first.stop()
    await using second = await startWorld({ dataDirectory: first.dataDirectory })
    assert.equal((await second.send('GET', '/auth/user', { token: tokens.access_token })).status, 200)
    const form = {
      grant_type: 'refresh_token',
      client_id: loop.client_id,
      refresh_token: tokens.refresh_token,
    }
    assert.equal((await send(second, form)).status, 200)
  })

  test('[OI-15] signing out in the browser asks first, and ends the browser’s session', async () => {
    const browser = new Browser(world)
    await codeOf(await world.person(), {}, browser)
    const page = await browser.open(`${PROTOCOL}/logout`)
    assert.match(page.text, /Sign out of Tidegauge\?/)
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const wrong = await browser.open(`${PROTOCOL}/logout/confirm`, { xsrf: 'x', logout: 'yes' })
    assert.equal(wrong.status, 400)
    const out = await browser.open(`${PROTOCOL}/logout/confirm`, { xsrf, logout: 'yes' })
    assert.equal(out.status, 303)
    assert.match((await browser.open(out.location)).text, /You are signed out/)
    const { location } = await browser.open(authorization().address)
    assert.match((await browser.open(location)).text, /Sign in for Loop/)
  })
})
