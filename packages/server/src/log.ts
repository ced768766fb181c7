import { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

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
    },
    stream.isTTY ? shortLines(stream) : stream,
  )
}

/** For tests and embedding: says nothing. */
export function silentLog(): Logger {
  return pino({ level: 'silent' })
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
