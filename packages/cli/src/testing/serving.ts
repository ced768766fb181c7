import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type CommandLine, commandLine, type Started } from './command-line.ts'

export const username = 'ada@example.org'
export const password = 'correct-horse-battery'

/** A command line with a real server of its own. */
export interface Serving extends CommandLine {
  /** The server's data directory. */
  data: string
  server: Started
  url: string
}

export async function serving(t: TestContext, how?: { env?: Record<string, string> }): Promise<Serving> {
  const line = await commandLine(t)
  const data = join(line.directory, 'data')
  const server = line.start(['serve', '--port', '0', '--data', data], how)
  return { ...line, data, server, url: await readyAt(server) }
}

/** Where it listens, once it does. */
export async function readyAt(server: Started): Promise<string> {
  await server.says(/^Tidegauge is ready at .*\n/m)
  return /http:\/\/\S+/.exec(server.stdout())?.[0] ?? ''
}

/** With a new account. */
export async function logIn({ run, data, url }: Serving, name = username): Promise<void> {
  const env = { TIDEGAUGE_PASSWORD: password }
  assert.equal((await run(['user', 'add', name, '--data', data], { env })).code, 0)
  assert.equal((await run(['login', '--server', url, '--username', name], { env })).code, 0)
}
