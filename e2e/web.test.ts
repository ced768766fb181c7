/** The page, in a real browser, on a real server. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { AxeBuilder } from '@axe-core/playwright'
import { createClient } from '@tidegauge/client'
import type { Person, World } from '@tidegauge/server/testing'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'
import { openPage, pages, pageWorld, settled, signIn, sizes, withDays } from './page.ts'

/** What a browser says of a missing profile, which is none of ours to say. */
const expected = /404 \(Not Found\)/

describe('the page', () => {
  let world: World
  let browser: Browser
  let ada: Person
  before(async () => {
    world = await pageWorld()
    browser = await launchChromium()
    ada = await world.person()
    await withDays(world, ada, 20)
  })
  after(async () => {
    await browser.close()
    await world[Symbol.asyncDispose]()
  })
  const clientOf = ({ token, userId }: Person) =>
    createClient({ baseUrl: world.url, session: { token, userId } })
  const signedIn = async (who: Person, how: Parameters<typeof openPage>[1] = {}) => {
    const opened = await openPage(browser, how)
    await signIn(opened.page, world, who)
    return opened
  }
  const number = (text: string | null, pattern: RegExp) =>
    Number(pattern.exec(text ?? '')?.[1]?.replaceAll(',', ''))

  for (const size of Object.keys(sizes) as (keyof typeof sizes)[]) {
    for (const scheme of ['light', 'dark'] as const) {
      test(`[WE-10] ${size}, ${scheme}: every page is there, without a fault, and axe finds nothing`, async () => {
        const opened = await openPage(browser, { size, scheme })
        const { page } = opened
        await page.goto(world.url)
        await settled(page)
        await accessible(page, 'sign-in')
        await signIn(page, world, ada)
        for (const path of pages) {
          await page.goto(world.url + path)
          await settled(page)
          await accessible(page, path)
          const { width, content } = await page.evaluate(() => ({
            width: innerWidth,
            content: document.documentElement.scrollWidth,
          }))
          assert.ok(content <= width, `${path} is ${content} wide on ${width}`)
        }
        assert.deepEqual(
          opened.faults.filter((text) => !expected.test(text)),
          [],
        )
        await opened.context.close()
      })
    }
  }

  test('[WE-26] a browser of two years ago shows every page', async () => {
    const opened = await openPage(browser)
    const { page, context } = opened
    await page.addInitScript(() => {
      // What came to browsers after the middle of 2024, as far as scripts see it.
      for (const name of [
        'Temporal',
        'DisposableStack',
        'AsyncDisposableStack',
        'SuppressedError',
        'Iterator',
      ])
        Reflect.deleteProperty(globalThis, name)
      for (const [of, name] of [
        ...[
          [Promise, 'try'],
          [RegExp, 'escape'],
          [Error, 'isError'],
          [Math, 'sumPrecise'],
        ],
        ...[
          [Uint8Array, 'fromBase64'],
          [Uint8Array, 'fromHex'],
          [Map.prototype, 'getOrInsert'],
        ],
      ] as [object, string][])
        Reflect.deleteProperty(of, name)
      const iterators = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))
      for (const name of [
        'map',
        'filter',
        'take',
        'drop',
        'flatMap',
        'reduce',
        'toArray',
        'forEach',
        'some',
        'find',
      ])
        Reflect.deleteProperty(iterators, name)
    })
    await signIn(page, world, ada)
    assert.equal(await page.evaluate(() => 'Temporal' in globalThis || 'map' in [].values()), false)
    for (const path of pages) {
      await page.goto(world.url + path)
      await settled(page)
      assert.equal(await page.getByRole('alert').count(), 0, path)
    }
    assert.deepEqual(
      opened.faults.filter((text) => !expected.test(text)),
      [],
    )
    await context.close()
  })

  test('[WE-11] on a new server the first person makes the account, signs in and sees where to begin', async () => {
    await using fresh = await pageWorld({ signUp: 'first' })
    const { page, context } = await openPage(browser)
    await page.goto(fresh.url)
    await page.getByRole('heading', { name: 'Welcome. Make the first account' }).waitFor()
    await page.getByLabel('E-mail address').fill('ada@example.org')
    await page.getByLabel('Password').fill('correct-horse-battery')
    await page.getByRole('button', { name: 'Make the account' }).click()
    await page.getByRole('heading', { name: 'There are no readings yet' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Make an account' }).count(), 0)
    await page.getByLabel('E-mail address').fill('ada@example.org')
    await page.getByLabel('Password').fill('wrong-horse-battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The address or the password is wrong.').waitFor()
    await context.close()
  })

  test('[WE-12] files that are dropped are uploaded, and shown at once', async () => {
    const bo = await world.person()
    const { page, context } = await signedIn(bo)
    await page.getByRole('link', { name: 'Data', exact: true }).first().click()
    const lastMs = Math.floor(Date.now() / 300_000) * 300_000
    const records = Array.from({ length: 1500 }, (_, n) => ({
      ...{ type: 'cbg', value: 100 + (n % 50), units: 'mg/dL', deviceId: 'sensor' },
      ...{ time: new Date(lastMs - n * 300_000).toISOString(), origin: { id: `d${n}` } },
    }))
    const transfer = await page.evaluateHandle((text) => {
      const dropped = new DataTransfer()
      dropped.items.add(new File([text], 'readings.json', { type: 'application/json' }))
      return dropped
    }, JSON.stringify(records))
    await page.dispatchEvent('section[aria-label="Bring files"]', 'drop', { dataTransfer: transfer })
    await page.getByText('1,500 records are there, 1,500 of them new.').waitFor()
    const last = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: 'Europe/Berlin', day: 'numeric', month: 'short', year: 'numeric' },
      ...{ hour: '2-digit', minute: '2-digit' },
    })
    await page
      .getByRole('row', { name: `org.tidegauge.web – continuous` })
      .getByText(last.format(lastMs))
      .waitFor()
    await page.getByRole('link', { name: 'Now' }).click()
    await page.locator('.hero .value', { hasText: '100' }).waitFor()
    const folder = await mkdtemp(join(tmpdir(), 'tidegauge-web-'))
    const file = join(folder, 'broken.ndjson')
    await writeFile(file, '{"type":"cbg"}\nnot a record\n')
    await page.getByRole('link', { name: 'Data', exact: true }).first().click()
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByText('Line 2 is no record.').waitFor()
    await rm(folder, { recursive: true })
    const bring = (name: string, buffer: Buffer) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer })
    const time = new Date(lastMs).toISOString()
    const faulty = { type: 'cbg', time, value: 'x', units: 'mg/dL', deviceId: 'sensor' }
    await bring('faulty.json', Buffer.from(JSON.stringify([{ ...faulty, value: 90 }, faulty])))
    await page.getByText(/^Record 2: \/value: /).waitFor()
    await bring('cut.json', Buffer.from('[{"type":"cbg"'))
    await page.getByText('The file is no JSON, or ends too early.').waitFor()
    await bring('cut.json.gz', gzipSync(Buffer.from(JSON.stringify(records))).subarray(0, 200))
    await page.getByText('it is damaged').waitFor()
    await bring('whole.json.gz', gzipSync(Buffer.from(JSON.stringify(records))))
    await page.getByText('1,500 records are there, 0 of them new.').waitFor()
    await context.close()
  })

  test('[WE-13] what another client uploads is there within a second', async () => {
    const cy = await world.person()
    const client = clientOf(cy)
    const dataSet = await client.openDataSet({ clientName: 'org.example.pump', clientVersion: '1.0.0' })
    const reading = (value: number, id: string, agoMs = 0) => ({
      ...{ type: 'cbg', value, units: 'mg/dL', deviceId: 'sensor' },
      ...{ time: new Date(Date.now() - agoMs).toISOString(), origin: { id } },
    })
    await client.upload(dataSet, [reading(123, 'a', 300_000)])
    const { page, context } = await signedIn(cy)
    await page.locator('.hero .value', { hasText: '123' }).waitFor()
    // The stream has said how things stand.
    await page.waitForTimeout(1000)
    await client.upload(dataSet, [reading(62, 'b')])
    const startedMs = performance.now()
    await page.locator('.hero .value', { hasText: '62' }).waitFor({ timeout: 5000 })
    const tookMs = performance.now() - startedMs
    assert.ok(tookMs < 1000, `${tookMs} ms`)
    assert.match((await page.locator('.hero').textContent()) ?? '', /Low/)
    await context.close()
  })

  test('[WE-14] from a year to an hour without loading a page, by buttons, wheel and keys', async () => {
    const { page, context } = await signedIn(ada)
    await page.getByRole('link', { name: 'Day', exact: true }).click()
    let loads = 0
    page.on('load', () => loads++)
    const seen = async () => {
      const query = new URL(page.url()).searchParams
      return (Date.parse(query.get('to') ?? '') - Date.parse(query.get('from') ?? '')) / 3_600_000
    }
    const shows = async (hours: number) => {
      await page.waitForFunction((expected) => {
        const query = new URL(location.href).searchParams
        const length = (Date.parse(query.get('to') ?? '') - Date.parse(query.get('from') ?? '')) / 3_600_000
        return Math.abs(length - expected) < expected * 0.02
      }, hours)
      await settled(page)
    }
    await page.getByRole('button', { name: 'Year' }).click()
    await shows(8760)
    assert.equal(await page.getByRole('alert').count(), 0)
    const chart = page.locator('.timeline .u-over')
    const box = await chart.boundingBox()
    assert.ok(box)
    await page.mouse.move(box.x + box.width * 0.98, box.y + box.height / 2)
    for (let turn = 0; turn < 100 && (await seen()) > 30; turn++) {
      await page.mouse.wheel(0, -400)
      await page.waitForTimeout(40)
    }
    await page.waitForTimeout(500)
    assert.ok((await seen()) <= 60, `${await seen()} hours`)
    await page.getByRole('application').focus()
    for (let turn = 0; turn < 12; turn++) await page.keyboard.press('+')
    await shows(1)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('-')
    await shows(2)
    await page.keyboard.press('u')
    await page.getByTestId('day-stats').filter({ hasText: 'mmol/L' }).waitFor()
    await page.getByRole('application').focus()
    await page.keyboard.press('u')
    await page.getByTestId('day-stats').filter({ hasText: 'mg/dL' }).waitFor()
    await page.getByRole('application').focus()
    await page.keyboard.press('g')
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'date')
    // The page's own name leads back to the last day.
    await page.getByRole('link', { name: 'Day', exact: true }).click()
    await page.waitForFunction(() => !new URL(location.href).searchParams.has('from'))
    const today = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: 'Europe/Berlin', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    })
    await page.getByRole('heading', { name: today.format(new Date()) }).waitFor()
    assert.equal(loads, 0)
    await context.close()
  })

  test('[WE-14] two fingers zoom, one scrolls', async () => {
    const { page, context } = await signedIn(ada, { size: 'phone' })
    await page.getByRole('link', { name: 'Day', exact: true }).click()
    await settled(page)
    const box = await page.locator('.timeline .u-over').boundingBox()
    assert.ok(box)
    const touches = await context.newCDPSession(page)
    const y = box.y + box.height / 2
    const at = (share: number, id: number) => ({ x: box.x + box.width * share, y, id })
    const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: object[]) =>
      touches.send('Input.dispatchTouchEvent', { type, touchPoints } as never)
    const seen = async () => {
      await page.waitForTimeout(400)
      const query = new URL(page.url()).searchParams
      return [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')] as const
    }
    await send('touchStart', [at(0.45, 0), at(0.55, 1)])
    for (let step = 1; step <= 8; step++) {
      await send('touchMove', [at(0.45 - 0.04 * step, 0), at(0.55 + 0.04 * step, 1)])
    }
    await send('touchEnd', [])
    const [from, to] = await seen()
    const hours = (to - from) / 3_600_000
    // From a tenth of the width to three quarters of it.
    assert.ok(Math.abs(hours - 24 / 7.4) < 0.4, `${hours} hours`)
    await send('touchStart', [at(0.3, 0)])
    for (let step = 1; step <= 8; step++) await send('touchMove', [at(0.3 + 0.05 * step, 0)])
    await send('touchEnd', [])
    const [later, end] = await seen()
    assert.ok(Math.abs(end - later - (to - from)) < 1000)
    assert.ok(Math.abs((from - later) / (to - from) - 0.4) < 0.03, `${(from - later) / (to - from)}`)
    await context.close()
  })

  test('[WE-15] page, report, terminal and HTTP show the same numbers of the same window', async () => {
    const client = clientOf(ada)
    const stats = (await client.stats({ timeZone: 'Europe/Berlin', units: 'mg/dL' })) as unknown as Record<
      string,
      number
    > & { tirRoundedMgdl: Record<string, number> }
    const { page, context } = await signedIn(ada)
    for (const path of ['/patterns', '/report']) {
      await page.goto(world.url + path)
      await settled(page)
      // biome-ignore lint/performance/useDomNodeTextContent: as somebody reads it, with spaces between the cells
      const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
      assert.equal(number(text, /([\d,]+) readings/), stats.n, path)
      assert.equal(number(text, /Mean glucose (\d+) mg\/dL/), Math.round(stats.mean as number), path)
      assert.equal(number(text, /GMI ([\d.]+) %/), Number((stats.gmi as number).toFixed(1)), path)
      assert.equal(number(text, /Variation \(CV\) (\d+) %/), Math.round(stats.cv as number), path)
      assert.equal(
        number(text, /In target 70–180 (\d+) %/),
        Math.round(stats.tirRoundedMgdl.target as number),
        path,
      )
    }
    await context.close()
  })

  test('[WE-15] … and the terminal', async () => {
    const config = await mkdtemp(join(tmpdir(), 'tidegauge-web-'))
    const program = join(import.meta.dirname, '..', 'packages', 'cli', 'bin', 'tidegauge.js')
    const env = { ...process.env, TIDEGAUGE_CONFIG: config, TIDEGAUGE_PASSWORD: ada.password }
    const run = async (...args: string[]) =>
      (await promisify(execFile)(process.execPath, [program, ...args], { env })).stdout
    await run('login', '--server', world.url, '--username', ada.username)
    const printed = await run('stats', '--zone', 'Europe/Berlin')
    await rm(config, { recursive: true })
    const { page, context } = await signedIn(ada)
    await page.goto(`${world.url}/patterns`)
    await settled(page)
    // biome-ignore lint/performance/useDomNodeTextContent: as somebody reads it, with spaces between the cells
    const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ')
    assert.equal(number(text, /([\d,]+) readings/), number(printed, /\n([\d,]+) readings/))
    assert.equal(number(text, /Mean glucose (\d+) mg\/dL/), number(printed, /\nMean +(\d+) mg/))
    assert.equal(number(text, /GMI ([\d.]+) %/), number(printed, /\nGMI +([\d.]+) %/))
    assert.equal(
      number(text, /In target 70–180 (\d+) %/),
      Math.round(number(printed, /target +70 to 180 +([\d.]+) %/)),
    )
    await context.close()
  })

  test('[WE-16] somebody is invited, sees the data, and no longer when it is taken back', async () => {
    const [owner, guest] = [await world.person(), await world.person()]
    await withDays(world, owner, 2)
    const mine = await signedIn(owner)
    await mine.page.getByRole('link', { name: 'People' }).click()
    await mine.page.getByLabel('E-mail address').fill(guest.username)
    await mine.page.getByRole('button', { name: 'Invite' }).click()
    await mine.page.getByText(`${guest.username} is invited to see everything.`).waitFor()
    const theirs = await signedIn(guest)
    await theirs.page.getByRole('link', { name: 'People' }).click()
    await theirs.page.getByRole('button', { name: 'Accept' }).click()
    await theirs.page.getByText('lets you see everything').waitFor()
    await theirs.page.getByLabel('Whose data').selectOption({ index: 1 })
    await theirs.page.getByRole('link', { name: 'Now' }).click()
    await theirs.page.locator('.hero .value').waitFor()
    assert.equal(new URL(theirs.page.url()).searchParams.get('user'), owner.userId)
    await mine.page.getByRole('button', { name: /^End/ }).click()
    await mine.page.getByText('Nobody but you.').waitFor()
    // Nobody loads the page again.
    await theirs.page.getByRole('alert').first().waitFor()
    await theirs.page.locator('.hero').waitFor({ state: 'detached' })
    await mine.context.close()
    await theirs.context.close()
  })

  test('[WE-20] the code of the page is small', async () => {
    const folder = join(import.meta.dirname, '..', 'packages', 'web', 'dist', 'assets')
    const sizesOf = await Promise.all(
      (await readdir(folder)).map(async (name) => gzipSync(await readFile(join(folder, name))).length),
    )
    const bytes = sizesOf.reduce((sum, one) => sum + one, 0)
    assert.ok(bytes > 50_000 && bytes < 250_000, `${bytes} bytes`)
  })

  test('[WE-21] a bin of the profile opens its days; a link to a time shows the same to who follows it', async () => {
    const { page, context } = await signedIn(ada)
    await page.goto(`${world.url}/patterns`)
    await settled(page)
    await page.getByRole('button', { name: /^13:00: median/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '13:00 on each day' }).waitFor()
    await page.locator('.days a').first().click()
    await page.getByRole('heading', { name: /11:00 to 16:00/ }).waitFor()
    await page.getByRole('button', { name: 'Further away' }).click()
    await page.waitForFunction(() => new URL(location.href).searchParams.has('zone'))
    const query = new URL(page.url()).searchParams
    assert.deepEqual(
      [query.get('user'), query.get('zone'), query.get('units')],
      [ada.userId, 'Europe/Berlin', 'mg/dL'],
    )
    const heading = await page.locator('h2').first().textContent()
    await page.reload()
    await page.getByRole('heading', { name: heading ?? '' }).waitFor()
    await context.close()
  })

  test('[WE-21] choices stand in the address, and a link that is copied shows the same to whom one shares with', async () => {
    const jo = await world.person()
    await world.grant(ada, jo, 'view')
    const { page, context } = await signedIn(ada)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('link', { name: 'Patterns' }).click()
    for (const name of ['7 days', '10–90 %', 'Sat, Sun', 'Tue'])
      await page.getByRole('button', { name, exact: true }).click()
    await page.getByLabel('beside the time before').check()
    await settled(page)
    await page.getByRole('button', { name: 'Copy a link to this view' }).click()
    await page.getByText('Copied').waitFor()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    const words = Object.fromEntries(new URL(link).searchParams)
    assert.deepEqual(words, {
      ...{ user: ada.userId, units: 'mg/dL', zone: 'Europe/Berlin' },
      ...{ days: '7', percentiles: '10', weekdays: '2,6,7', before: 'yes' },
    })
    const text = async (of: Page) => (await of.locator('.drawing').last().textContent()) ?? ''
    const theirs = await signedIn(jo)
    await theirs.page.goto(link)
    await settled(theirs.page)
    assert.match(await text(page), /80 % of readings/)
    assert.equal(await text(theirs.page), await text(page))
    // The other pages are of the same person, and begin as they do.
    await theirs.page.getByRole('link', { name: 'Calendar' }).click()
    await settled(theirs.page)
    assert.equal(new URL(theirs.page.url()).search, `?user=${ada.userId}`)
    await theirs.page.getByRole('button', { name: /^←/ }).click()
    const month = new URL(theirs.page.url()).searchParams.get('month')
    await theirs.page.reload()
    const name = new Date(`${month}-15T12:00:00Z`).toLocaleString('en-GB', { month: 'long', year: 'numeric' })
    await theirs.page.getByRole('heading', { name }).waitFor()
    await theirs.context.close()
    await context.close()
  })

  test('[WE-21] patterns and report are of the days that somebody chooses, both ends with them', async () => {
    const { page, context } = await signedIn(ada)
    const date = (back: number) =>
      Temporal.Now.plainDateISO('Europe/Berlin').subtract({ days: back }).toString()
    for (const path of ['/patterns', '/report']) {
      await page.goto(world.url + path)
      await settled(page)
      await page.getByLabel('From', { exact: true }).fill(date(9))
      await page.getByLabel('to', { exact: true }).fill(date(6))
      await page
        .getByText(/1,152 readings/)
        .first()
        .waitFor()
      const query = new URL(page.url()).searchParams
      const start = (day: string) =>
        Temporal.PlainDate.from(day).toZonedDateTime('Europe/Berlin').epochMilliseconds
      assert.deepEqual(
        [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')],
        [start(date(9)), start(date(5))],
      )
    }
    await context.close()
  })

  test('[WE-22] the report is one sheet of paper', async () => {
    const { page, context } = await signedIn(ada)
    await page.goto(`${world.url}/report`)
    await settled(page)
    await page.locator('.tiles svg').last().waitFor()
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
    assert.equal(pdf.match(/\/Type \/Page\b/g)?.length, 1)
    await context.close()
  })

  test('[WE-25] somebody sees where they are signed in, and ends it there', async () => {
    const hal = await world.person()
    const other = await openPage(browser)
    await signIn(other.page, world, hal)
    const { page, context } = await signedIn(hal)
    await page.getByRole('link', { name: 'Account' }).click()
    const list = page.locator('section', {
      has: page.getByRole('heading', { name: 'Where you are signed in' }),
    })
    await list.getByText(/Chrome on Linux \(here\), since/).waitFor()
    const chrome = list.getByRole('listitem').filter({ hasText: 'Chrome on Linux' })
    assert.equal(await chrome.count(), 2)
    await chrome.getByRole('button', { name: 'End the sign-in of Chrome on Linux' }).click()
    await page.waitForFunction(() => (document.body.textContent ?? '').split('Chrome on Linux').length < 4)
    assert.equal(await chrome.count(), 1)
    await other.page.reload()
    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await other.context.close()
    await context.close()
  })

  test('[WE-18] units, zone and colours are kept with the account', async () => {
    const dee = await world.person()
    await withDays(world, dee, 1)
    const settings = { units: { bg: 'mg/dL', carb: 'grams' } }
    await world.send('PUT', `/metadata/${dee.userId}/settings`, { token: dee.token, body: settings })
    const { page, context } = await signedIn(dee)
    await page.getByRole('link', { name: 'Account' }).click()
    await page.getByRole('button', { name: 'mmol/L' }).click()
    await page.getByRole('button', { name: 'Dark' }).click()
    await page.getByRole('button', { name: 'For every eye' }).click()
    await page.waitForTimeout(500)
    // What another program keeps there is still there.
    const { json } = await world.send('GET', `/metadata/${dee.userId}/settings`, { token: dee.token })
    assert.deepEqual(json.units, { bg: 'mmol/L', carb: 'grams' })
    await context.close()
    const again = await signedIn(dee)
    await again.page.locator('.hero .units', { hasText: 'mmol/L' }).waitFor()
    assert.deepEqual(await again.page.evaluate(() => ({ ...document.documentElement.dataset })), {
      theme: 'dark',
      palette: 'colour-blind',
    })
    await again.context.close()
  })

  test('[WE-18] in pregnancy the target, and what lies beside it, is another one', async () => {
    const ida = await world.person()
    const client = clientOf(ida)
    const dataSet = await client.openDataSet({ clientName: 'org.example.pump', clientVersion: '1.0.0' })
    const endMs = Date.now() - 60_000
    const records = Array.from({ length: 100 }, (_, n) => ({
      ...{ type: 'cbg', value: n % 4 === 3 ? 60 : 150, units: 'mg/dL', deviceId: 'sensor' },
      ...{ time: new Date(endMs - n * 300_000).toISOString(), origin: { id: `r${n}` } },
    }))
    await client.upload(dataSet, records)
    const { page, context } = await signedIn(ida)
    await page.locator('.hero').getByText('In target').waitFor()
    await page.getByRole('link', { name: 'Account' }).click()
    await page.getByRole('button', { name: 'Pregnancy, type 1' }).click()
    await page.getByRole('link', { name: 'Now' }).click()
    await page.locator('.hero').getByText(/High$/).waitFor()
    await page.getByRole('link', { name: 'Patterns' }).click()
    await page.getByRole('row', { name: 'High above 140 75 %' }).waitFor()
    await page.getByRole('row', { name: 'Low 54–62 25 %' }).waitFor()
    assert.equal(await page.getByRole('row', { name: /Very high/ }).count(), 0)
    await page.getByText('63–140: more than 70 %').waitFor()
    await context.close()
  })

  test('[WE-23] days on which the clock changes are marked', async () => {
    const fay = await world.person()
    const client = clientOf(fay)
    const dataSet = await client.openDataSet({ clientName: 'org.example.pump', clientVersion: '1.0.0' })
    const startMs = Date.parse('2026-10-24T22:00:00Z')
    const records = Array.from({ length: 25 * 12 }, (_, n) => ({
      ...{ type: 'cbg', value: 100 + (n % 50), units: 'mg/dL', deviceId: 'sensor' },
      ...{ time: new Date(startMs + n * 300_000).toISOString(), origin: { id: `r${n}` } },
    }))
    await client.upload(dataSet, records)
    const { page, context } = await signedIn(fay)
    await page.goto(`${world.url}/day`)
    await page.getByText(/^The clock goes back by 60 minutes here, to 02:00 on Sun,? 25 Oct\.$/).waitFor()
    await page.goto(`${world.url}/calendar`)
    await page.getByRole('link', { name: /^25 25 h/ }).waitFor()
    assert.equal(await page.locator('.calendar abbr').count(), 1)
    await context.close()
  })

  test('[WE-24] what a sensor cannot measure is a word, and no number', async () => {
    const gus = await world.person()
    const client = clientOf(gus)
    const dataSet = await client.openDataSet({ clientName: 'org.example.pump', clientVersion: '1.0.0' })
    const annotations = [{ code: 'bg/out-of-range', value: 'low', threshold: 40 }]
    await client.upload(dataSet, [
      {
        ...{ type: 'cbg', value: 39, units: 'mg/dL', deviceId: 'sensor', annotations },
        ...{ time: new Date(Date.now() - 60_000).toISOString(), origin: { id: 'a' } },
      },
    ])
    const { page, context } = await signedIn(gus)
    await page.locator('.hero .value', { hasText: /^LOW$/ }).waitFor()
    await page.getByText('As a table').click()
    await page.getByRole('cell', { name: 'LOW', exact: true }).waitFor()
    await context.close()
  })
})

async function accessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const found = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary}`).join('; ')}`,
  )
  assert.deepEqual(found, [], where)
}
