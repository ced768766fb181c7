import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { brokenArrows, readSources, rooms } from './arrows.ts'

const root = join(import.meta.dirname, '..')

describe('import arrows', () => {
  test('every import in the tree points the way that ARCHITECTURE.md says', () => {
    const files = readSources(root)
    assert.ok(files.length > 30, 'the sources were found')
    assert.deepEqual(brokenArrows(files), [])
  })

  test('every package has its rule', () => {
    const packages = new Set(readSources(root).map(({ path }) => path.split('/')[1]))
    for (const name of packages) assert.ok(name !== undefined && name in rooms, `${name} has no rule`)
  })

  test('a package declares what it imports of ours, and nothing else of ours', () => {
    for (const [name, { mayImport, lazily = [] }] of Object.entries(rooms)) {
      const path = join(root, 'packages', name, 'package.json')
      assert.ok(existsSync(path))
      const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8'))
      for (const dependency of Object.keys(dependencies)) {
        const ours = /^@tidegauge\/(.+)$/.exec(dependency)?.[1]
        assert.ok(
          ours === undefined || [...mayImport, ...lazily].includes(ours),
          `${name} depends on ${ours}`,
        )
      }
    }
  })

  test('in the server, only config.ts reads the environment and only compose.ts names an engine', () => {
    const server = readSources(root).filter(
      ({ path }) => /^packages\/server\/src\//.test(path) && !/\.test\.ts$|\/testing\//.test(path),
    )
    const withText = (text: RegExp) => server.filter((file) => text.test(file.text)).map(({ path }) => path)
    assert.deepEqual(withText(/process\.env/), [])
    const outside = withText(/from '[^']*store\/sqlite\//)
    assert.deepEqual(outside, ['packages/server/src/compose.ts'])
  })

  const source = (path: string, text: string) => [{ path, text }]
  const broken: [string, string, string][] = [
    ['model importing the client', 'packages/model/src/a.ts', "import { x } from '@tidegauge/client'"],
    ['client importing the server', 'packages/client/src/a.ts', "import type { x } from '@tidegauge/server'"],
    ['server importing the client', 'packages/server/src/a.ts', "export * from '@tidegauge/client'"],
    ['the command line loading the server at once', 'packages/cli/src/a.ts', "import '@tidegauge/server'"],
    [
      'the page loading the server, even lazily',
      'packages/web/src/a.ts',
      "await import('@tidegauge/server')",
    ],
    ['Node in the browser', 'packages/client/src/a.ts', "import { readFile } from 'node:fs'"],
    [
      'a short path into another package',
      'packages/client/src/a.ts',
      "import { x } from '../../server/src/b.ts'",
    ],
    [
      'a path into another package',
      'packages/cli/src/a.ts',
      "import { x } from '../../../packages/client/src/b.ts'",
    ],
    [
      'an import over several lines',
      'packages/model/src/a.ts',
      "import {\n  x,\n  y,\n} from '@tidegauge/stats'",
    ],
  ]
  for (const [what, path, text] of broken) {
    test(`says so: ${what}`, () => assert.equal(brokenArrows(source(path, text)).length, 1))
  }

  const fine: [string, string, string][] = [
    ['serve loading the server lazily', 'packages/cli/src/a.ts', "await import('@tidegauge/server')"],
    ['a test file', 'packages/client/src/a.test.ts', "import { x } from '@tidegauge/server'"],
    ['a word in a comment', 'packages/model/src/a.ts', "/* import x from '@tidegauge/client' */"],
    ['the model for everybody', 'packages/formats/src/a.ts', "import { x } from '@tidegauge/model'"],
  ]
  for (const [what, path, text] of fine) {
    test(`allows: ${what}`, () => assert.deepEqual(brokenArrows(source(path, text)), []))
  }
})
