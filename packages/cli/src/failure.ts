/** What the process ends with. Documented in `tidegauge --help` and the README. */
export const exit = {
  done: 0,
  failed: 1,
  /** The command line itself is wrong; nothing was done. */
  usage: 2,
  /** Done to the end, but for a part that is named. */
  partly: 3,
  /** Ended by Ctrl-C or another signal. */
  stopped: 130,
} as const

export type ExitCode = (typeof exit)[keyof typeof exit]

/** A failure that is expected. The message is for the person at the terminal: what happened, then what to do. */
export class Failure extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = exit.failed, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** Whether an operating system call failed, in one of these ways (`ENOENT`, `EACCES`…) when any are named. */
export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && 'code' in error)) return false
  return codes.length === 0 ? 'syscall' in error : codes.includes(String(error.code))
}
