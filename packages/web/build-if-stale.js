// Builds the page if anything that it is made of is newer than the last build. `npm start` calls it first.
import { existsSync, globSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const packages = join(here, '..')
const built = join(here, 'dist', 'index.html')

export function isStale() {
  if (!existsSync(built)) return true
  const builtMs = statSync(built).mtimeMs
  const sources = globSync(
    ['web/{src,public}/**/*', 'web/*.{html,ts,json}', '{client,model,stats,formats}/src/**/*.ts'],
    { cwd: packages },
  )
  return sources.some((file) => statSync(join(packages, file)).mtimeMs > builtMs)
}

export async function buildIfStale() {
  if (!isStale()) return
  const { build } = await import('vite')
  // Beside the last one, and then in its place: somebody may be serving that, or building too.
  const fresh = join(here, `dist-${process.pid}`)
  const old = `${fresh}-old`
  try {
    await build({
      configFile: join(here, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: fresh, emptyOutDir: true },
    })
    if (existsSync(join(here, 'dist'))) renameSync(join(here, 'dist'), old)
    renameSync(fresh, join(here, 'dist'))
  } catch (error) {
    // Another process was first.
    if (isStale()) throw error
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildIfStale()
