import type { DataSet } from '../store/port.ts'
import type { Deduplicator } from './deduplicator.ts'
import { deleteOrigin } from './delete-origin.ts'
import { none } from './none.ts'

const deduplicators: readonly Deduplicator[] = [deleteOrigin, none]

export const deduplicatorNames: readonly string[] = deduplicators.map(({ name }) => name)

/** What a data set without a named deduplicator gets (D6). */
export const defaultDeduplicator: Deduplicator = deleteOrigin

/** By canonical or legacy name; undefined when nobody knows it (D5). */
export function deduplicatorNamed(name: string): Deduplicator | undefined {
  return deduplicators.find((one) => one.name === name || one.legacyName === name)
}

/** The strategy that a stored data set was created with. */
export function deduplicatorOf(dataSet: DataSet): Deduplicator {
  const found = deduplicatorNamed(dataSet.deduplicator.name)
  if (!found) throw new Error('a stored data set names a deduplicator that this version does not know')
  return found
}
