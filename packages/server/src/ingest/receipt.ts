import type { WriteCount } from '../store/port.ts'

/**
 * What became of the records of one request, those that came inside of others counted too: the five numbers are all
 * that were sent.
 */
export interface Receipt {
  new: number
  replaced: number
  /** What was there already, what must not replace what is there, and what another record of the request superseded. */
  unchanged: number
  /** Always 0 today: what can be neither stored nor parked refuses the whole request. */
  refused: number
  /** Faulty ones that are in quarantine now, if only since an earlier request. */
  parked: number
}

export const emptyReceipt: Receipt = { new: 0, replaced: 0, unchanged: 0, refused: 0, parked: 0 }

/** @param superseded Records that were not written, since a later one of the request has taken their place. */
export function receiptOf(
  { added, replaced, unchanged }: Pick<WriteCount, 'added' | 'replaced' | 'unchanged'>,
  { superseded, parked = 0 }: { superseded: number; parked?: number },
): Receipt {
  return { new: added, replaced, unchanged: unchanged + superseded, refused: 0, parked }
}

/** The value of the header `X-Tidegauge-Receipt`. */
export function receiptText(receipt: Receipt): string {
  return (['new', 'replaced', 'unchanged', 'refused', 'parked'] as const)
    .map((word) => `${word}=${receipt[word]}`)
    .join(',')
}
