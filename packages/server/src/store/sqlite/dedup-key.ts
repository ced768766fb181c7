import type { DedupKey } from '../port.ts'
import { type SqlText, toSqlText } from './text.ts'

/** First byte of a packed key: what the bytes after it are. */
const marker = {
  originUuidLower: 1,
  originUuidUpper: 2,
  originHexLower: 3,
  originHexUpper: 4,
  originUtf16: 5,
  contentSha256: 6,
  contentUtf16: 7,
  identityHash: 8,
  identityUtf16: 9,
} as const

const UUID_CHARACTERS = 36
const UUID_HYPHENS = [8, 13, 18, 23]
const SHA256_CHARACTERS = 64
const SHA256_BYTES = 32

/**
 * A dedup key as the unique index keeps it, without loss: UUIDs in canonical form, 32 hex digits and SHA-256 take
 * their bytes, other origin ids stay text. The index is half as large that way, and it is what every
 * write must find its row in.
 */
export function packDedupKey(key: DedupKey): SqlText {
  switch (key.kind) {
    case 'o':
      return packOriginId(key.originId)
    case 'c':
      return packContentSha256(key.contentSha256)
    case 'h':
      return packIdentityHash(key.hash)
  }
}

function packOriginId(originId: string): SqlText {
  if (originId.length === UUID_CHARACTERS && UUID_HYPHENS.every((at) => originId[at] === '-')) {
    const packed = packHex(originId, 16, marker.originUuidLower, marker.originUuidUpper)
    if (packed) return packed
  } else if (originId.length === 32) {
    const packed = packHex(originId, 16, marker.originHexLower, marker.originHexUpper)
    if (packed) return packed
  }
  const text = toSqlText(originId)
  return typeof text === 'string' ? text : Buffer.concat([Uint8Array.of(marker.originUtf16), text])
}

function packContentSha256(contentSha256: string): Uint8Array {
  if (contentSha256.length === SHA256_CHARACTERS) {
    const packed = packHex(contentSha256, 32, marker.contentSha256, undefined)
    if (packed) return packed
  }
  return Buffer.concat([Uint8Array.of(marker.contentUtf16), Buffer.from(contentSha256, 'utf16le')])
}

function packIdentityHash(hash: string): Uint8Array {
  const bytes = Buffer.from(hash, 'base64')
  return bytes.length === SHA256_BYTES && bytes.toString('base64') === hash
    ? Buffer.concat([Uint8Array.of(marker.identityHash), bytes])
    : Buffer.concat([Uint8Array.of(marker.identityUtf16), Buffer.from(hash, 'utf16le')])
}

/** The marker and the bytes of hex digits of one case; hyphens are passed over. undefined for other text. */
function packHex(
  text: string,
  byteLength: number,
  lowerMarker: number,
  upperMarker: number | undefined,
): Uint8Array | undefined {
  const packed = new Uint8Array(1 + byteLength)
  let lower = false
  let upper = false
  let digits = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    let digit: number
    if (code >= 0x30 && code <= 0x39) digit = code - 0x30
    else if (code >= 0x61 && code <= 0x66) {
      digit = code - 0x57
      lower = true
    } else if (code >= 0x41 && code <= 0x46) {
      digit = code - 0x37
      upper = true
    } else if (code === 0x2d) continue
    else return undefined
    const byte = 1 + (digits >> 1)
    if (byte > byteLength) return undefined
    packed[byte] = ((packed[byte] ?? 0) << 4) | digit
    digits++
  }
  if (digits !== 2 * byteLength || (lower && upper)) return undefined
  const first = upper ? upperMarker : lowerMarker
  if (first === undefined) return undefined
  packed[0] = first
  return packed
}

/** The key that {@link packDedupKey} was given. */
export function unpackDedupKey(packed: SqlText): DedupKey {
  if (typeof packed === 'string') return { kind: 'o', originId: packed }
  const rest = Buffer.from(packed.buffer, packed.byteOffset + 1, packed.byteLength - 1)
  switch (packed[0]) {
    case marker.originUuidLower:
      return { kind: 'o', originId: uuid(rest.toString('hex')) }
    case marker.originUuidUpper:
      return { kind: 'o', originId: uuid(rest.toString('hex').toUpperCase()) }
    case marker.originHexLower:
      return { kind: 'o', originId: rest.toString('hex') }
    case marker.originHexUpper:
      return { kind: 'o', originId: rest.toString('hex').toUpperCase() }
    case marker.originUtf16:
      return { kind: 'o', originId: rest.toString('utf16le') }
    case marker.contentSha256:
      return { kind: 'c', contentSha256: rest.toString('hex') }
    case marker.contentUtf16:
      return { kind: 'c', contentSha256: rest.toString('utf16le') }
    case marker.identityHash:
      return { kind: 'h', hash: rest.toString('base64') }
    case marker.identityUtf16:
      return { kind: 'h', hash: rest.toString('utf16le') }
    default:
      throw new Error(`a dedup key begins with ${packed[0]}, which no version wrote`)
  }
}

function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
