import { isTidegaugeError, type TidegaugeError } from '@tidegauge/client'
import { CommanderError } from 'commander'
import { logInCommand } from './called-as.ts'
import { type ExitCode, exit, Failure, isSystemError } from './failure.ts'
import { OutputClosed } from './output.ts'
import type { Environment } from './terminal.ts'

/** What an error comes to: the exit code, and what is said on standard error. */
export interface Explained {
  code: ExitCode
  /** Absent when there is nothing to say, or it was said already. */
  message?: string
}

/** Every error ends here. An expected one becomes a sentence; anything else is our own fault and says where. */
export function explain(error: unknown, env: Environment): Explained {
  if (error instanceof OutputClosed) return { code: exit.done }
  if (error instanceof Failure) return { code: error.exitCode, message: error.message }
  // commander has printed its message itself; 0 after --help and --version.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? exit.done : exit.usage }
  if (isTidegaugeError(error, 'aborted')) return { code: exit.stopped }
  if (isTidegaugeError(error)) return { code: exit.failed, message: sentence(error, env) }
  if (isSystemError(error) && 'path' in error && error.path !== undefined) {
    return { code: exit.failed, message: `${error.path}: ${describe(error)}.` }
  }
  return { code: exit.failed, message: faultOfOurs(error) }
}

/** In words, why a system call failed. */
export function describe(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EISDIR':
      return 'this is a directory'
    case 'ENOTDIR':
      return 'a part of the path is not a directory'
    case 'ENOSPC':
      return 'the disk is full'
    case 'EROFS':
      return 'the disk is read-only'
    default:
      return String(error.code)
  }
}

/** The SDK's sentence, with the command to run next where it is one of ours. */
function sentence(error: TidegaugeError, env: Environment): string {
  switch (error.kind) {
    case 'session-expired':
      return `Your session has ended. Log in again: ${logInCommand(env)}`
    case 'login-refused':
      return 'The server does not accept this user name and password. Check both and try again.'
    case 'timeout':
      return 'The server took too long to answer. Try again.'
    default:
      return error.message
  }
}

/** Without the message, which may quote somebody's data. */
function faultOfOurs(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error
  const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : ''
  const frames = (error instanceof Error ? (error.stack ?? '') : '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
  return [
    `This is a fault of Tidegauge itself (${name}${code}). Please report it with these lines:`,
    ...frames.slice(0, 8),
  ].join('\n')
}
