import type { DataSetFields } from '@tidegauge/model'
import type { DataSet } from '../store/port.ts'
import { deactivateHash } from './deactivate-hash.ts'
import type { Deduplicator } from './deduplicator.ts'
import { deleteOrigin } from './delete-origin.ts'
import { deleteOriginOlder } from './delete-origin-older.ts'
import { dropHash } from './drop-hash.ts'
import { none } from './none.ts'
import { truncateDataSet } from './truncate-data-set.ts'

/** In the order in which they are asked whether they suit a data set. */
const deduplicators: readonly Deduplicator[] = [
  deactivateHash,
  truncateDataSet,
  deleteOrigin,
  deleteOriginOlder,
  dropHash,
  none,
]

export const deduplicatorNames: readonly string[] = deduplicators.map(({ name }) => name)

/** By canonical or legacy name; undefined when nobody knows it (D5). */
export function deduplicatorNamed(name: string): Deduplicator | undefined {
  return deduplicators.find((one) => one.name === name || one.legacyName === name)
}

/** What a data set gets that names none: what suits its device (data-sets.md §3.1), else the plain one (D6). */
export function deduplicatorFor(fields: DataSetFields): Deduplicator {
  if (fields.dataSetType === 'continuous') return deleteOrigin
  const suited = fields.deviceId === undefined ? undefined : deduplicators.find((one) => one.suits?.(fields))
  return suited ?? none
}

/** The strategy that a stored data set was created with. */
export function deduplicatorOf(dataSet: DataSet): Deduplicator {
  const found = deduplicatorNamed(dataSet.deduplicator.name)
  if (!found) throw new Error('a stored data set names a deduplicator that this version does not know')
  return found
}
