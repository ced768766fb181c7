import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { JsonArraySplitter, NotAnArrayError } from '@tidegauge/client'
import { isSystemError } from '../failure.ts'

/** A file cannot be read on from here. The message says where and why, and quotes nothing of it. */
export class UnreadableRecords extends Error {
  override readonly name = 'UnreadableRecords'
}

/** A longer line is not waited for: no record comes near it. */
const maxRecordChars = 32 * 1024 * 1024

/**
 * The records of a file as they come: a JSON array, or one record on each line; compressed with gzip or not. What it
 * is shows by looking at it. Holds one record and one piece of the input at a time.
 *
 * Throws {@link UnreadableRecords} at the first fault, with line and byte of the record. Those before it have been
 * yielded, but for the last few of an array whose brackets are wrong.
 */
export async function* recordsIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const place = new Place()
  let cutter: Cutter | undefined
  for await (const text of textIn(unzipped(bytes))) {
    const rest = cutter ? text : text.slice(place.passSpace(text))
    if (rest === '') continue
    cutter ??= rest.startsWith('[') ? new ArrayCutter(place) : new LineCutter()
    for (const cut of cutAt(place, cutter, rest)) {
      const record = parse(cut, place)
      if (record !== undefined) yield record
      place.pass(cut)
      place.pass(cutter.separator)
    }
  }
  for (const cut of cutter ? cutAt(place, cutter) : []) {
    const record = parse(cut, place)
    if (record !== undefined) yield record
  }
}

/** Where in the text we are: the line and, in UTF-8, the byte. */
class Place {
  #line = 1
  #byte = 0

  pass(text: string): void {
    this.#byte += Buffer.byteLength(text)
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#line++
  }

  /** Passes the white space that `text` begins with, and says how much it was. */
  passSpace(text: string): number {
    const length = text.search(/[^ \t\n\r]|$/)
    this.pass(text.slice(0, length))
    return length
  }

  toString(): string {
    return `line ${this.#line} (byte ${this.#byte})`
  }
}

/** Cuts text into the texts of records and what is around them; with a separator behind each, they are the whole text. */
interface Cutter {
  readonly separator: string
  push(text: string): string[]
  end(): string[]
}

class LineCutter implements Cutter {
  readonly separator = '\n'
  #begun = ''

  push(text: string): string[] {
    if (!text.includes('\n')) {
      this.#begun += text
      if (this.#begun.length > maxRecordChars) throw new NotAnArrayError('a line without end')
      return []
    }
    const lines = (this.#begun + text).split('\n')
    this.#begun = lines.pop() ?? ''
    return lines
  }

  end(): string[] {
    return [this.#begun]
  }
}

class ArrayCutter implements Cutter {
  readonly separator = ','
  readonly #splitter = new JsonArraySplitter()

  constructor(place: Place) {
    place.pass('[')
  }

  push(text: string): string[] {
    return this.#splitter.push(text)
  }

  end(): string[] {
    if (!this.#splitter.complete) throw new NotAnArrayError('the end is missing')
    return []
  }
}

function cutAt(place: Place, cutter: Cutter, text?: string): string[] {
  try {
    return text === undefined ? cutter.end() : cutter.push(text)
  } catch (cause) {
    if (!(cause instanceof NotAnArrayError)) throw cause
    throw new UnreadableRecords(`it is cut off, or its brackets are wrong, after ${place}`, { cause })
  }
}

/** Undefined for white space alone. */
function parse(text: string, place: Place): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes what it read.
    if (/^[ \t\n\r]*$/.test(text)) return undefined
    place.passSpace(text)
    throw new UnreadableRecords(`the record that begins at ${place} is not valid JSON`)
  }
}

async function* textIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (piece?: Uint8Array) => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined })
    } catch (cause) {
      throw new UnreadableRecords('it is not UTF-8 text', { cause })
    }
  }
  for await (const piece of bytes) yield decode(piece)
  yield decode()
}

/** What gzip has packed, unpacked; anything else as it is. */
async function* unzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = bytes[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (head.length < 2) {
    const piece = await pieces.next()
    if (piece.done) break
    head = head.length === 0 ? piece.value : Buffer.concat([head, piece.value])
  }
  const whole = (async function* () {
    try {
      yield head
      for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) yield piece.value
    } finally {
      await pieces.return?.()
    }
  })()
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* whole
  const gunzip = createGunzip()
  // A failure of either end comes out of the loop below.
  pipeline(Readable.from(whole), gunzip, () => undefined)
  try {
    for await (const piece of gunzip) yield piece as Uint8Array
  } catch (cause) {
    if (!isSystemError(cause, 'Z_DATA_ERROR', 'Z_BUF_ERROR')) throw cause
    throw new UnreadableRecords('it is packed with gzip and damaged', { cause })
  }
}
