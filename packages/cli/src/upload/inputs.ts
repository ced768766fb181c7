import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { describe } from '../explain.ts'
import { exit, Failure, isSystemError } from '../failure.ts'
import { recordsIn } from './records.ts'
import { spool } from './spool.ts'

/** What the person calls it, its size, and its bytes. */
interface Input {
  name: string
  sizeBytes: number
  bytes(): AsyncIterable<Uint8Array>
}

/** A record of one of the files. */
export interface Located {
  file: string
  /** Place in its file, from 0. */
  index: number
}

/** The files of an upload, read one after another as if they were one; again from the beginning as often as asked. */
export class Inputs implements AsyncDisposable, AsyncIterable<object> {
  readonly sizeBytes: number
  /** How far they were read this time, in bytes and in records. */
  bytesRead = 0
  recordsRead = 0
  readonly #inputs: readonly Input[]
  readonly #held: readonly AsyncDisposable[]
  /** The place in the whole at which each file begins, of those that were reached at any time. */
  readonly #starts: number[] = []
  #reading = 0

  private constructor(inputs: readonly Input[], held: readonly AsyncDisposable[]) {
    this.#inputs = inputs
    this.#held = held
    this.sizeBytes = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }

  /** Opens all of them, so that a name that is wrong is found before anything is sent. `-` is standard input. */
  static async open(names: readonly string[], stdin: Readable, signal: AbortSignal): Promise<Inputs> {
    const inputs: Input[] = []
    const held: AsyncDisposable[] = []
    try {
      for (const name of names) {
        const file = name === '-' ? undefined : await openFile(name)
        if (file) held.push(file)
        const stat = await file?.stat()
        if (stat?.isDirectory())
          throw new Failure(`${name} is a directory: name the files in it.`, exit.usage)
        if (file && stat?.isFile()) {
          inputs.push({ name, sizeBytes: stat.size, bytes: () => bytesOf(file) })
          continue
        }
        const copy = await spool(file ? file.createReadStream({ autoClose: false }) : stdin, signal)
        held.push(copy)
        inputs.push({ name, sizeBytes: copy.sizeBytes, bytes: () => bytesOf(copy.file) })
      }
    } catch (error) {
      await dispose(held)
      throw error
    }
    return new Inputs(inputs, held)
  }

  /** All records. Throws `UnreadableRecords` where a file cannot be read on; {@link current} says which. */
  async *[Symbol.asyncIterator](): AsyncGenerator<object> {
    this.bytesRead = 0
    this.recordsRead = 0
    for (const [place, input] of this.#inputs.entries()) {
      this.#reading = place
      this.#starts[place] = this.recordsRead
      for await (const record of recordsIn(this.#counted(input))) {
        this.recordsRead++
        // What is no object is refused by the SDK, which keeps its place.
        yield record as object
      }
    }
  }

  /** The part of all bytes that holds the first `settled` records, from 0 to 1; near enough for a progress bar. */
  fraction(settled: number): number {
    if (this.recordsRead === 0 || this.sizeBytes === 0) return 0
    return Math.min(1, (this.bytesRead / this.sizeBytes) * Math.min(1, settled / this.recordsRead))
  }

  /** The file that is being read. */
  get current(): string {
    return this.#inputs[this.#reading]?.name ?? '-'
  }

  /** Where the record with this place in the whole is. */
  locate(index: number): Located {
    const place = this.#starts.findLastIndex((first) => first <= index)
    return { file: this.#inputs[place]?.name ?? this.current, index: index - (this.#starts[place] ?? 0) }
  }

  async *#counted(input: Input): AsyncGenerator<Uint8Array> {
    for await (const piece of input.bytes()) {
      this.bytesRead += piece.length
      yield piece
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await dispose(this.#held)
  }
}

async function dispose(held: readonly AsyncDisposable[]): Promise<void> {
  for (const each of held) await each[Symbol.asyncDispose]()
}

/** Not a stream of the file's, which would close the file when it is not read to its end. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const buffer = Buffer.allocUnsafe(65_536)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

async function openFile(name: string): Promise<FileHandle> {
  try {
    return await open(name, 'r')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new Failure(`${name} cannot be read: ${describe(error)}.`, exit.failed, { cause: error })
  }
}
