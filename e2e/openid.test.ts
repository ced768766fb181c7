import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import * as openid from 'openid-client'
import type { Browser } from 'playwright-core'
import { launchChromium } from './chromium.ts'
import { type OwnServer, ownServer, tidegauge } from './process.ts'

const account = { username: 'ada@example.org', password: 'correct:horse' }

/** A certified client library and a real browser, against a real server. */
describe('signing in by OpenID Connect, in Chromium', { timeout: 60_000 }, () => {
  let directory: string
  let server: OwnServer
  let browser: Browser
  let app: Server
  let redirect: string
  let userId: string
  /** Where the browser was sent at last. */
  let callback = Promise.withResolvers<URL>()

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidegauge-openid-'))
    const clients = join(directory, 'clients.json')
    await writeFile(
      clients,
      JSON.stringify([{ clientId: 'my-app', name: 'My app', redirectUris: ['http://127.0.0.1/done'] }]),
    )
    server = await ownServer({ flags: ['--oidc-clients', clients] })
    const env = { TIDEGAUGE_PASSWORD: account.password }
    const added = await tidegauge(
      ['user', 'add', account.username, '--data', server.dataDirectory, '--json'],
      { env },
    )
    userId = JSON.parse(added.stdout).userId
    // The app itself: it takes the code.
    app = createServer((request, response) => {
      const url = new URL(request.url ?? '', redirect)
      response.end('done')
      if (url.pathname === '/done') callback.resolve(url)
    })
    await new Promise<void>((ready) => app.listen(0, '127.0.0.1', ready))
    redirect = `http://127.0.0.1:${(app.address() as AddressInfo).port}/done`
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    app?.closeAllConnections()
    app?.close()
    await server.remove()
    await rm(directory, { recursive: true })
  })

  const discover = (clientId: string) =>
    openid.discovery(new URL(`${server.url}/realms/tidegauge`), clientId, undefined, openid.None(), {
      execute: [openid.allowInsecureRequests],
    })
  const send = (path: string, token: string, init: RequestInit = {}) =>
    fetch(server.url + path, { ...init, headers: { 'x-tidepool-session-token': token, ...init.headers } })

  test('[TR-21] discovery, PKCE, the page by keyboard, token, refresh, userinfo, upload, revocation', async () => {
    callback = Promise.withResolvers<URL>()
    const config = await discover('my-app')
    const verifier = openid.randomPKCECodeVerifier()
    const state = openid.randomState()
    const address = openid.buildAuthorizationUrl(config, {
      redirect_uri: redirect,
      scope: 'openid offline_access',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    })
    const page = await browser.newPage()
    await page.goto(address.href)
    assert.equal(await page.title(), 'Sign in for My app · Tidegauge')
    assert.equal(await page.getAttribute('html', 'lang'), 'en')
    await page.waitForFunction(() => document.activeElement?.id === 'username')
    // The first time with a wrong password, and then by keyboard alone.
    await page.getByLabel('E-mail address').fill(account.username)
    await page.getByLabel('Password').fill('wrong-password')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.waitForFunction(() => document.activeElement?.id === 'password')
    await page.keyboard.type(account.password)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const done = await callback.promise
    await page.close()

    const tokens = await openid.authorizationCodeGrant(config, done, {
      pkceCodeVerifier: verifier,
      expectedState: state,
    })
    assert.equal(tokens.claims()?.sub, userId)
    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    assert.equal(renewed.claims()?.sub, userId)
    assert.match(renewed.scope ?? '', /\bopenid\b/)
    const info = await openid.fetchUserInfo(config, renewed.access_token, userId)
    assert.deepEqual([info.sub, info.email], [userId, account.username])

    const made = await send(`/v1/users/${userId}/data_sets`, renewed.access_token, {
      method: 'POST',
      body: JSON.stringify({
        client: { name: 'org.example.app', version: '1.0.0' },
        dataSetType: 'continuous',
      }),
    })
    const { data } = (await made.json()) as { data: { id: string } }
    const reading = {
      type: 'cbg',
      time: '2026-01-05T10:00:00Z',
      value: 5,
      units: 'mmol/L',
      origin: { id: 'one' },
    }
    const uploaded = await send(`/v1/data_sets/${data.id}/data`, renewed.access_token, {
      method: 'POST',
      body: JSON.stringify([reading]),
    })
    assert.equal(uploaded.status, 200)
    const read = (await (await send(`/data/${userId}?type=cbg`, renewed.access_token)).json()) as object[]
    assert.equal(read.length, 1)

    await openid.tokenRevocation(config, renewed.refresh_token ?? '')
    assert.equal((await send('/auth/user', renewed.access_token)).status, 401)
    await assert.rejects(openid.refreshTokenGrant(config, renewed.refresh_token ?? ''), { status: 401 })
  })

  test('[AU-59] an app that was let in, and the browser that did it, are among the sign-ins, and can be put out', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const verifier = openid.randomPKCECodeVerifier()
    const config = await discover('my-app')
    const address = openid.buildAuthorizationUrl(config, {
      redirect_uri: redirect,
      scope: 'openid offline_access',
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    callback = Promise.withResolvers<URL>()
    await page.goto(address.href)
    await page.getByLabel('E-mail address').fill(account.username)
    await page.getByLabel('Password').fill(account.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    const tokens = await openid.authorizationCodeGrant(config, await callback.promise, {
      pkceCodeVerifier: verifier,
    })
    const path = `/auth/user/${userId}/sessions`
    const basic = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`
    const login = await fetch(`${server.url}/auth/login`, {
      method: 'POST',
      headers: { authorization: basic },
    })
    const token = login.headers.get('x-tidepool-session-token') ?? ''
    const list = async () =>
      (await (await send(path, token)).json()) as {
        id: string
        kind: string
        name?: string
        isCurrent: boolean
      }[]
    const asApp = (await (await send(path, tokens.access_token)).json()) as {
      name?: string
      isCurrent: boolean
    }[]
    assert.deepEqual(
      asApp.filter(({ isCurrent }) => isCurrent).map(({ name }) => name),
      ['My app'],
    )
    for (const kind of ['app', 'browser']) {
      const found = (await list()).filter((one) => one.kind === kind)
      assert.ok(found.length > 0, kind)
      for (const { id } of found)
        assert.equal((await send(`${path}/${id}`, token, { method: 'DELETE' })).status, 204)
      assert.deepEqual(
        (await list()).filter((one) => one.kind === kind),
        [],
      )
    }
    assert.equal((await send('/auth/user', tokens.access_token)).status, 401)
    // The browser is asked for the password again.
    await page.goto(address.href)
    await page.getByLabel('Password').waitFor()
    await context.close()
  })

  test('[TR-22] Chromium follows the form to the scheme of Loop, which its policy allows, and asks a second app’s user', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const loop = 'org.tidepool.tidepoolkit.auth://redirect'
    const sentTo = Promise.withResolvers<string>()
    // Where no program takes the scheme the browser stays; what it was told to do is in its own protocol alone.
    const inspector = await context.newCDPSession(page)
    await inspector.send('Network.enable')
    inspector.on('Network.requestWillBeSent', ({ request }) => {
      if (request.url.startsWith(loop)) sentTo.resolve(request.url)
    })
    const refused: string[] = []
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) refused.push(message.text())
    })
    const start = async (clientId: string, redirectUri: string) => {
      const config = await discover(clientId)
      const address = openid.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid offline_access',
        code_challenge: await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      })
      await page.goto(address.href)
    }
    await start('tidepool-loop', loop)
    await page.getByLabel('E-mail address').fill(account.username)
    await page.getByLabel('Password').fill(account.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    assert.match(await sentTo.promise, /\?code=/)
    assert.deepEqual(refused, [])
    await start('xdrip', 'xdrip://callback/tidepool')
    assert.equal(await page.getByRole('heading').textContent(), 'Let xDrip+ in?')
    await page.getByRole('button', { name: 'Take another account' }).click()
    assert.equal(await page.getByRole('heading').textContent(), 'Sign in for xDrip+')
    await context.close()
  })
})
