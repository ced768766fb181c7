import { Writable } from 'node:stream'
import { type LogFn, type Logger, pino } from 'pino'

export type { Logger }

/**
 * The server's log, on standard error: JSON lines for programs, short lines on a terminal. It gets a route's
 * pattern, never its ids; and of an error its name, code and place, never its message, which may quote data.
 */
export function createLog(stream: NodeJS.WriteStream = process.stderr): Logger {
  return pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorWithoutMessage },
      hooks: { logMethod: withoutMessageOfError },
    },
    stream.isTTY ? shortLines(stream) : stream,
  )
}

/** For tests and embedding: says nothing. */
export function silentLog(): Logger {
  return pino({ level: 'silent' })
}

/** An error that is logged without words of ours would bring its own. */
function withoutMessageOfError(this: Logger, args: Parameters<LogFn>, log: LogFn): void {
  const [first, message] = args as unknown as [unknown, string?]
  const err = first instanceof Error ? first : isWithError(first) ? first.err : undefined
  if (err !== undefined && message === undefined)
    log.call(this, { ...(err === first ? { err } : (first as object)) }, 'error')
  else log.apply(this, args)
}

function isWithError(value: unknown): value is { err: Error } {
  return typeof value === 'object' && value !== null && 'err' in value && value.err instanceof Error
}

function errorWithoutMessage(error: unknown) {
  if (!(error instanceof Error)) return { type: typeof error }
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
  return {
    type: error.name,
    ...('code' in error && { code: error.code }),
    ...('errcode' in error && { errcode: error.errcode }),
    stack: frames.slice(0, 12).map((line) => line.trim()),
  }
}

function shortLines(stream: NodeJS.WriteStream): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const { time, level, msg, ...rest } = JSON.parse(chunk.toString())
      const details = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      stream.write(`${[time.slice(11, 19), level, msg, ...details].join(' ')}\n`, () => done())
    },
  })
}
