/** `bytes` random bytes in hex. Works in a page without TLS, where `randomUUID` is missing. */
export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
