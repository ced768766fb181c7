import { Refused } from '../failure.ts'

export interface JsonLimits {
  /** Depth of arrays and objects in one another. */
  nesting: number
  /** Values in all, at every depth. */
  jsonValues: number
}

/**
 * The value of a JSON text. Refuses what is no JSON, what is nested deeper than allowed, and numbers that no double can
 * hold (`1e999`), which `JSON.parse` would turn into infinity and a later `JSON.stringify` into null
 * (`json-malformed`); and what has more values than allowed (`too-large`): a text of eleven million `[],` is small, but
 * what it stands for fills the memory.
 */
export function parseJson(bytes: Buffer, limits: JsonLimits): unknown {
  const { depth, values, areFinite } = survey(bytes, limits)
  if (depth > limits.nesting || !areFinite) throw new Refused({ kind: 'json-malformed' })
  if (values > limits.jsonValues) {
    throw new Refused({ kind: 'too-large', what: 'values', limit: limits.jsonValues })
  }
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    // The parser's message quotes the text, so it is not passed on.
    if (error instanceof SyntaxError) throw new Refused({ kind: 'json-malformed' })
    throw error
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const COMMA = 0x2c
const COLON = 0x3a
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const LETTER_E = 0x45
const LETTER_e = 0x65
/** 1e308 is the largest power of ten that a double holds; shorter numbers without an exponent are all finite. */
const LONGEST_FINITE_DIGITS = 308

interface Survey {
  depth: number
  /** An upper bound: values follow a bracket, a brace, a comma or a colon, or are the whole text. */
  values: number
  /** Whether every number is one that a double holds. */
  areFinite: boolean
}

/** One pass over the bytes, which ends early when a limit is passed. */
function survey(bytes: Buffer, limits: JsonLimits): Survey {
  const found: Survey = { depth: 0, values: 1, areFinite: true }
  let depth = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++
    } else if (byte >= DIGIT_0 && byte <= DIGIT_9) {
      const end = endOfNumber(bytes, i)
      if (!isFiniteNumber(bytes, i, end)) return { ...found, areFinite: false }
      i = end - 1
    } else if (byte === COMMA || byte === COLON) {
      found.values++
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      found.values++
      if (++depth > found.depth) found.depth = depth
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth--
    if (found.depth > limits.nesting || found.values > limits.jsonValues) return found
  }
  return found
}

/** Past digits, point, exponent and signs. */
function endOfNumber(bytes: Buffer, start: number): number {
  let end = start
  for (; end < bytes.length; end++) {
    const byte = bytes[end] as number
    const isPart =
      (byte >= DIGIT_0 && byte <= DIGIT_9) ||
      byte === LETTER_E ||
      byte === LETTER_e ||
      (byte >= 0x2b && byte <= 0x2e && byte !== COMMA)
    if (!isPart) break
  }
  return end
}

function isFiniteNumber(bytes: Buffer, start: number, end: number): boolean {
  let isSuspect = end - start > LONGEST_FINITE_DIGITS
  for (let i = start; i < end && !isSuspect; i++) isSuspect = bytes[i] === LETTER_E || bytes[i] === LETTER_e
  // What is no number at all is the parser's to refuse.
  return !isSuspect || Math.abs(Number(bytes.toString('latin1', start, end))) !== Number.POSITIVE_INFINITY
}
