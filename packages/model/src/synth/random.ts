/** A stream of numbers that is the same for the same key, on every machine. Not for secrets. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  unit(): number
  /** Evenly spread from `low` to `high`. */
  between(low: number, high: number): number
  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** Standard normal (mean 0, deviation 1). */
  normal(): number
}

/** @param key What the stream belongs to: the seed, then whatever tells one stream of this person from another. */
export function randomFor(...key: (string | number)[]): Random {
  const next = sfc32(seedWords(key.join('|')))
  const unit = () => next() / 4_294_967_296
  return {
    unit,
    between: (low, high) => low + (high - low) * unit(),
    integer: (low, high) => low + Math.floor((high - low + 1) * unit()),
    chance: (probability) => unit() < probability,
    // The sum of twelve even numbers is normal enough here, and exact on every engine, unlike Math.log and Math.cos.
    normal: () => {
      let sum = -6
      for (let n = 0; n < 12; n++) sum += unit()
      return sum
    },
  }
}

/** Spreads a text over 128 bits (FNV-1a with four offsets; each is stirred again by the generator's warm-up). */
function seedWords(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35]
  for (let n = 0; n < text.length; n++) {
    const unit = text.charCodeAt(n)
    for (let w = 0; w < 4; w++) words[w] = Math.imul((words[w] as number) ^ (unit + w), 0x01000193)
  }
  return words
}

/** Chris Doty-Humphrey's "small fast counting" generator: 32 bits at a time. */
function sfc32([a, b, c, counter]: [number, number, number, number]): () => number {
  const next = () => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    return result >>> 0
  }
  for (let n = 0; n < 15; n++) next()
  return next
}
