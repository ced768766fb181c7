import { Refused } from '../failure.ts'

/**
 * The value of a JSON text. Refuses (`json-malformed`) what is no JSON, what is nested deeper than `nesting`,
 * and numbers that no double can hold (`1e999`), which `JSON.parse` would turn into infinity and a later
 * `JSON.stringify` into null.
 */
export function parseJson(bytes: Buffer, nesting: number): unknown {
  const { depth, suspectNumber } = survey(bytes)
  if (depth > nesting) throw new Refused({ kind: 'json-malformed' })
  try {
    return JSON.parse(bytes.toString('utf8'), suspectNumber ? finiteOnly : undefined)
  } catch (error) {
    // The parser's message quotes the text, so it is not passed on.
    if (error instanceof SyntaxError) throw new Refused({ kind: 'json-malformed' })
    throw error
  }
}

function finiteOnly(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new SyntaxError('number out of range')
  return value
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const LETTER_E = 0x45
const LETTER_e = 0x65
/** 1e308 is the largest power of ten that a double holds; shorter numbers without an exponent are all finite. */
const LONGEST_FINITE_DIGITS = 308

/** One pass over the bytes: how deep the text is nested, and whether a number in it may be too large. */
function survey(bytes: Buffer): { depth: number; suspectNumber: boolean } {
  let depth = 0
  let deepest = 0
  let digits = 0
  let suspectNumber = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++
      digits = 0
    } else if (byte >= DIGIT_0 && byte <= DIGIT_9) {
      if (++digits > LONGEST_FINITE_DIGITS) suspectNumber = true
    } else {
      if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
        if (++depth > deepest) deepest = depth
      } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth--
      else if ((byte === LETTER_E || byte === LETTER_e) && digits > 0) suspectNumber = true
      digits = 0
    }
  }
  return { depth: deepest, suspectNumber }
}
