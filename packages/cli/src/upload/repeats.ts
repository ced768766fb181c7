import { hash } from 'node:crypto'

/** A Set holds no more. */
const MOST = 2 ** 24 - 1

/** Counts names that come again, in some forty bytes for each, whatever their length. */
export class Repeats {
  count = 0
  readonly #seen = new Set<number>()

  add(name: string): void {
    // 48 bits: among a million names, the count is one too high in one upload of six hundred.
    const print = hash('sha1', name, 'buffer').readUIntBE(0, 6)
    if (this.#seen.has(print)) this.count++
    else if (this.#seen.size < MOST) this.#seen.add(print)
  }
}
