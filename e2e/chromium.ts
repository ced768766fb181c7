import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import chromium, { inflate } from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Chromium from npm, with the libraries that the package brings for machines without a desktop. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await chromium.executablePath()
  const packed = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin')
  const libraries = await inflate(join(packed, 'al2023.tar.br'))
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, join(libraries, 'lib')].filter(Boolean).join(':'),
  }
  return playwright.launch({
    executablePath,
    args: flags,
    headless: true,
    env: env as Record<string, string>,
  })
}
