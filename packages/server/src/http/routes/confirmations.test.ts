import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { operate } from '../../operator/operate.ts'
import { Browser } from '../../testing/browser.ts'
import { type Person, startWorld, type World } from '../../testing/world.ts'

const DAY_MS = 86_400_000
const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
})

describe('confirmations without mail', () => {
  let world: World
  let nowMs = Date.now()
  before(async () => {
    world = await startWorld({ now: () => nowMs })
  })
  after(() => world[Symbol.asyncDispose]())
  const call = (method: string, path: string, who?: Person | string, body?: unknown) => {
    const token = typeof who === 'string' ? who : who?.token
    return world.send(method, path, {
      ...(token !== undefined && { token }),
      ...(body !== undefined && { body }),
    })
  }
  const invite = (from: Person, email: string, permissions: object = { view: {} }) =>
    call('POST', `/confirm/send/invite/${from.userId}`, from, { email, permissions })
  const invited = async (from: Person, email: string, permissions?: object) => {
    const answer = await invite(from, email, permissions)
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  }
  const accept = (who: Person, inviter: Person, key: unknown) =>
    call('PUT', `/confirm/accept/invite/${who.userId}/${inviter.userId}`, who, { key })

  test('[CO-1] an invitation goes to an address, and its answer is what TidepoolKit decodes, with a link to hand over', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    await call('PUT', `/metadata/${ada.userId}/profile`, ada, {
      fullName: 'Ada',
      patient: { birthday: '1980-01-31' },
    })
    const sent = await invited(ada, ` ${bo.username.toUpperCase()}`, { view: {}, root: {} })
    const { key, created, modified, expiresAt, link, ...rest } = sent
    assert.match(key, /^[\w-]{32}$/)
    assert.equal(Date.parse(expiresAt) - Date.parse(created), 7 * DAY_MS)
    assert.equal(modified, created)
    assert.equal(link, `${world.url}/invitation/${key}`)
    assert.deepEqual(rest, {
      type: 'careteam_invitation',
      email: bo.username,
      creatorId: ada.userId,
      creator: {
        userid: ada.userId,
        profile: {
          fullName: 'Ada',
          patient: { isOtherPerson: false, fullName: '' },
        },
      },
      context: { permissions: { view: {} } },
      status: 'pending',
      restrictions: { canAccept: true },
    })
    assert.deepEqual((await call('GET', `/confirm/invite/${ada.userId}`, ada)).json, [sent])
    const { link: _link, ...received } = sent
    assert.deepEqual((await call('GET', `/confirm/invitations/${bo.userId}`, bo)).json, [received])
  })

  test('[CO-2] lists without anything are empty, and 200', async () => {
    const ada = await world.person()
    for (const list of ['invite', 'invitations']) {
      const answer = await call('GET', `/confirm/${list}/${ada.userId}`, ada)
      assert.deepEqual([answer.status, answer.json], [200, []])
    }
  })

  test('[CO-3] who was invited accepts, once, and may what was offered beside what they may already', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const { key } = await invited(ada, bo.username)
    assert.equal((await call('GET', `/data/${ada.userId}`, bo)).status, 403)
    await world.grant(ada, bo, 'note')
    const answers = await Promise.all([accept(bo, ada, key), accept(bo, ada, key)])
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403])
    assert.equal(answers.find(({ status }) => status === 200)?.text, 'OK')
    assert.deepEqual(await world.store.permissions(ada.userId, bo.userId), ['note', 'view'])
    assert.equal((await call('GET', `/data/${ada.userId}`, bo)).status, 200)
    assert.deepEqual((await call('GET', `/confirm/invite/${ada.userId}`, ada)).json, [])
    assert.deepEqual((await invite(ada, bo.username)).status, 409, 'already a member')
  })

  test('[CO-4] nobody else accepts: not with the key, not with the address taken later, not in another name', async () => {
    const [ada, bo, eve] = [await world.person(), await world.person(), await world.person()]
    const { key } = await invited(ada, bo.username)
    assert.equal((await accept(eve, ada, key)).status, 403)
    assert.equal(
      (await call('PUT', `/confirm/accept/invite/${bo.userId}/${ada.userId}`, eve, { key })).status,
      401,
    )
    assert.equal((await accept(bo, eve, key)).status, 403)
    assert.equal((await accept(bo, ada, 'wrong')).status, 404)
    assert.equal((await accept(bo, ada, undefined)).status, 400)

    const later = await invited(ada, 'later@example.org')
    await call('PUT', '/auth/user', eve, {
      updates: { username: 'later@example.org', emails: ['later@example.org'] },
    })
    assert.deepEqual(
      (await call('GET', `/confirm/invitations/${eve.userId}`, eve)).json,
      [],
      'an address proves nothing here',
    )
    assert.equal((await accept(eve, ada, later.key)).status, 200, 'but who has the link was given it')
    assert.deepEqual(await world.store.permissions(ada.userId, bo.userId), [])
  })

  test('[CO-5] an invitation can be declined, canceled and sent again; it ends after seven days', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const first = await invited(ada, bo.username)
    assert.equal((await invite(ada, bo.username)).status, 409)
    const dismiss = `/confirm/dismiss/invite/${bo.userId}/${ada.userId}`
    assert.equal((await call('PUT', dismiss, bo, { key: first.key })).status, 200)
    assert.equal((await call('PUT', dismiss, bo, { key: first.key })).status, 403)
    assert.equal((await call('GET', `/confirm/invite/${ada.userId}`, ada)).json[0].status, 'declined')
    assert.deepEqual((await call('GET', `/confirm/invitations/${bo.userId}`, bo)).json, [])

    const second = await invited(ada, bo.username)
    const cancel = `/confirm/${ada.userId}/invited/${encodeURIComponent(bo.username)}`
    assert.equal((await call('PUT', cancel, bo)).status, 401)
    assert.equal((await call('PUT', cancel, ada)).status, 200)
    assert.equal((await call('PUT', cancel, ada)).status, 404)
    assert.equal((await accept(bo, ada, second.key)).status, 403)

    const third = await invited(ada, bo.username)
    const resend = (key: string, who?: Person) => call('PATCH', `/confirm/resend/invite/${key}`, who)
    nowMs += 6 * DAY_MS
    const again = await call('POST', '/auth/login', undefined)
    assert.equal(again.status, 400)
    assert.equal((await resend(third.key, bo)).status, 401)
    assert.equal((await resend('none', ada)).status, 404)
    assert.equal((await resend(third.key)).status, 401)
    const renewed = await resend(third.key, ada)
    assert.deepEqual([renewed.status, Date.parse(renewed.json.expiresAt) - nowMs], [200, 7 * DAY_MS])
    nowMs += 7 * DAY_MS
    assert.equal((await accept(bo, ada, third.key)).status, 403)
    assert.equal((await invite(ada, bo.username)).status, 200, 'the old one is over')
  })

  const bad: [string, unknown, number][] = [
    ['nothing', undefined, 400],
    ['no address', { email: 'bo', permissions: { view: {} } }, 400],
    [
      'an address with a line break',
      { email: 'bo@example.org\r\nbcc: eve@example.org', permissions: { view: {} } },
      400,
    ],
    ['no permissions', { email: 'bo@example.org' }, 400],
    ['empty permissions', { email: 'bo@example.org', permissions: { root: {} } }, 400],
    ['unknown permissions', { email: 'bo@example.org', permissions: { everything: {} } }, 400],
    [
      'a long nickname',
      { email: 'bo@example.org', permissions: { view: {} }, nickname: 'x'.repeat(101) },
      400,
    ],
  ]
  for (const [what, body, status] of bad) {
    test(`[CO-6] an invitation is refused: ${what}`, async () => {
      const ada = await world.person()
      const answer = await call('POST', `/confirm/send/invite/${ada.userId}`, ada, body)
      assert.equal(answer.status, status)
      assert.equal(answer.json.code, status)
      assert.deepEqual((await call('GET', `/confirm/invite/${ada.userId}`, ada)).json, [])
    })
  }

  test('[CO-6] oneself is a member already; who may not invite is told in the words of this family', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    assert.equal((await invite(ada, ada.username)).status, 409)
    const path = `/confirm/send/invite/${ada.userId}`
    const body = { email: 'x@example.org', permissions: { view: {} } }
    for (const [who, status] of [
      [undefined, 401],
      ['no-such-token', 403],
      [bo, 401],
    ] as const) {
      const answer = await call('POST', path, who, body)
      assert.deepEqual(
        [answer.status, answer.json],
        [status, { code: status, reason: 'Not authorized for requested operation' }],
      )
    }
    await world.grant(ada, bo, 'custodian')
    assert.equal((await call('POST', path, bo, body)).status, 200)
  })

  test('[CO-7] the page of an invitation changes nothing when it is opened; with the password in the same form one accepts or declines', async () => {
    const [ada, bo, eve] = [await world.person(), await world.person(), await world.person()]
    await call('PUT', `/metadata/${ada.userId}/profile`, ada, { fullName: 'Ada <script>' })
    const { link } = await invited(ada, bo.username, { view: {}, upload: {} })
    const browser = new Browser(world)
    const page = await browser.open(link)
    assert.equal(page.status, 200)
    assert.match(page.text, /Ada &lt;script&gt;[\s\S]*send readings for them[\s\S]*see their readings/)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    const form = { username: bo.username, password: bo.password, choice: 'accept' }
    const wrong = await browser.open(link, { ...form, password: 'wrong-password' })
    assert.match(wrong.text, /role="alert">This address and this password/)
    const other = await browser.open(link, { ...form, username: eve.username, password: eve.password })
    assert.match(other.text, /The invitation is for another address/)
    assert.equal((await browser.open(link, form, { origin: 'https://evil.example' })).status, 403)
    assert.deepEqual(await world.store.permissions(ada.userId, bo.userId), [])
    assert.match((await browser.open(link, form)).text, /Accepted/)
    assert.deepEqual(await world.store.permissions(ada.userId, bo.userId), ['upload', 'view'])
    const over = await browser.open(link)
    assert.deepEqual([over.status, /This link is over/.test(over.text)], [404, true])
  })

  test('[CO-8] the operator hands over a link for a new password', async () => {
    const ada = await world.person()
    const { link } = await operate(world.dataDirectory, 'resetLink', { account: ada.username })
    const browser = new Browser(world)
    assert.match((await browser.open(link)).text, /A new password[\s\S]*autocomplete="new-password"/)
    const differ = await browser.open(link, { password: 'another:horse', again: 'other' })
    assert.match(differ.text, /not the same/)
    assert.match((await browser.open(link, { password: 'short', again: 'short' })).text, /8 to 72/)
    const done = await browser.open(link, { password: 'another:horse', again: 'another:horse' })
    assert.match(done.text, /The new password is set/)
    assert.equal(
      (await call('GET', '/auth/user', ada)).status,
      401,
      'everything that was signed in has to sign in again',
    )
    const signIn = await world.send('POST', '/auth/login', { headers: basic(ada.username, 'another:horse') })
    assert.equal(signIn.status, 200)
    assert.equal((await browser.open(link)).status, 404, 'once')
  })

  test('[CO-9] a forgotten password is always 200, whether there is such an account or not', async () => {
    const ada = await world.person()
    for (const path of ['/confirm/send/forgot/', '/confirm/forgot/']) {
      for (const address of [ada.username, 'nobody@example.org']) {
        const answer = await call('POST', path + address)
        assert.deepEqual([answer.status, answer.text], [200, ''])
      }
    }
    for (const body of [{}, { key: 'x', email: 'y' }]) {
      assert.equal((await call('PUT', '/confirm/accept/forgot', undefined, body)).status, 400)
    }
    const unknown = { key: 'x', email: ada.username, password: 'another:horse' }
    assert.equal((await call('PUT', '/confirm/accept/forgot', undefined, unknown)).status, 404)
  })
})

