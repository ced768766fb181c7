/** What the page keeps on a device, and what it does there without a network: in a real browser, on a real server. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Person, World } from '@tidegauge/server/testing'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'
import { pageWorld, settled, sizes, withDays } from './page.ts'

describe('the page on a device', () => {
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

  test('[WE-17] who signs out leaves nothing on the device', async () => {
    const { page, context } = await staying(ada)
    for (const path of ['/', '/patterns', '/day']) {
      await page.goto(world.url + path)
      await settled(page)
    }
    await page.getByRole('link', { name: 'Account' }).click()
    await page.getByRole('button', { name: 'Dark' }).click()
    await page.getByRole('button', { name: 'Dark', pressed: true }).waitFor()
    await settled(page)
    assert.ok((await left(page)).views.length >= 5)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.waitForTimeout(300)
    const { views, kept, storage } = await left(page)
    assert.deepEqual([views, storage], [[], {}])
    // The page itself is no secret.
    assert.deepEqual(
      kept.filter((path) => !/^\/(index\.html|icon\.svg|app\.webmanifest|assets\/.*)$/.test(path)),
      [],
    )
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined)
    await page.goto(`${world.url}/patterns`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await context.close()
  })

  test('[WE-17] who does not stay signed in leaves no view, and another person sees none of theirs', async () => {
    const { page, context } = await staying(ada, { stay: false })
    await page.goto(world.url)
    await settled(page)
    assert.deepEqual((await left(page)).views, [])
    await context.close()
    const [eda, eve] = [await world.person(), await world.person()]
    await withDays(world, eda, 1)
    const { page: shared, context: device } = await staying(eda)
    await shared.goto(world.url)
    await shared.locator('.hero .value').waitFor()
    await settled(shared)
    // Their session ends elsewhere; somebody else signs in on this device, and the network goes.
    await world.send('DELETE', `/auth/user/${eda.userId}/sessions`, { token: eda.token })
    await shared.reload()
    await signInHere(shared, eve)
    await shared.getByRole('heading', { name: 'There are no readings yet' }).waitFor()
    await device.setOffline(true)
    await shared.goto(world.url)
    await shared.waitForTimeout(1500)
    assert.equal(await shared.locator('.hero').count(), 0)
    await device.close()
  })

  test('[WE-19] without a network the last views open, soon, and say of when they are', async () => {
    const { page, context } = await staying(ada)
    const looks: [path: string, selector: string][] = [
      ['/', '.hero .value'],
      ['/day', '.timeline canvas'],
      ['/patterns', '.profile svg'],
      ['/calendar', '.calendar .percent'],
    ]
    for (const [path, selector] of looks) {
      await page.goto(world.url + path)
      await page.locator(selector).first().waitFor()
      await settled(page)
    }
    await context.setOffline(true)
    for (const [path, selector] of looks) {
      await page.goto(world.url + path)
      await page.locator(selector).first().waitFor({ timeout: 5000 })
      await page
        .getByText(/As it was on/)
        .first()
        .waitFor({ timeout: 5000 })
    }
    assert.equal(
      await page.evaluate(async () => (await fetch('/v1/time').catch(() => undefined)) === undefined),
      true,
    )
    await context.close()
  })

  test('[WE-19] it can be installed', async () => {
    const { page, context } = await staying(ada)
    const inspector = await context.newCDPSession(page)
    const { installabilityErrors } = await inspector.send('Page.getInstallabilityErrors')
    assert.deepEqual(installabilityErrors, [])
    const icons = await page.evaluate(async () => {
      const { icons } = await (await fetch('/app.webmanifest')).json()
      return Promise.all(
        icons.map(async ({ src, sizes }: { src: string; sizes: string }) => {
          const image = new Image()
          image.src = src
          await image.decode()
          return { sizes, is: `${image.naturalWidth}x${image.naturalHeight}` }
        }),
      )
    })
    for (const { sizes, is } of icons) if (sizes !== 'any') assert.equal(is, sizes)
    await context.close()
  })

  /** On a device of their own, with everything that a browser can keep, and the language that it has by itself. */
  const staying = async (who: Person, { stay = true } = {}) => {
    const context = await browser.newContext({ viewport: sizes.desktop, timezoneId: 'Europe/Berlin' })
    const page = await context.newPage()
    await page.goto(world.url)
    await page.evaluate(() => navigator.serviceWorker.ready)
    if (stay) await page.getByLabel('Stay signed in on this device').check()
    await signInHere(page, who)
    return { page, context }
  }

  /** Everything that the page has kept on a device. */
  const left = (page: Page) =>
    page.evaluate(async () => {
      const views = await new Promise<unknown[]>((done, failed) => {
        const opening = indexedDB.open('tidegauge')
        opening.onerror = () => failed(opening.error)
        opening.onsuccess = () => {
          const names = [...opening.result.objectStoreNames]
          if (names.length === 0) return done([])
          const all = opening.result.transaction(names).objectStore('views').getAll()
          all.onsuccess = () => done(all.result)
        }
      })
      const kept: string[] = []
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) kept.push(new URL(url).pathname)
      return { views, kept, storage: { ...localStorage, ...sessionStorage } }
    })

  const signInHere = async (page: Page, { username, password }: Person) => {
    await page.getByLabel('E-mail address').fill(username)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  }
})
