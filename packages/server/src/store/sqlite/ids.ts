const HEX_DIGITS = 16
const hexDigits = /^[0-9a-f]{16}$/

/**
 * The ids that the store makes for rows whose client sent none: 16 hex digits that are this database's own (random,
 * kept in `meta`) and the row's number in 16 more. They need no column and no index, and stay with their row (D17).
 */
export interface MadeIds {
  /** What every id of this database begins with; the row's number follows in 16 hex digits. */
  readonly prefix: string
  of(pk: number): string
  /** The row whose id this would be; undefined for an id of another kind. That row may have a client's id instead. */
  pkOf(id: string): number | undefined
}

/** @param prefix 16 lower-case hex digits. */
export function madeIds(prefix: string): MadeIds {
  if (!hexDigits.test(prefix)) throw new Error('the id prefix of the database is not 16 hex digits')
  return {
    prefix,
    of: (pk) => prefix + pk.toString(16).padStart(HEX_DIGITS, '0'),
    pkOf(id) {
      if (id.length !== 2 * HEX_DIGITS || !id.startsWith(prefix)) return undefined
      const digits = id.slice(HEX_DIGITS)
      const pk = hexDigits.test(digits) ? Number.parseInt(digits, 16) : 0
      return pk > 0 && Number.isSafeInteger(pk) ? pk : undefined
    },
  }
}
