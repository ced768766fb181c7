import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'

const root = join(import.meta.dirname, '..')
const page = 'docs/protocol/scenarios.md'

/** Scenario and test file, as the titles say it: `… (scenario 44)`, `… (scenarios 53, 54)`. */
function inTitles(): string[] {
  const files = globSync(['packages/*/src/**/*.test.ts', 'e2e/*.test.ts'], { cwd: root })
  return files.flatMap((file) => {
    const found = readFileSync(join(root, file), 'utf8').matchAll(/\(scenarios? (\d+(?:, \d+)*)\)/g)
    return [...found].flatMap(([, numbers = '']) => numbers.split(', ').map((one) => `${one} ${file}`))
  })
}

/** The same as the page says it. */
function inPage(): string[] {
  const rows = readFileSync(join(root, page), 'utf8').matchAll(/^\| (\d+) \|.*\| (.*) \|$/gm)
  return [...rows].flatMap(([, number, files = '']) =>
    [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => `${number} ${file}`),
  )
}

describe('scenarios', () => {
  const titles = new Set(inTitles())
  const rows = new Set(inPage())

  test(`every scenario in a title is in ${page}`, () => {
    assert.ok(titles.size > 50)
    assert.deepEqual([...titles.difference(rows)], [])
  })

  test(`every row of ${page} has its tests`, () => {
    assert.deepEqual([...rows.difference(titles)], [])
  })
})
