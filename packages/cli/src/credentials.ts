import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session } from '@tidegauge/client'
import { configDirectory } from './directories.ts'
import { Failure, isSystemError } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** Who is logged in where. The password is never part of it. */
export interface Login {
  server: string
  session: Session
}

/** The file in the user's configuration that keeps a login: mode 0600, in a directory of mode 0700. */
export class CredentialsFile {
  readonly path: string
  readonly #directory: string
  readonly #hasModes: boolean

  constructor({ env, platform }: Pick<Terminal, 'env' | 'platform'>) {
    this.#directory = configDirectory(env, platform)
    this.path = join(this.#directory, 'credentials.json')
    this.#hasModes = platform !== 'win32'
  }

  /** Undefined when nobody is logged in. Throws {@link Failure} when others could read it, or it is damaged. */
  async read(): Promise<Login | undefined> {
    const text = await this.#readText()
    if (text === undefined) return undefined
    const login = parse(text)
    if (!login) throw new Failure(`${this.path} is damaged: remove it and log in again (tidegauge login).`)
    return login
  }

  /** Replaces the file whole: a reader sees the old one or the new one. */
  async write({ server, session }: Login): Promise<void> {
    const { token, userId, username } = session
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const draft = `${this.path}.${randomUUID()}`
    try {
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(`${JSON.stringify({ server, userId, username, token }, null, 2)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, this.path)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true })
  }

  async #readText(): Promise<string | undefined> {
    try {
      await using file = await open(this.path, 'r')
      const { mode } = await file.stat()
      if (this.#hasModes && (mode & 0o077) !== 0) {
        throw new Failure(`Others can read ${this.path}, which holds your session: chmod 600 '${this.path}'`)
      }
      return await file.readFile('utf8')
    } catch (error) {
      if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined
      throw error
    }
  }
}

function parse(text: string): Login | undefined {
  try {
    const { server, userId, username, token } = JSON.parse(text) as Record<string, unknown>
    if (typeof server !== 'string' || typeof userId !== 'string' || typeof token !== 'string')
      return undefined
    return { server, session: { token, userId, ...(typeof username === 'string' && { username }) } }
  } catch {
    return undefined // the caller says so, without quoting what may be a token
  }
}
