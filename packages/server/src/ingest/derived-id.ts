import { createHash } from 'node:crypto'

/**
 * Makes the ids of records that came inside of others (D8): 32 lower-case hex digits, the same for the same key in the
 * same data set. Elsewhere it is another one, since the records there are others.
 */
export function derivedId(dataSetId: string): (key: string) => string {
  return (key) => createHash('sha256').update(`${dataSetId} ${key}`).digest('hex').slice(0, 32)
}
