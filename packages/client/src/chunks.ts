import type { Problem } from '@tidegauge/model'

/** A record of the input and the data set that it goes to. */
export interface Parcel {
  dataSetId: string
  record: unknown
  /** The record of the input that it has in one of its fields, so that the two travel as one. */
  embedded?: Embedded | undefined
}

/** A record within another one. */
export interface Embedded {
  /** Its own place in the whole input. */
  index: number
  field: string
}

/** A record of the input, ready to send. */
export interface Item {
  /** Place in the whole input, from 0. */
  index: number
  /** JSON in UTF-8; `undefined` for what cannot be written as JSON. */
  json: Uint8Array | undefined
  /** Set on a record that is refused, by the server or because it is none. */
  problems?: Problem[]
  /** What its JSON holds beside itself. */
  embedded?: Embedded
  /** What was embedded in it until one of the two was refused; it travels beside it now. */
  separated?: Separated
}

/** A record that was embedded in another one, and in which field. */
export type Separated = Item & { field: string }

/** An item that can go into a body. */
export type Sendable = Item & { json: Uint8Array }

/** Items for one data set. */
export interface Chunk {
  dataSetId: string
  items: Item[]
  /** The first place in the input that is neither in this chunk nor was given out before. */
  next: number
}

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
/** So many chunks' worth of the input may go by until a record is sent, however few there are for its data set. */
const patience = 10

/**
 * The input from place `skip` on, in groups that fit the limits as they are at that moment; each for one data set.
 * An `undefined` in the input takes a place and brings nothing. Holds as many bytes as fit a body, and one record.
 * A record that alone is larger than the limit makes a group of its own.
 */
export async function* chunksOf(
  parcels: AsyncIterable<Parcel | undefined>,
  limits: ChunkLimits,
  skip: number,
): AsyncGenerator<Chunk> {
  const encoder = new TextEncoder()
  const groups = new Groups(limits)
  let index = 0
  for await (const parcel of parcels) {
    if (index >= skip && parcel !== undefined) {
      const item = itemOf(index, parcel, encoder)
      // A full one goes at once, not when the next record comes: that may be long in coming.
      for (const chunk of groups.add(parcel.dataSetId, item)) yield chunk
    }
    index++
  }
  for (const chunk of groups.rest(index)) yield chunk
  if (Math.max(skip, groups.next) < index) yield { dataSetId: '', items: [], next: index }
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

/** A group for each data set; the one that has waited longest comes first. */
class Groups {
  readonly #limits: ChunkLimits
  readonly #groups = new Map<string, Group>()
  #bytes = 0
  /** That of the chunk given out last. */
  next = 0

  constructor(limits: ChunkLimits) {
    this.#limits = limits
  }

  /** Puts an item to the others for its data set, and gives out what has to go before or after. */
  add(dataSetId: string, item: Item): Chunk[] {
    const { chunkSize, maxBodyBytes } = this.#limits
    const given: Chunk[] = []
    if (this.#groups.get(dataSetId)?.hasRoomFor(item) === false) given.push(this.#take(dataSetId, item.index))
    for (const oldest of this.#groups.keys()) {
      if (this.#bytes + bytesOf(item) <= maxBodyBytes) break
      given.push(this.#take(oldest, item.index))
    }
    const group = this.#groups.get(dataSetId) ?? new Group(this.#limits)
    this.#groups.set(dataSetId, group)
    group.add(item)
    this.#bytes += bytesOf(item)
    if (group.isFull) given.push(this.#take(dataSetId, item.index + 1))
    for (const [oldest, { firstIndex }] of this.#groups) {
      if (item.index - firstIndex < patience * chunkSize) break
      given.push(this.#take(oldest, item.index + 1))
    }
    return given
  }

  rest(end: number): Chunk[] {
    return Array.from(this.#groups.keys(), (dataSetId) => this.#take(dataSetId, end))
  }

  /** @param end How far the input has been dealt with. */
  #take(dataSetId: string, end: number): Chunk {
    const items = this.#groups.get(dataSetId)?.take() ?? []
    this.#groups.delete(dataSetId)
    this.#bytes -= items.reduce((sum, item) => sum + bytesOf(item), 0)
    const [oldest] = this.#groups.values()
    this.next = oldest?.firstIndex ?? end
    return { dataSetId, items, next: this.next }
  }
}

/** Items that are to travel together. */
class Group {
  readonly #limits: ChunkLimits
  #items: Item[] = []
  bytes = emptyBodyBytes

  constructor(limits: ChunkLimits) {
    this.#limits = limits
  }

  get isEmpty(): boolean {
    return this.#items.length === 0
  }

  get isFull(): boolean {
    return this.#items.length >= this.#limits.chunkSize
  }

  get firstIndex(): number {
    return this.#items[0]?.index ?? 0
  }

  hasRoomFor(item: Item): boolean {
    return this.isEmpty || (!this.isFull && this.bytes + bytesOf(item) <= this.#limits.maxBodyBytes)
  }

  add(item: Item): void {
    this.#items.push(item)
    this.bytes += bytesOf(item)
  }

  take(): Item[] {
    const items = this.#items
    this.#items = []
    this.bytes = emptyBodyBytes
    return items
  }
}

/** The records of these items: themselves, and what was separated from them. */
export function recordsOf(items: readonly Item[]): Item[] {
  return items.flatMap((item) => (item.separated === undefined ? item : [item, item.separated]))
}

/** Those that nothing speaks against. */
export function sendable(items: readonly Item[]): Sendable[] {
  return recordsOf(items).filter(
    (item): item is Sendable => item.problems === undefined && item.json !== undefined,
  )
}

/** Takes what is embedded in the item out of it, so that the two are sent and judged each on its own. */
export function separate(item: Item): Separated | undefined {
  const { embedded, json } = item
  if (embedded === undefined || json === undefined) return item.separated
  const { index, field } = embedded
  const { [field]: inner, ...outer } = JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>
  const encoder = new TextEncoder()
  delete item.embedded
  item.json = encoder.encode(JSON.stringify(outer))
  item.separated = { index, field, json: encoder.encode(JSON.stringify(inner)) }
  return item.separated
}

/** The request body that holds these records: a JSON array. */
export function bodyOf(items: readonly Sendable[]): Uint8Array<ArrayBuffer> {
  if (items.length === 0) return new TextEncoder().encode('[]')
  const body = new Uint8Array(items.reduce((bytes, item) => bytes + jsonBytesOf(item), emptyBodyBytes))
  let at = 0
  for (const { json } of items) {
    body[at] = at === 0 ? openBracket : comma
    body.set(json, at + 1)
    at += json.length + 1
  }
  body[at] = closeBracket
  return body
}

function bytesOf(item: Item): number {
  return jsonBytesOf(item) + (item.separated === undefined ? 0 : jsonBytesOf(item.separated))
}

/** What a record adds to a body: itself and the bracket or comma before it. */
function jsonBytesOf({ problems, json }: Item): number {
  return problems !== undefined || json === undefined ? 0 : json.length + 1
}

function itemOf(index: number, { record, embedded }: Parcel, encoder: TextEncoder): Item {
  const text = jsonOf(record)
  if (text === undefined) {
    return {
      index,
      json: undefined,
      problems: [fault('value-not-serializable', 'record cannot be written as JSON')],
    }
  }
  const json = encoder.encode(text)
  if (text.startsWith('{')) return { index, json, ...(embedded !== undefined && { embedded }) }
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
