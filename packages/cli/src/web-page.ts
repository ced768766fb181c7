import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const web = join(import.meta.dirname, '../../web')

/** The folder of the page, if it was built; `npm start` builds it, and so does `tidegauge demo`. */
export function webDirectory(): string | undefined {
  const directory = join(web, 'dist')
  return existsSync(join(directory, 'index.html')) ? directory : undefined
}

/** Builds the page anew if what it is made of has changed. */
export async function builtWebDirectory(): Promise<string | undefined> {
  const { buildIfStale } = await import(pathToFileURL(join(web, 'build-if-stale.js')).href)
  await buildIfStale()
  return webDirectory()
}
