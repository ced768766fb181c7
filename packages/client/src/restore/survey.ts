import { isObject } from '../faults.ts'
import { keyOf, type Link, linkOf, linkTo } from './links.ts'

/** Records that can be read more than once, from the beginning each time. */
export type Rereadable = Iterable<unknown> | AsyncIterable<unknown>

/** A record and its place in the input, from 0. */
export interface Placed {
  index: number
  record: Record<string, unknown>
}

/** What has to be known of all records before the first can be sent. */
export interface Survey {
  /** Records in the input, as far as it could be read. */
  total: number
  /** What kept the input from being read to its end. */
  failure: { cause: unknown } | undefined
  /** The records that describe data sets, by the id that the data call theirs by; no deleted ones without data. */
  uploads: ReadonlyMap<string, Placed>
  /** Whether some data belong to a data set that no record describes. */
  hasStrays: boolean
  linked: LinkedRecords
}

/** Records that others link to. Held as text, which is small. */
export class LinkedRecords {
  readonly #texts: ReadonlyMap<string, { index: number; text: string }>

  constructor(texts: ReadonlyMap<string, { index: number; text: string }>) {
    this.#texts = texts
  }

  /** The record that a link leads to: of several with its id the last, as it is with all that repeats an id. */
  find(link: Link): Placed | undefined {
    const found = this.#texts.get(keyOf(link))
    return found && { index: found.index, record: JSON.parse(found.text) }
  }

  /** Whether a record comes with another one that links to it. */
  brings(record: unknown): boolean {
    const link = linkTo(record)
    return link !== undefined && this.#texts.has(keyOf(link))
  }
}

/**
 * Reads the input once to see which records are linked to, and once more to take those, when there are any. Holds
 * those and the records that describe data sets. `throwIfStopped` is called for each record.
 *
 * An input that fails is surveyed as far as it can be read, so that what comes before can be sent.
 */
export async function surveyOf(records: Rereadable, throwIfStopped: () => void): Promise<Survey> {
  const wanted = new Set<string>()
  const uploads = new Map<string, Placed>()
  const named = new Set<string | undefined>()
  const first = await forEach(records, throwIfStopped, (record, index) => {
    if (!isObject(record)) return
    const link = linkOf(record)
    if (link !== undefined) wanted.add(keyOf(link))
    const name = uploadIdOf(record)
    if (record.type === 'upload' && name !== undefined) uploads.set(name, { index, record })
    else named.add(name)
  })
  for (const [name, { record }] of uploads) {
    if (typeof record.deletedTime === 'string' && !named.has(name)) uploads.delete(name)
  }
  const texts = new Map<string, { index: number; text: string }>()
  const second = await forEach(wanted.size === 0 ? [] : records, throwIfStopped, (record, index) => {
    const link = linkTo(record)
    if (link === undefined || !wanted.has(keyOf(link))) return
    const text = textOf(record)
    if (text !== undefined) texts.set(keyOf(link), { index, text })
  })
  return {
    total: first.total,
    failure: first.failure ?? second.failure,
    uploads,
    hasStrays: named.values().some((name) => name === undefined || !uploads.has(name)),
    linked: new LinkedRecords(texts),
  }
}

/** The name by which a record calls its data set; of the record of a data set, its own. */
export function uploadIdOf({ type, uploadId, id }: Record<string, unknown>): string | undefined {
  const name = typeof uploadId !== 'string' && type === 'upload' ? id : uploadId
  return typeof name === 'string' && name !== '' ? name : undefined
}

async function forEach(
  records: Rereadable,
  throwIfStopped: () => void,
  take: (record: unknown, index: number) => void,
): Promise<Pick<Survey, 'total' | 'failure'>> {
  let total = 0
  try {
    for await (const record of records) {
      throwIfStopped()
      take(record, total++)
    }
    return { total, failure: undefined }
  } catch (cause) {
    throwIfStopped()
    return { total, failure: { cause } }
  }
}

function textOf(record: unknown): string | undefined {
  try {
    return JSON.stringify(record)
  } catch {
    // What cannot be JSON is refused when its own turn comes.
    return undefined
  }
}
