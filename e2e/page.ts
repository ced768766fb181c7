import { join } from 'node:path'
import { createClient } from '@tidegauge/client'
import { synthesize } from '@tidegauge/model/synth'
import { type Person, startWorld, type World } from '@tidegauge/server/testing'
import type { Browser, BrowserContext, Page } from 'playwright-core'

const web = join(import.meta.dirname, '..', 'packages', 'web')

/** A server with the page, as it is in the tree now. */
export async function pageWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const { buildIfStale } = await import(join(web, 'build-if-stale.js'))
  await buildIfStale()
  return startWorld({ ...options, webDirectory: join(web, 'dist') })
}

/** The data of somebody who does not exist, up to now. */
export async function withDays(world: World, who: Person, days: number): Promise<void> {
  const start = Temporal.Now.plainDateISO('Europe/Berlin')
    .subtract({ days: days - 1 })
    .toString()
  const all = synthesize({ seed: 1, start, days, timezone: 'Europe/Berlin', units: 'mg/dL' })
  const records = [...all].filter(({ time }) => Date.parse(String(time)) <= Date.now())
  const client = createClient({ baseUrl: world.url, session: { token: who.token, userId: who.userId } })
  const dataSet = await client.openDataSet({
    clientName: 'org.example.pump',
    clientVersion: '1.0.0',
    timezone: 'Europe/Berlin',
  } as never)
  await client.upload(dataSet, records)
}

export const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 900 },
} as const

export async function openPage(
  browser: Browser,
  { size = 'desktop', scheme = 'light' }: { size?: keyof typeof sizes; scheme?: 'light' | 'dark' } = {},
): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme: scheme,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    hasTouch: size === 'phone',
    serviceWorkers: 'block',
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  return { context, page, faults }
}

export async function signIn(page: Page, world: World, { username, password }: Person): Promise<void> {
  await page.goto(world.url, { waitUntil: 'load' })
  await page.getByLabel('E-mail address').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
}

export const pages = [
  '/',
  '/day',
  '/patterns',
  '/calendar',
  '/report',
  '/records',
  '/people',
  '/account',
] as const

/** Everything that was asked for has come. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll('.loading').length === 0)
  await page.waitForTimeout(400)
}
