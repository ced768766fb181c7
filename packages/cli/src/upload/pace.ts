/** How fast something goes, by what it did of late. */
export class Pace {
  readonly #windowMs: number
  readonly #points: { atMs: number; records: number; fraction: number }[] = []

  constructor(windowMs = 15_000) {
    this.#windowMs = windowMs
  }

  add(atMs: number, records: number, fraction: number): void {
    this.#points.push({ atMs, records, fraction })
    while (this.#points.length > 2 && (this.#points[1]?.atMs ?? 0) < atMs - this.#windowMs)
      this.#points.shift()
  }

  /** Undefined until there is something to go by. */
  get recordsPerSecond(): number | undefined {
    return this.#per((point) => point.records)
  }

  get remainingSeconds(): number | undefined {
    const perSecond = this.#per((point) => point.fraction)
    const done = this.#points.at(-1)?.fraction ?? 0
    return perSecond === undefined || perSecond === 0 ? undefined : (1 - done) / perSecond
  }

  #per(of: (point: { records: number; fraction: number }) => number): number | undefined {
    const [first, last] = [this.#points[0], this.#points.at(-1)]
    if (!first || !last || last.atMs - first.atMs < 1) return undefined
    return ((of(last) - of(first)) * 1000) / (last.atMs - first.atMs)
  }
}
