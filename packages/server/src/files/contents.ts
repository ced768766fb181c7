import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Refused } from '../failure.ts'

export interface Contents {
  /** Keeps what comes, durably, under a name of its own; `done` says that there is a row for it now. */
  keep(
    source: Readable,
    maxBytes: number,
  ): Promise<{ id: string; sizeBytes: number; digestMd5: string; done(): void }>
  read(id: string): Readable
  remove(id: string): Promise<void>
  /** Removes every file that has no row. */
  sweep(hasRow: (id: string) => Promise<boolean>): Promise<void>
}

/** The bytes of files, in a folder of the data directory that is private to its owner. */
export function createContents(dataDirectory: string): Contents {
  const directory = join(dataDirectory, 'files')
  const pathOf = (id: string) => join(directory, id)
  /** Without a row yet, and on their way to one. */
  const coming = new Set<string>()

  return {
    async keep(source, maxBytes) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const id = randomBytes(16).toString('hex')
      coming.add(id)
      const file = await open(pathOf(id), 'wx', 0o600)
      const hash = createHash('md5')
      let sizeBytes = 0
      try {
        for await (const chunk of source) {
          sizeBytes += chunk.length
          if (sizeBytes > maxBytes)
            throw new Refused({ kind: 'too-large', what: 'body bytes', limit: maxBytes })
          hash.update(chunk)
          await file.writeFile(chunk)
        }
        await file.sync()
        await file.close()
      } catch (error) {
        await file.close()
        await rm(pathOf(id), { force: true })
        coming.delete(id)
        throw error
      }
      await syncDirectory(directory)
      return { id, sizeBytes, digestMd5: hash.digest('base64'), done: () => void coming.delete(id) }
    },
    read: (id) => createReadStream(pathOf(id)),
    async remove(id) {
      await rm(pathOf(id), { force: true })
    },
    async sweep(hasRow) {
      const names = await readdir(directory).catch((error) => {
        if (error?.code === 'ENOENT') return []
        throw error
      })
      for (const name of names) {
        if (!coming.has(name) && !(await hasRow(name))) await rm(pathOf(name), { force: true })
      }
    },
  }
}

/** The name of a new file is durable with its folder. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
