/** What became of the records of an upload, as a Tidegauge counts them. What was split out of a record counts too. */
export interface Receipt {
  new: number
  replaced: number
  /** Were there already, the same in every field. */
  unchanged: number
  refused: number
  /** Faulty ones that the server keeps aside, for somebody to correct. */
  parked: number
}

const words: readonly (keyof Receipt)[] = ['new', 'replaced', 'unchanged', 'refused', 'parked']

/**
 * Reads the header `X-Tidegauge-Receipt: new=2,replaced=1,…`, which other servers do not send. What it does not name
 * is 0, and names that are not known are passed over. Undefined when it names nothing that is known.
 */
export function parseReceipt(header: string | null): Receipt | undefined {
  const counts = new Map(
    Array.from((header ?? '').matchAll(/([a-z]+)\s*=\s*(\d{1,15})(?=[\s,;]|$)/gi), ([, word = '', count]) => [
      word.toLowerCase(),
      Number(count),
    ]),
  )
  if (!words.some((word) => counts.has(word))) return undefined
  return receiptOf((word) => counts.get(word) ?? 0)
}

/** Both together. */
export function addReceipts(one: Receipt | undefined, other: Receipt | undefined): Receipt | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return receiptOf((word) => one[word] + other[word])
}

function receiptOf(count: (word: keyof Receipt) => number): Receipt {
  return {
    new: count('new'),
    replaced: count('replaced'),
    unchanged: count('unchanged'),
    refused: count('refused'),
    parked: count('parked'),
  }
}
