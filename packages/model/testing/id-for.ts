import { createHash } from 'node:crypto'

/** An id that follows from a key, as a server would make it. */
export function idFor(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32)
}
