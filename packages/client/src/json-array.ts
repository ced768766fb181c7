/** What comes is no JSON array. The message quotes nothing of it. */
export class NotAnArrayError extends Error {
  override readonly name = 'NotAnArrayError'
}

/** Longer elements are not waited for: no record comes near it. */
const maxElementChars = 32 * 1024 * 1024

const space = /^[ \t\n\r]*$/
const quote = 0x22
const comma = 0x2c
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Cuts the text of one JSON array into the texts of its elements while it comes, in pieces of any size. Holds one
 * element at a time. It finds where elements end; whether each is JSON is for `JSON.parse` to say.
 */
export class JsonArraySplitter {
  #state: 'before' | 'inside' | 'after' = 'before'
  #element = ''
  #elements = 0
  #depth = 0
  #inString = false
  #escaped = false

  /** Whether the array's closing bracket has come. Without it, the text was cut off. */
  get complete(): boolean {
    return this.#state === 'after'
  }

  /**
   * The texts of the elements that end in `text`.
   *
   * Throws `NotAnArrayError` when the text so far begins no JSON array, or goes on after its end.
   */
  push(text: string): string[] {
    const ended: string[] = []
    let at = 0
    if (this.#state === 'before') at = this.#begin(text)
    if (this.#state === 'inside') at = this.#split(text, at, ended)
    if (this.#state === 'after' && !space.test(text.slice(at)))
      throw new NotAnArrayError('text after the array')
    return ended
  }

  /** Past the opening bracket, or at the end of `text`. */
  #begin(text: string): number {
    const at = text.search(/[^ \t\n\r]/)
    if (at === -1) return text.length
    if (text.charCodeAt(at) !== openBracket) throw new NotAnArrayError('no opening bracket')
    this.#state = 'inside'
    return at + 1
  }

  /** Past the closing bracket, or at the end of `text`. */
  #split(text: string, from: number, ended: string[]): number {
    let start = from
    for (let at = from; at < text.length; at++) {
      const char = text.charCodeAt(at)
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (char === backslash) this.#escaped = true
        else if (char === quote) this.#inString = false
      } else if (char === quote) {
        this.#inString = true
      } else if (char === openBrace || char === openBracket) {
        this.#depth++
      } else if (this.#depth > 0) {
        if (char === closeBrace || char === closeBracket) this.#depth--
      } else if (char === comma || char === closeBracket) {
        this.#end(this.#element + text.slice(start, at), char, ended)
        start = at + 1
        if (char === closeBracket) return start
      }
    }
    this.#element += text.slice(start)
    if (this.#element.length > maxElementChars) throw new NotAnArrayError('an element without end')
    return text.length
  }

  #end(element: string, by: number, ended: string[]): void {
    this.#element = ''
    if (by === closeBracket) this.#state = 'after'
    if (!space.test(element)) ended.push(element)
    // Nothing between the brackets is an empty array; nothing beside a comma is no JSON.
    else if (by === comma || this.#elements > 0) throw new NotAnArrayError('an element is missing')
    this.#elements++
  }
}
