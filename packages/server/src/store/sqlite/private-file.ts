import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const FOR_OTHERS = 0o077

/** Creates an empty file for its owner alone; one that exists (a restored backup, say) is taken from the others. */
export function createPrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  if (process.platform !== 'win32' && (statSync(file).mode & FOR_OTHERS) !== 0) chmodSync(file, 0o600)
}

/**
 * Makes a directory, and those above it that are missing, for their owner alone. Not with `recursive`, which never
 * ends where no directory can be made (`/proc/x`).
 */
export function makePrivateDirectory(directory: string): void {
  if (existsSync(directory)) return
  makePrivateDirectory(dirname(directory))
  mkdirSync(directory, { mode: 0o700 })
}
