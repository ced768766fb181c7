import { closeSync, openSync } from 'node:fs'

/** Creates an empty file for its owner alone; one that exists is left as it is. */
export function createPrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
}
