import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { account } from './scripted-server.ts'

export const BIN = fileURLToPath(new URL('../../bin/tidegauge.js', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Started {
  child: ChildProcessWithoutNullStreams
  stdout: () => string
  stderr: () => string
  /** Resolves when standard output or error holds this. */
  says(text: string | RegExp): Promise<void>
  ended: Promise<Ended>
}

/** A home of its own for one test: the real program, run as a child process. */
export interface CommandLine {
  directory: string
  config: string
  env: Record<string, string>
  /** Runs to the end. */
  run(
    args: readonly string[],
    how?: { stdin?: string | Buffer; env?: Record<string, string> },
  ): Promise<Ended>
  start(args: readonly string[], how?: { env?: Record<string, string> }): Started
  /** Puts a file into the directory, and says its path. */
  file(name: string, content: string | Buffer): Promise<string>
  /** As after a login. */
  logInTo(server: string): Promise<void>
}

export async function commandLine(t: Pick<TestContext, 'after'>): Promise<CommandLine> {
  const directory = await mkdtemp(join(tmpdir(), 'tidegauge-cli-'))
  const temporary = join(directory, 'tmp')
  await mkdir(temporary)
  const config = join(directory, 'config')
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    TMPDIR: temporary,
    TIDEGAUGE_CONFIG: config,
    TZ: 'UTC',
  }
  const children = new Set<ChildProcessWithoutNullStreams>()
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  })

  const start: CommandLine['start'] = (args, how = {}) => {
    const child = spawn(process.execPath, [BIN, ...args], { cwd: directory, env: { ...env, ...how.env } })
    children.add(child)
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (piece) => (stdout += piece))
    child.stderr.on('data', (piece) => (stderr += piece))
    child.stdin.on('error', () => undefined)
    const ended = once(child, 'close').then(([code]) => {
      children.delete(child)
      return { code: code as number | null, stdout, stderr }
    })
    return {
      child,
      stdout: () => stdout,
      stderr: () => stderr,
      ended,
      async says(text) {
        const isSaid = () =>
          [stdout, stderr].some((said) => (text instanceof RegExp ? text.test(said) : said.includes(text)))
        while (!isSaid()) {
          const over = await Promise.race([ended, once(child.stdout, 'data'), once(child.stderr, 'data')])
          if ('code' in over && !isSaid())
            throw new Error(`ended (${over.code}) without saying ${text}: ${stdout}${stderr}`)
        }
      },
    }
  }
  return {
    directory,
    config,
    env,
    start,
    async run(args, how = {}) {
      const started = start(args, how)
      started.child.stdin.end(how.stdin ?? '')
      return await started.ended
    },
    async file(name, content) {
      const path = join(directory, name)
      await writeFile(path, content)
      return path
    },
    async logInTo(server) {
      const { userId, username, token } = account
      await mkdir(config, { recursive: true, mode: 0o700 })
      await writeFile(join(config, 'credentials.json'), JSON.stringify({ server, userId, username, token }), {
        mode: 0o600,
      })
    },
  }
}
