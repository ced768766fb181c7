import type { RefusedRecord } from '@tidegauge/client'
import { printTable } from '../table.ts'
import type { Notices } from '../terminal.ts'
import type { Located } from './inputs.ts'

/** A refused record as it may be told of: where it is and which rule it breaks, never what it says. */
export interface Refusal extends Located {
  type: string
  problems: { code: string; pointer: string }[]
}

const MAX_ROWS = 30
const MAX_PLACES = 4

export function refusalOf({ problems }: RefusedRecord, record: unknown, located: Located): Refusal {
  return {
    ...located,
    type: typeOf(record),
    problems: problems.map(({ code, pointer }) => ({ code, pointer })),
  }
}

/** A type is a word; anything else that stands in its place may be somebody's text. */
function typeOf(record: unknown): string {
  const type = typeof record === 'object' && record !== null && 'type' in record ? record.type : undefined
  return typeof type === 'string' && /^[A-Za-z]{1,40}$/.test(type) ? type : '(none)'
}

/** Counts refusals by type and reason. */
export class Refusals {
  readonly #namesFiles: boolean
  readonly #rows = new Map<string, { type: string; reason: string; count: number; places: string[] }>()

  /** @param namesFiles Whether there are several files, so that an index alone says little. */
  constructor(namesFiles: boolean) {
    this.#namesFiles = namesFiles
  }

  add({ file, index, type, problems }: Refusal): void {
    // Which item of a list it was tells no two reasons apart.
    const reasons = new Set(
      problems.map(({ code, pointer }) => `${code} at ${pointer.replace(/\/\d+(?=\/|$)/g, '/*') || '/'}`),
    )
    for (const reason of reasons) {
      const key = `${type} ${reason}`
      const row = this.#rows.get(key) ?? { type, reason, count: 0, places: [] }
      this.#rows.set(key, row)
      row.count++
      if (row.places.length < MAX_PLACES) row.places.push(this.#namesFiles ? `${file}:${index}` : `${index}`)
      else if (row.places.length === MAX_PLACES) row.places.push('…')
    }
  }

  print(err: Notices): void {
    const rows = [...this.#rows.values()].toSorted((a, b) => b.count - a.count)
    printTable(
      { isTerminal: true, line: (text) => err.line(`  ${text}`) },
      ['type', 'reason', 'records', 'at index'],
      rows
        .slice(0, MAX_ROWS)
        .map(({ type, reason, count, places }) => [type, reason, String(count), places.join(', ')]),
    )
    if (rows.length > MAX_ROWS) err.line(`  … and ${rows.length - MAX_ROWS} more reasons`)
  }
}
