import type { Problem } from '../wire.ts'
import type { Fault } from './fault.ts'

/** Where in a body a value stands, and the list into which its faults go. */
export interface Place {
  /** JSON pointer; '' is the body itself. */
  readonly pointer: string
  /** How deep it is nested. */
  readonly depth: number
  /** The place of a member or an item. */
  in(key: string | number): Place
  /** The same place, in a record of this kind. */
  of(meta: Readonly<Record<string, string>>): Place
  report(fault: Fault): void
}

/** So many faults are told of one body; it takes a hostile one to have more, and they would not fit in memory. */
const MAX_PROBLEMS = 100_000

/** The place of a whole body; what is reported at it or below it goes into `problems`, in order. */
export function placeOfBody(problems: Problem[]): Place {
  return placeAt(problems, '', 0, undefined)
}

function placeAt(problems: Problem[], pointer: string, depth: number, meta: Problem['meta']): Place {
  return {
    pointer,
    depth,
    in: (key) => placeAt(problems, `${pointer}/${pointerPart(key)}`, depth + 1, meta),
    of: (kind) => placeAt(problems, pointer, depth, kind),
    report: (fault) => {
      if (problems.length < MAX_PROBLEMS) problems.push({ ...fault, pointer, ...(meta && { meta }) })
    },
  }
}

function pointerPart(key: string | number): string {
  return String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')
}
