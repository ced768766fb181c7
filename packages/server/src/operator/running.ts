import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a running server tells other processes of the same person, in a file of mode 0600 in its data directory. */
export interface Running {
  pid: number
  url: string
  /** Path of the operator's socket (a named pipe on Windows). */
  socket: string
}

function fileIn(dataDirectory: string): string {
  return join(dataDirectory, 'running.json')
}

export async function writeRunning(dataDirectory: string, running: Running): Promise<void> {
  await writeFile(fileIn(dataDirectory), `${JSON.stringify(running)}\n`, { mode: 0o600 })
}

export async function removeRunning(dataDirectory: string): Promise<void> {
  await rm(fileIn(dataDirectory), { force: true })
}

/** What the last server here wrote; it may have died since. Undefined if there is nothing readable. */
export async function readRunning(dataDirectory: string): Promise<Running | undefined> {
  let text: string
  try {
    text = await readFile(fileIn(dataDirectory), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { pid, url, socket } = JSON.parse(text)
    const isWhole = typeof pid === 'number' && typeof url === 'string' && typeof socket === 'string'
    return isWhole ? { pid, url, socket } : undefined
  } catch {
    return undefined // cut short by a crash: as good as none
  }
}
