import { isObject } from '../faults.ts'

/** A reference from one record to another that a server has put in the place of the record itself. */
export interface Link {
  field: 'bolus' | 'status'
  /** The `id` of the other record. */
  id: string
}

/**
 * The link of a record as a server gives it back: the bolus of a bolus calculator, the status of an alarm and of a
 * change of reservoir (data-types.md §11). A server takes the record in that place and never its id.
 */
export function linkOf(record: unknown): Link | undefined {
  if (!isObject(record)) return undefined
  const { type, subType, bolus, status } = record
  if (type === 'wizard' && typeof bolus === 'string') return { field: 'bolus', id: bolus }
  // The `status` of a status event is a word.
  const hasStatus = type === 'deviceEvent' && (subType === 'alarm' || subType === 'reservoirChange')
  return hasStatus && typeof status === 'string' ? { field: 'status', id: status } : undefined
}

/** The link that leads to this record, if one may. */
export function linkTo(record: unknown): Link | undefined {
  if (!isObject(record) || typeof record.id !== 'string') return undefined
  const { id, type, subType } = record
  if (type === 'bolus') return { field: 'bolus', id }
  return type === 'deviceEvent' && subType === 'status' ? { field: 'status', id } : undefined
}

/** A link as the key of a map. */
export function keyOf({ field, id }: Link): string {
  return `${field} ${id}`
}
