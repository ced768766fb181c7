import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { exit, Failure, isSystemError } from './failure.ts'
import type { Terminal } from './terminal.ts'

export interface PasswordSource {
  /** From `--password-file`. */
  file?: string | undefined
  /** What to ask for. */
  prompt: string
  /** Ask again and compare: for a password that is new. */
  twice?: boolean
}

/** A password from a file, from the environment, or from the person; never from the command line, which others see. */
export async function readPassword(
  terminal: Terminal,
  { file, prompt, twice }: PasswordSource,
): Promise<string> {
  if (file !== undefined) return await passwordInFile(file)
  if (terminal.env.TIDEGAUGE_PASSWORD) return terminal.env.TIDEGAUGE_PASSWORD
  if (!terminal.stdin.isTTY) {
    throw new Failure(
      'There is no terminal to ask for the password: give --password-file FILE or set TIDEGAUGE_PASSWORD.',
      exit.usage,
    )
  }
  const password = await ask(terminal, `${prompt}: `, { echo: false })
  if (password === '') throw new Failure('No password was given.', exit.usage)
  if (twice && (await ask(terminal, 'Again, to be sure: ', { echo: false })) !== password) {
    throw new Failure('The two are not the same. Try again.', exit.usage)
  }
  return password
}

/** A line from the person at the terminal. */
export async function askForLine(terminal: Terminal, prompt: string, otherwise: string): Promise<string> {
  if (!terminal.stdin.isTTY) throw new Failure(otherwise, exit.usage)
  const line = (await ask(terminal, prompt, { echo: true })).trim()
  if (line === '') throw new Failure(otherwise, exit.usage)
  return line
}

async function passwordInFile(path: string): Promise<string> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EACCES', 'EISDIR')) {
      throw new Failure(`The password file ${path} cannot be read (${error.code}).`, exit.usage, {
        cause: error,
      })
    }
    throw error
  }
  const password = text.replace(/\r?\n[\s\S]*$/, '')
  if (password === '') throw new Failure(`The first line of ${path} is empty.`, exit.usage)
  return password
}

async function ask({ stdin, err }: Terminal, prompt: string, { echo }: { echo: boolean }): Promise<string> {
  const screen = new Writable({
    write(chunk, _encoding, done) {
      if (echo) err.write(String(chunk))
      done()
    },
  })
  const reader = createInterface({ input: stdin, output: screen, terminal: true, historySize: 0 })
  const answer = new Promise<string>((resolve, reject) => {
    reader.on('SIGINT', () => reject(new Failure('Stopped.', exit.stopped)))
    reader.on('close', () => reject(new Failure('Nothing was given.', exit.usage)))
    reader.question(prompt, resolve)
  })
  if (!echo) err.write(prompt)
  try {
    return await answer
  } finally {
    reader.close()
    if (!echo) err.write('\n')
  }
}
