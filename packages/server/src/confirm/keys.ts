import { hash, randomBytes } from 'node:crypto'

/** A key of 192 random bits, as 32 characters that need no escape in an address: nobody guesses one. */
export function newKey(): string {
  return randomBytes(24).toString('base64url')
}

export function keyHashOf(key: string): string {
  return hash('sha256', key)
}
