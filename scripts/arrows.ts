import { globSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'

/** Which packages a package may import, and why the others are out of its reach (ARCHITECTURE.md, "Arrows"). */
interface Room {
  mayImport: readonly string[]
  /** Imports of these only inside a function (`await import(…)`), so that other commands do not pay for them. */
  lazily?: readonly string[]
  /** Runs in a browser too: no Node API. */
  browser?: boolean
  reason: string
}

export const rooms: Readonly<Record<string, Room>> = {
  model: { mayImport: [], browser: true, reason: 'model is pure and stands on nothing of ours' },
  stats: {
    mayImport: ['model'],
    browser: true,
    reason: 'stats turns readings into numbers and needs only the model',
  },
  formats: {
    mayImport: ['model'],
    browser: true,
    reason: 'formats are pure streams and need only the model',
  },
  client: {
    mayImport: ['model'],
    browser: true,
    reason: 'client and server meet on the wire and never import each other',
  },
  server: {
    mayImport: ['model', 'stats'],
    reason: 'client and server meet on the wire and never import each other',
  },
  cli: {
    mayImport: ['client', 'formats', 'stats', 'model'],
    lazily: ['server'],
    reason: 'only the commands that serve load the server, lazily',
  },
  web: {
    mayImport: ['client', 'formats', 'stats', 'model'],
    browser: true,
    reason: 'the page talks to a server over the wire',
  },
}

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  path: string
  text: string
}

/** A sentence per import that points the wrong way. Tests, `e2e` and `bench` may import anything. */
export function brokenArrows(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const room = /^packages\/([^/]+)\//.exec(path)?.[1]
    const rules = room === undefined ? undefined : rooms[room]
    if (!rules || /\.test\.tsx?$|\/testing\//.test(path)) return []
    return importsOf(text).flatMap(({ specifier, lazy }) => {
      const wrong = (why: string) => [`${path} imports ${specifier}: ${why}`]
      if (rules.browser && specifier.startsWith('node:')) return wrong(`${room} runs in a browser`)
      const target = packageOf(path, specifier)
      if (target === undefined || target === room) return []
      if (specifier.startsWith('.')) return wrong('another package is imported by its name, not by a path')
      if (rules.mayImport.includes(target) || (lazy && rules.lazily?.includes(target))) return []
      return wrong(rules.reason)
    })
  })
}

function packageOf(importer: string, specifier: string): string | undefined {
  if (specifier === 'tidegauge') return 'cli'
  if (!specifier.startsWith('.')) return /^@tidegauge\/([^/]+)/.exec(specifier)?.[1]
  return /^packages\/([^/]+)\//.exec(posix.join(posix.dirname(importer), specifier))?.[1]
}

function importsOf(text: string): { specifier: string; lazy: boolean }[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const found: { specifier: string; lazy: boolean }[] = []
  for (const [, specifier = ''] of code.matchAll(/^\s*(?:import|export)\b[^'"`;=]*?['"]([^'"]+)['"]/gm)) {
    found.push({ specifier, lazy: false })
  }
  for (const [, specifier = ''] of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    found.push({ specifier, lazy: true })
  }
  return found
}

export function readSources(root: string): SourceFile[] {
  return globSync('packages/*/{src,bin,testing}/**/*.{ts,tsx,js}', { cwd: root }).map((path) => ({
    path: relative(root, join(root, path)).split(sep).join('/'),
    text: readFileSync(join(root, path), 'utf8'),
  }))
}
