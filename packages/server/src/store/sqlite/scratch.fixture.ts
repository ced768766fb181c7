import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** Makes directories for the tests of one file, and takes them away after the last of them. */
export function scratchDirectories(): () => string {
  const made: string[] = []
  after(() => {
    for (const directory of made) rmSync(directory, { recursive: true, force: true })
  })
  return () => {
    const directory = mkdtempSync(join(tmpdir(), 'tidegauge-store-'))
    made.push(directory)
    return directory
  }
}
