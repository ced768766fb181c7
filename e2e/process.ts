import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '..')
export const bin = join(root, 'packages', 'cli', 'bin', 'tidegauge.js')

/** A server in a process of its own, started as a user starts it. */
export interface ServerProcess {
  url: string
  /** The line that it printed when ready. */
  line: string
  process: ChildProcess
  /** Everything on standard output so far. */
  stdout(): string
  stderr(): string
  /** Sends the signal and waits for the end; answers the exit code or the signal that ended it. */
  stop(signal: NodeJS.Signals): Promise<number | string>
}

export interface Serve {
  dataDirectory: string
  port?: number
  signUp?: 'open' | 'closed' | 'first'
  env?: Record<string, string>
  /** More of the command line. */
  flags?: readonly string[]
}

/** Resolves when the server has said that it is ready; rejects when it ends before that. */
export async function serve({
  dataDirectory,
  port = 0,
  signUp = 'open',
  env,
  flags = [],
}: Serve): Promise<ServerProcess> {
  const args = [bin, 'serve', '--port', String(port), '--data', dataDirectory, '--signup', signUp, ...flags]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err = (err + text).slice(-100_000)
  })
  const ended = once(child, 'close')
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    ended.then(([code]) => {
      throw new Error(`the server ended with ${code} before it was ready: ${err.slice(-2000)}`)
    }),
  ])
  const url = /https?:\/\/[^\s]+/.exec(line)?.[0]
  if (!url) throw new Error(`no URL in the ready line: ${line}`)
  return {
    url,
    line,
    process: child,
    stdout: () => out,
    stderr: () => err,
    async stop(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      const [code, by] = await ended
      return code ?? by
    },
  }
}

export interface OwnServer extends ServerProcess {
  dataDirectory: string
  /** Ends it and removes its data. */
  remove(): Promise<void>
}

/** A server whose data are in a folder of its own. */
export async function ownServer(more: Partial<Serve> = {}): Promise<OwnServer> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-e2e-'))
  const server = await serve({ dataDirectory, ...more })
  return {
    ...server,
    dataDirectory,
    async remove() {
      await server.stop('SIGTERM')
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}

export interface Run {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the command line to its end. */
export async function tidegauge(
  args: readonly string[],
  { input, env, cwd }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Run> {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {}) // a command that does not read its input may end first
  child.stdin.end(input ?? '')
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}
