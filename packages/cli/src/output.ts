import type { Writable } from 'node:stream'
import { Failure, isSystemError } from './failure.ts'

/** Whoever read our output has gone (`| head`): no failure, and nothing to say about it. */
export class OutputClosed extends Error {}

/** Standard output. Results go here and nothing else. */
export class Output {
  readonly isTerminal: boolean
  readonly #stream: Writable
  #error: Error | undefined

  constructor(stream: Writable & { isTTY?: boolean }) {
    this.#stream = stream
    this.isTerminal = stream.isTTY === true
    stream.on('error', (error) => {
      this.#error ??= error
    })
  }

  /** One line, at once; for the few lines that a command has to say. A reader that has gone does not matter. */
  line(text: string): void {
    if (!this.#error) this.#stream.write(`${text}\n`)
  }

  /** Much text, no faster than it is read. Throws {@link OutputClosed} when nobody reads any more. */
  async pour(text: string): Promise<void> {
    if (!this.#error && !this.#stream.write(text)) {
      await new Promise<void>((resume) => {
        const done = () => {
          this.#stream.off('drain', done).off('error', done).off('close', done)
          resume()
        }
        this.#stream.on('drain', done).on('error', done).on('close', done)
      })
    }
    this.#check()
  }

  /** Waits until everything is written. Throws as {@link pour} does. */
  async finish(): Promise<void> {
    if (!this.#error) await new Promise<void>((written) => this.#stream.write('', () => written()))
    this.#check()
  }

  #check(): void {
    if (!this.#error) return
    if (isSystemError(this.#error, 'EPIPE', 'ERR_STREAM_DESTROYED')) throw new OutputClosed()
    const code = 'code' in this.#error ? ` (${String(this.#error.code)})` : ''
    throw new Failure(`The output cannot be written${code}. Is the disk full?`, undefined, {
      cause: this.#error,
    })
  }
}
