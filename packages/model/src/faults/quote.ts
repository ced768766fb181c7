/** How values are written in the texts of faults: as the reference writes them, so that people can search for them. */

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
])

/** Of a longer text the beginning is said: a fault is there to be read, and a body can be one text of 32 MiB. */
const MAX_QUOTED_LENGTH = 4000
const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/

/** In double quotes, with what does not print as `\x1f`, `\u2028` or `\U000e0001`. */
export function quote(text: string): string {
  if (text.length > MAX_QUOTED_LENGTH) return `${quote(text.slice(0, MAX_QUOTED_LENGTH))}…`
  if (NEEDS_NO_ESCAPE.test(text)) return `"${text}"`
  let quoted = ''
  for (const character of text.toWellFormed()) {
    quoted += ESCAPES.get(character) ?? (isPrintable(character) ? character : escapeOf(character))
  }
  return `"${quoted}"`
}

function isPrintable(character: string): boolean {
  // Here and not above: building these classes of characters takes longer than all else at start.
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`
  return code < 0x1_0000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** `["a", "b"]` */
export function quoteList(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`
}

/** All digits of a whole number. */
export function wholeNumber(value: number): string {
  return BigInt(value).toString()
}

/** The shortest digits that are this number, without an exponent. */
export function decimal(value: number): string {
  if (Object.is(value, -0)) return '-0'
  const [digits = '', exponent] = String(value).split('e')
  if (exponent === undefined) return digits
  // 1.25e+22 or -5e-7: one digit before the point, and never more digits than the exponent has room for.
  const sign = digits.startsWith('-') ? '-' : ''
  const significant = digits.replace(/[-.]/g, '')
  const shift = Number(exponent)
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${significant}`
  return sign + significant.padEnd(shift + 1, '0')
}
