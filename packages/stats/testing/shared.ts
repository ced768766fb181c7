import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reading } from '../src/readings.ts'

/** Sample data that lie beside a checkout of the project; a clone has none. */
const folder = join(import.meta.dirname, '../../../../shared')

/** For `skip` of a test: false, or why it is skipped. */
export const withoutShared = existsSync(folder) ? false : 'no ../shared beside this checkout'

export function sharedText(path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}

/** Of a CSV file with a naive clock and mg/dL, as metrics-vectors.json describes it. */
export function traceOf(path: string, intervalMinutes: number): Reading[] {
  const [, ...lines] = sharedText(path).trim().split(/\r?\n/)
  return lines.flatMap((line) => {
    const [time = '', glucose = ''] = line.split(',')
    const mgPerDl = glucose === 'Low' ? 39 : glucose === 'High' ? 401 : Number(glucose || 'none')
    const timeMs = Date.parse(`${time.replace(' ', 'T')}Z`)
    return Number.isNaN(mgPerDl) ? [] : [{ timeMs, mgPerDl, intervalMinutes }]
  })
}