describe('confirmations with mail', () => {
  let world: World
  let nowMs = Date.now()
  const mails: { to: string[]; text: string }[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      text(stream).then((message) => {
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: message.replace(/=\r\n/g, '').replace(/=3D/g, '='),
        })
        done()
      }, done)
    },
  })
  before(async () => {
    await new Promise<void>((ready) => smtp.listen(0, '127.0.0.1', ready))
    const address = smtp.server.address()
    const port = typeof address === 'object' ? address?.port : 0
    world = await startWorld({
      now: () => nowMs,
      mail: { smtpUrl: `smtp://127.0.0.1:${port}`, from: 'Tidegauge <tide@example.org>' },
    })
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
    await new Promise<void>((done) => smtp.close(() => done()))
  })
  const login = (username: string, password: string) =>
    world.send('POST', '/auth/login', { headers: basic(username, password) })
  /** The newest message to an address; waits for it. */
  const mailTo = async (address: string, count = 1) => {
    for (let i = 0; i < 200; i++) {
      const found = mails.filter(({ to }) => to.includes(address))
      const last = found.at(-1)
      if (last && found.length >= count)
        return { text: last.text, link: /https?:\/\/\S+/.exec(last.text)?.[0] ?? '' }
      await new Promise((wait) => setTimeout(wait, 10))
    }
    throw new Error('no message came')
  }

  test('[CO-20] who signs up is sent a link, and signs in when it was followed', async () => {
    const ada = await world.person()
    const refused = await login(ada.username, ada.password)
    assert.deepEqual(
      [refused.status, refused.json.reason],
      [403, "The user hasn't verified this account yet"],
    )
    const { link, text: message } = await mailTo(ada.username)
    assert.match(
      message,
      /^From: Tidegauge <tide@example\.org>\r\nTo: person1@example\.org\r\nSubject: Confirm your address/m,
    )
    assert.ok(link.startsWith(`${world.url}/verify/`))
    const browser = new Browser(world)
    assert.match((await browser.open(link)).text, /This is my address/)
    assert.equal(
      (await login(ada.username, ada.password)).status,
      403,
      'whatever opens links for safety confirms nothing',
    )
    assert.match((await browser.open(link, {})).text, /Confirmed/)
    assert.equal((await login(ada.username, ada.password)).json.emailVerified, true)
    assert.equal((await browser.open(link)).status, 404)
    const again = await world.send('POST', `/confirm/send/signup/${ada.userId}`, {
      token: ada.token,
      body: { '404': [] },
    })
    assert.equal(again.status, 403)
  })

  test('[CO-21] a confirmation can be seen, sent again, accepted by its key, and canceled', async () => {
    const ada = await world.person()
    const path = `/confirm/signup/${ada.userId}`
    const found = await world.send('GET', path, { token: ada.token })
    assert.deepEqual([found.json.type, found.json.status], ['signup_confirmation', 'pending'])
    const named = await world.send('PUT', `/confirm/accept/signup/${found.json.key}`)
    assert.equal(named.status, 404, 'that name opens nothing')
    const first = await mailTo(ada.username)
    for (const address of [ada.username, 'nobody@example.org']) {
      assert.equal((await world.send('POST', `/confirm/resend/signup/${address}`)).status, 200)
    }
    nowMs += 61_000
    await world.send('POST', `/confirm/resend/signup/${ada.username}`)
    const second = await mailTo(ada.username, 2)
    assert.equal(mails.filter(({ to }) => to.includes(ada.username)).length, 2, 'not more than one a minute')
    const keyOf = (link: string) => link.split('/').at(-1) ?? ''
    assert.equal((await world.send('PUT', `/confirm/accept/signup/${keyOf(first.link)}`)).status, 404)
    assert.equal((await world.send('PUT', `/confirm/accept/signup/${keyOf(second.link)}`)).status, 200)
    assert.equal((await world.send('PUT', path, { token: ada.token, body: { '404': [] } })).status, 404)
    const bo = await world.person()
    assert.equal((await world.send('PUT', `/confirm/signup/${bo.userId}`, { token: ada.token })).status, 401)
    assert.equal(
      (
        await world.send('PUT', `/confirm/dismiss/signup/${bo.userId}`, {
          token: bo.token,
          body: { key: 'x' },
        })
      ).status,
      200,
    )
    const { link } = await mailTo(bo.username)
    assert.equal((await world.send('PUT', `/confirm/accept/signup/${keyOf(link)}`)).status, 404)
  })

  test('[CO-22] a custodial account is taken over with a password and the birthday; its custodian then is none any more', async () => {
    const ada = await world.person()
    const made = await world.send('POST', `/auth/user/${ada.userId}/user`, {
      token: ada.token,
      body: { username: 'kid@example.org', emails: ['kid@example.org'] },
    })
    const kid = made.json.userid
    await world.send('PUT', `/metadata/${kid}/profile`, {
      token: ada.token,
      body: { patient: { birthday: '2010-05-06' } },
    })
    assert.equal((await world.send('POST', `/confirm/send/signup/${kid}`, { token: ada.token })).status, 200)
    const { link } = await mailTo('kid@example.org')
    const path = `/confirm/accept/signup/${link.split('/').at(-1)}`
    const tries: [object | undefined, number][] = [
      [undefined, 1001],
      [{ birthday: '2010-05-06' }, 1002],
      [{ password: 'short', birthday: '2010-05-06' }, 1003],
      [{ password: 'long:enough' }, 1004],
      [{ password: 'long:enough', birthday: '6 May' }, 1005],
      [{ password: 'long:enough', birthday: '2010-05-07' }, 1006],
    ]
    for (const [body, error] of tries) {
      const answer = await world.send('PUT', path, body ? { body } : {})
      assert.deepEqual([answer.status, answer.json.code, answer.json.error], [409, 409, error])
    }
    assert.match((await new Browser(world).open(link)).text, /Choose a password[\s\S]*type="date"/)
    assert.equal(
      (await world.send('PUT', path, { body: { password: 'long:enough', birthday: '2010-05-06' } })).status,
      200,
    )
    assert.equal((await login('kid@example.org', 'long:enough')).json.userid, kid)
    assert.deepEqual(await world.store.permissions(kid, ada.userId), ['upload', 'view'])
  })

  test('[CO-23] a forgotten password: a link to the address, and everything that was signed in ends', async () => {
    const ada = await world.person()
    nowMs += 61_000
    for (const address of [ada.username.toUpperCase(), ada.username]) {
      await world.send('POST', `/confirm/send/forgot/${encodeURIComponent(address)}`)
      await mailTo(ada.username, 2)
    }
    const { link } = await mailTo(ada.username, 2)
    const key = link.split('/').at(-1)
    assert.ok(link.startsWith(`${world.url}/reset/`))
    const reset = (fields: object) =>
      world.send('PUT', '/confirm/accept/forgot', {
        body: { key, email: ada.username, password: 'another:horse', ...fields },
      })
    assert.equal((await reset({ email: 'eve@example.org' })).status, 404)
    assert.equal((await reset({ password: 'short' })).status, 400)
    const done = await reset({})
    assert.deepEqual([done.status, done.json.code], [200, 200])
    assert.equal((await world.send('GET', '/auth/user', { token: ada.token })).status, 401)
    assert.equal(
      (await login(ada.username, 'another:horse')).status,
      200,
      'the address is confirmed by that, too',
    )
    assert.equal((await reset({})).status, 404)
    assert.ok(
      !JSON.stringify(
        await world.store.confirmationsOf({ userId: ada.userId, type: 'password_reset' }),
      ).includes(key ?? 'x'),
    )
  })

  test('[CO-24] an invitation is mailed; only a confirmed address shows it; names break no header', async () => {
    const [ada, bo] = [await world.person(), await world.person()]
    const evil = 'Ada\r\nBcc: eve@example.org\r\n\r\nhello'
    await world.send('PUT', `/metadata/${ada.userId}/profile`, { token: ada.token, body: { fullName: evil } })
    nowMs += 61_000
    const body = { email: bo.username, permissions: { view: {} }, nickname: evil }
    const sent = await world.send('POST', `/confirm/send/invite/${ada.userId}`, { token: ada.token, body })
    assert.deepEqual([sent.status, 'link' in sent.json], [200, false])
    const { text: message } = await mailTo(bo.username, 2)
    assert.doesNotMatch(message, /^Bcc/m)
    assert.ok(!mails.some(({ to }) => to.includes('eve@example.org')))
    const received = () => world.send('GET', `/confirm/invitations/${bo.userId}`, { token: bo.token })
    assert.deepEqual((await received()).json, [], 'who has not shown that the address is theirs')
    await world.send('PUT', `/auth/user/${bo.userId}`, {
      token: await world.service(),
      body: { updates: { emailVerified: true } },
    })
    assert.equal((await received()).json.length, 1)
    const { link } = await mailTo(bo.username, 2)
    assert.equal(link, `${world.url}/invitation/${(await received()).json[0].key}`)
  })

  test('[CO-25] a new address has to be confirmed anew', async () => {
    const ada = await world.person()
    const service = await world.service()
    await world.send('PUT', `/auth/user/${ada.userId}`, {
      token: service,
      body: { updates: { emailVerified: true } },
    })
    const updates = { username: 'moved@example.org', emails: ['moved@example.org'] }
    const answer = await world.send('PUT', '/auth/user', { token: ada.token, body: { updates } })
    assert.deepEqual([answer.status, answer.json.emailVerified], [200, false])
  })
})
