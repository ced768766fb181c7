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

/** The files of an upload, read one after another as if they were one. */
export class Inputs implements AsyncDisposable {
  readonly sizeBytes: number
  /** How far they were read, in bytes and in records. */
  bytesRead = 0
  recordsRead = 0
  readonly #inputs: readonly Input[]
  readonly #held: readonly AsyncDisposable[]
  /** The place in the whole at which each file began. */
  readonly #starts: { name: string; first: number }[] = []

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
          inputs.push({ name, sizeBytes: stat.size, bytes: () => streamOf(file) })
          continue
        }
        const copy = await spool(file ? file.createReadStream({ autoClose: false }) : stdin, signal)
        held.push(copy)
        inputs.push({ name, sizeBytes: copy.sizeBytes, bytes: () => streamOf(copy.file) })
      }
    } catch (error) {
      await dispose(held)
      throw error
    }
    return new Inputs(inputs, held)
  }

  /** All records. Throws `UnreadableRecords` where a file cannot be read on; {@link current} says which. */
  async *records(): AsyncGenerator<unknown> {
    for (const input of this.#inputs) {
      this.#starts.push({ name: input.name, first: this.recordsRead })
      for await (const record of recordsIn(this.#counted(input))) {
        this.recordsRead++
        yield record
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
    return this.#starts.at(-1)?.name ?? this.#inputs[0]?.name ?? '-'
  }

  /** Where the record with this place in the whole is. */
  locate(index: number): Located {
    const start = this.#starts.findLast(({ first }) => first <= index)
    return { file: start?.name ?? this.current, index: index - (start?.first ?? 0) }
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

function streamOf(file: FileHandle): AsyncIterable<Uint8Array> {
  return file.createReadStream({ start: 0, autoClose: false, highWaterMark: 65_536 })
}

async function openFile(name: string): Promise<FileHandle> {
  try {
    return await open(name, 'r')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new Failure(`${name} cannot be read: ${describe(error)}.`, exit.failed, { cause: error })
  }
}
