import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'

/** A copy of what came through a pipe, on disk, for nobody but us. */
export interface Spool extends AsyncDisposable {
  file: FileHandle
  sizeBytes: number
}

/**
 * Writes all of `input` to a temporary file of mode 0600. Where the system lets us, the file loses its name as soon
 * as it is whole: then nothing stays behind however we end.
 */
export async function spool(input: Readable, signal: AbortSignal): Promise<Spool> {
  const path = join(tmpdir(), `tidegauge-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  const dispose = async () => {
    await file.close()
    await rm(path, { force: true })
  }
  try {
    let sizeBytes = 0
    for await (const piece of addAbortSignal(signal, input)) {
      for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten
      sizeBytes += piece.length
    }
    if (process.platform !== 'win32') await rm(path)
    return { file, sizeBytes, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
