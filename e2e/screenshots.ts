/** Pictures of every page at both sizes, for docs/guide: `npm run screenshots [-- FOLDER]`. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { launchChromium } from './chromium.ts'
import { openPage, pages, pageWorld, settled, signIn, sizes, withDays } from './page.ts'

const folder = process.argv[2] ?? join(import.meta.dirname, '..', 'docs', 'guide', 'pages')
await mkdir(folder, { recursive: true })
await using world = await pageWorld()
const browser = await launchChromium()
const ada = await world.person()
const bo = await world.person()
await world.grant(ada, bo, 'view')
await withDays(world, ada, 90)
for (const size of Object.keys(sizes) as (keyof typeof sizes)[]) {
  for (const scheme of size === 'phone' ? (['dark'] as const) : (['light'] as const)) {
    const { context, page, faults } = await openPage(browser, { size, scheme })
    await page.goto(world.url)
    await settled(page)
    await page.screenshot({ path: join(folder, `sign-in-${size}.png`) })
    await signIn(page, world, ada)
    for (const path of pages) {
      await page.goto(world.url + path)
      await settled(page)
      const name = path === '/' ? 'now' : path.slice(1)
      await page.screenshot({
        path: join(folder, `${name}-${size}.png`),
        fullPage: path !== '/report' || size === 'desktop',
      })
      process.stderr.write(`${name} ${size}\n`)
    }
    if (faults.length > 0) process.stderr.write(`${faults.join('\n')}\n`)
    await context.close()
  }
}
await browser.close()
