import type { Problem } from '@tidegauge/model'

/** A record of the input, ready to send. */
export interface Item {
  /** Place in the whole input, from 0. */
  index: number
  /** JSON in UTF-8; `undefined` for what cannot be written as JSON. */
  json: Uint8Array | undefined
  /** Set on a record that is refused, by the server or because it is none. */
  problems?: Problem[]
}

/** An item that can go into a body. */
export type Sendable = Item & { json: Uint8Array }

/** What bounds a chunk. The uploader lowers `maxBodyBytes` when a server refuses a body as too large. */
export interface ChunkLimits {
  chunkSize: number
  maxBodyBytes: number
}

const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
/** The bracket that closes the array. */
const emptyBodyBytes = 1

/**
 * The input from record `skip` on, in groups that fit the limits as they are at that moment. Holds one group and one
 * record at a time. A record that alone is larger than the limit makes a group of its own.
 */
export async function* chunksOf(
  records: Iterable<unknown> | AsyncIterable<unknown>,
  limits: ChunkLimits,
  skip: number,
): AsyncGenerator<Item[]> {
  const encoder = new TextEncoder()
  const group = new Group(limits)
  let index = 0
  for await (const record of records) {
    if (index >= skip) {
      const item = itemOf(index, record, encoder)
      if (!group.hasRoomFor(item)) yield group.take()
      group.add(item)
      // Not when the next record comes: it may be long in coming.
      if (group.isFull) yield group.take()
    }
    index++
  }
  if (!group.isEmpty) yield group.take()
}

/** As many of the first items as fit the limits together: at least one. */
export function leadingItems(items: readonly Item[], limits: ChunkLimits): Item[] {
  const group = new Group(limits)
  for (const item of items) {
    if (!group.hasRoomFor(item)) break
    group.add(item)
  }
  return group.take()
}

/** Items that are to travel together. */
class Group {
  readonly #limits: ChunkLimits
  #items: Item[] = []
  #bytes = emptyBodyBytes

  constructor(limits: ChunkLimits) {
    this.#limits = limits
  }

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  get isFull(): boolean {
    return this.#items.length >= this.#limits.chunkSize
  }

  hasRoomFor(item: Item): boolean {
    return this.isEmpty || (!this.isFull && this.#bytes + bytesOf(item) <= this.#limits.maxBodyBytes)
  }

  add(item: Item): void {
    this.#items.push(item)
    this.#bytes += bytesOf(item)
  }

  take(): Item[] {
    const items = this.#items
    this.#items = []
    this.#bytes = emptyBodyBytes
    return items
  }
}

/** Those that nothing speaks against. */
export function sendable(items: readonly Item[]): Sendable[] {
  return items.filter((item): item is Sendable => item.problems === undefined && item.json !== undefined)
}

/** The request body that holds these records: a JSON array. */
export function bodyOf(items: readonly Sendable[]): Uint8Array<ArrayBuffer> {
  if (items.length === 0) return new TextEncoder().encode('[]')
  const body = new Uint8Array(items.reduce((bytes, item) => bytes + bytesOf(item), emptyBodyBytes))
  let at = 0
  for (const { json } of items) {
    body[at] = at === 0 ? openBracket : comma
    body.set(json, at + 1)
    at += json.length + 1
  }
  body[at] = closeBracket
  return body
}

/** What a record adds to a body: itself and the bracket or comma before it. */
function bytesOf(item: Item): number {
  return item.problems !== undefined || item.json === undefined ? 0 : item.json.length + 1
}

function itemOf(index: number, record: unknown, encoder: TextEncoder): Item {
  const text = jsonOf(record)
  if (text === undefined) {
    return {
      index,
      json: undefined,
      problems: [fault('value-not-serializable', 'record cannot be written as JSON')],
    }
  }
  const json = encoder.encode(text)
  if (text.startsWith('{')) return { index, json }
  // The server would pass over a null in silence.
  return { index, json, problems: [fault('type-not-object', 'record is not an object')] }
}

function jsonOf(record: unknown): string | undefined {
  try {
    return JSON.stringify(record)
  } catch {
    // A cycle, a bigint, a toJSON of the caller's that throws: the record is refused and reported by its index.
    return undefined
  }
}

/** A fault of a whole record that the server need not be asked about. */
export function fault(code: string, detail: string): Problem {
  return { code, title: detail, detail, pointer: '' }
}
