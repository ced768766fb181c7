/**
 * `npm run bench:page`: how soon somebody with a year of data sees something, and what scrolling and zooming through it
 * costs. In headless Chromium, which draws without a graphics card; medians of the rounds.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { CDPSession, Page } from 'playwright-core'
import { launchChromium } from '../e2e/chromium.ts'
import { pageWorld, withDays } from '../e2e/page.ts'

const ROUNDS = 5
const DAY_MS = 86_400_000

await using world = await pageWorld()
const browser = await launchChromium()
const ada = await world.person()
process.stderr.write('A year is being made…\n')
await withDays(world, ada, 365)
const endMs = Date.now()
const year = `/day?${new URLSearchParams({ from: new Date(endMs - 365 * DAY_MS).toISOString(), to: new Date(endMs).toISOString() })}`

/** A page of a browser that has never been here, with somebody signed in. */
async function open(path: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    serviceWorkers: 'block',
  })
  const session = JSON.stringify({ token: ada.token, userId: ada.userId, username: ada.username })
  await context.addInitScript((text) => sessionStorage.setItem('tidegauge.session', text), session)
  const page = await context.newPage()
  await page.goto(world.url + path)
  return page
}

async function drawnAfterMs(path: string): Promise<number> {
  const page = await open(path)
  await page.waitForFunction(() => performance.getEntriesByName('glucose drawn').length > 0)
  const ms = await page.evaluate(
    () => performance.getEntriesByName('glucose drawn')[0]?.startTime ?? Number.NaN,
  )
  await page.context().close()
  return ms
}

const first: Record<string, number[]> = { 'now, of a year': [], 'the whole year': [] }
for (let round = 0; round < ROUNDS; round++) {
  first['now, of a year']?.push(await drawnAfterMs('/'))
  first['the whole year']?.push(await drawnAfterMs(year))
}
for (const [name, all] of Object.entries(first)) {
  process.stdout.write(
    `${name}: first picture after ${figure(median(all))} ms (aim < 1000; ${all.map(figure).join(', ')})\n`,
  )
}

for (const [name, path, act] of [
  ['zoom through the year', year, (page: Page, n: number) => page.mouse.wheel(0, n % 40 < 20 ? -60 : 60)],
  ['scroll through the year', year, (page: Page, n: number) => page.mouse.wheel(n % 40 < 20 ? -80 : 80, 0)],
  ['scroll through a day', '/day', (page: Page, n: number) => page.mouse.wheel(n % 40 < 20 ? -40 : 40, 0)],
] as const) {
  const page = await open(path)
  await page.waitForFunction(() => performance.getEntriesByName('glucose drawn').length > 0)
  await page.waitForTimeout(1500)
  const box = await page.locator('.timeline .u-over').boundingBox()
  if (!box) throw new Error('there is no chart')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  const frames = await traced(await page.context().newCDPSession(page), async () => {
    for (let n = 0; n < 160; n++) {
      await act(page, n)
      await page.waitForTimeout(12)
    }
  })
  process.stdout.write(
    `${name}: ${figure(median(frames))} ms of the main thread a frame (aim <= 16; 90th percentile ${figure(quantile(frames, 0.9))}; ${frames.length} frames)\n`,
  )
  await page.context().close()
}

const assets = join(import.meta.dirname, '..', 'packages', 'web', 'dist', 'assets')
const bytes = readdirSync(assets).reduce(
  (sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length,
  0,
)
process.stdout.write(`page code: ${figure(bytes / 1000)} kB compressed (aim < 250)\n`)
await browser.close()

interface TraceEvent {
  name: string
  ph: string
  ts: number
  dur?: number
  pid: number
  tid: number
}

/** How long the main thread of the page worked for each frame, in milliseconds, while something was done. */
async function traced(devtools: CDPSession, work: () => Promise<void>): Promise<number[]> {
  const events: TraceEvent[] = []
  devtools.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  const ended = new Promise<void>((done) => devtools.once('Tracing.tracingComplete', () => done()))
  await devtools.send('Tracing.start', {
    categories: 'disabled-by-default-devtools.timeline,toplevel,cc',
    transferMode: 'ReportEvents',
  })
  await work()
  await devtools.send('Tracing.end')
  await ended
  const frames = events
    .filter(({ name }) => name === 'ProxyMain::BeginMainFrame::commit')
    .sort((a, b) => a.ts - b.ts)
  const main = frames[0]
  if (!main) throw new Error('no frame was drawn')
  const own = frames.filter(({ pid, tid }) => pid === main.pid && tid === main.tid)
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && pid === main.pid && tid === main.tid,
  )
  return own.slice(0, -1).map(({ ts }, place) => {
    const untilTs = own[place + 1]?.ts ?? ts
    const within = tasks.filter((task) => task.ts + (task.dur ?? 0) > ts && task.ts < untilTs)
    return within.reduce((sum, task) => sum + (task.dur ?? 0), 0) / 1000
  })
}

function quantile(all: readonly number[], p: number): number {
  return all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) * p)] ?? Number.NaN
}

function median(all: readonly number[]): number {
  return quantile(all, 0.5)
}

function figure(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0)
}
