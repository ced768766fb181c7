import { createHash } from 'node:crypto'

/**
 * SHA-256 in padded base64 of what a record is told by, joined with `|` (data-sets.md §3.2). Clients see these hashes
 * nowhere but may delete by them, so they are the reference's own.
 */
export function identityHash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('|')).digest('base64')
}
