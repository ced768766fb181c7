import type { ReadStream } from 'node:tty'
import type { Output } from './output.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What a command has of the world outside. `main.ts` makes the one of the process. */
export interface Terminal {
  readonly env: Environment
  readonly platform: NodeJS.Platform
  readonly stdin: ReadStream
  readonly out: Output
  readonly err: Notices
  readonly signals: Signals
  /** Changes when whoever started us has died. */
  parentId(): number
  /** Leaves without waiting for anything: the answer to a second signal. */
  exitNow(code: number): never
}

/** Standard error: everything that is not a result. */
export interface Notices {
  readonly isTerminal: boolean
  readonly columns: number
  /** As it is, without a line's end. */
  write(text: string): void
  line(text: string): void
}

/** The signals of the process. */
export interface Signals {
  on(name: NodeJS.Signals, listener: () => void): unknown
  off(name: NodeJS.Signals, listener: () => void): unknown
}

/** Makes text of unknown origin fit to print: nothing that moves a cursor or colours a screen. */
export function printable(text: string, maxLength = 200): string {
  const plain = text.replace(/\p{C}/gu, '?')
  return plain.length > maxLength ? `${plain.slice(0, maxLength - 1)}…` : plain
}
