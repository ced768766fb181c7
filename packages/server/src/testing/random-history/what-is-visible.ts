import { type RandomRecord, type Recipe, recordBody, recordText, type Step } from './history.ts'

/**
 * What must be visible after a history, from the rules alone (data-sets.md §3.3, §4.1, §5, §6): plain lists, looked
 * through anew for every question. It knows no archive and no handing back: what gives way to what is asked of the data
 * sets that there are.
 */
export interface Person {
  sets: ModelSet[]
}

interface ModelSet {
  recipe: Recipe
  /** Which close it was, of all closes; undefined while it is open. */
  closed: number | undefined
  deleted: boolean
  records: ModelRecord[]
}

interface ModelRecord extends RandomRecord {
  /** Taken out by its client, and could come back. */
  withdrawn: boolean
}

/** What every request is answered with that comes to nothing or to something. */
export type Status = 200 | 201 | 404 | 409

/** The person after a step, and the status of its answer; undefined when nothing is sent. */
export function after(person: Person, step: Step): { person: Person; status: Status | undefined } {
  const next = structuredClone(person)
  return { person: next, status: carryOut(next, step) }
}

function carryOut(person: Person, step: Step): Status | undefined {
  switch (step.do) {
    case 'create':
      person.sets.push({ recipe: step.recipe, closed: undefined, deleted: false, records: [] })
      return 201
    case 'post':
      return onOpenSet(person, step.set, (set) => post(set, step.records))
    case 'delete by origin':
      return onOpenSet(person, step.set, (set) =>
        takeOut(set, ({ origin }) => origin !== undefined && step.origins.includes(origin)),
      )
    case 'close':
      return close(person, step.set)
    case 'delete set': {
      const set = person.sets[step.set]
      if (!set) return undefined
      set.records = []
      set.deleted = true
      return 200
    }
    default:
      throw new Error(`'${step.do}' is carried out by other means`)
  }
}

function onOpenSet({ sets }: Person, index: number, change: (set: ModelSet) => void): Status | undefined {
  const set = sets[index]
  if (!set) return undefined
  if (set.closed !== undefined) return 409
  if (set.deleted && set.recipe.dataSetType === 'normal') return 404
  change(set)
  return 200
}

function post(set: ModelSet, sent: readonly RandomRecord[]): void {
  if (sent.length > 0) set.deleted = false
  // Of records of one identity the last of a request counts; then those that are there already.
  const last = (record: RandomRecord, at: number) =>
    !sent.slice(at + 1).some((later) => identity(later) === identity(record))
  const counted = set.recipe.deduplication === 'drop.hash' ? sent.filter(last) : sent
  for (const record of counted) {
    const known = set.records.find((one) => isRepeated(set, one, record))
    if (known && !replaces(set, known, record)) continue
    set.records = set.records.filter((one) => one !== known)
    set.records.push({ ...record, withdrawn: false })
  }
}

/** Whether a record that is there is the same one as another that comes. */
function isRepeated({ recipe }: ModelSet, known: RandomRecord, record: RandomRecord): boolean {
  const sameContent = textOf(known) === textOf(record)
  switch (recipe.deduplication) {
    case 'none':
      return false
    case 'delete.origin':
    case 'delete.origin.older':
      return record.origin === undefined ? sameContent : known.origin === record.origin
    case 'drop.hash':
      return identity(known) === identity(record)
    case 'deactivate.hash':
    case 'truncate.dataset':
      return sameContent
  }
}

function replaces({ recipe }: ModelSet, known: ModelRecord, record: RandomRecord): boolean {
  switch (recipe.deduplication) {
    case 'delete.origin.older':
      if (record.origin === undefined || record.type !== 'food') return true
      return record.originHour !== undefined && record.originHour > (known.originHour ?? -1)
    case 'drop.hash':
      return false
    default:
      return true
  }
}

/** What is taken out of data that can be seen and that their origin names, may come back; anything else is gone. */
function takeOut(set: ModelSet, which: (record: ModelRecord) => boolean): void {
  const { dataSetType, deduplication } = set.recipe
  const keeps =
    dataSetType === 'continuous' &&
    (deduplication === 'delete.origin' || deduplication === 'delete.origin.older')
  if (keeps) for (const record of set.records) record.withdrawn ||= which(record)
  else set.records = set.records.filter((record) => !which(record))
}

function close(person: Person, index: number): Status | undefined {
  const set = person.sets[index]
  // No person closes a continuous one.
  if (!set || set.recipe.dataSetType === 'continuous') return undefined
  if (set.closed !== undefined) return set.deleted ? 409 : 200
  if (set.deleted) return 404
  const { deviceId } = set.recipe
  if (set.recipe.deduplication === 'truncate.dataset') {
    for (const other of person.sets) {
      if (other === set) continue
      other.records = other.records.filter((record) => record.deviceId !== deviceId)
      other.deleted ||= other.recipe.deviceId === deviceId
    }
  }
  set.closed = person.sets.filter(({ closed }) => closed !== undefined).length
  return 200
}

/** What a hash deduplicator tells records by, but for the device. */
function identity({ type, minute, amount }: RandomRecord): string {
  return [type, minute, type === 'cbg' ? amount : ''].join()
}

/** The newest closed upload of a device wins: whether there is a newer one that has this record too. */
function givesWay({ sets }: Person, { recipe, closed }: ModelSet, record: RandomRecord): boolean {
  return (
    recipe.deduplication === 'deactivate.hash' &&
    sets.some(
      (other) =>
        other.recipe.deduplication === 'deactivate.hash' &&
        other.recipe.deviceId === record.deviceId &&
        !other.deleted &&
        (other.closed ?? -1) > (closed ?? -1) &&
        other.records.some((one) => one.deviceId === record.deviceId && identity(one) === identity(record)),
    )
  )
}

function textOf(record: RandomRecord): string {
  return recordText(recordBody(record))
}

const isActive = ({ recipe, closed }: ModelSet) => recipe.dataSetType === 'continuous' || closed !== undefined

/** What a person sees: every record by the place of its set and its text, and the sets, of those listed and of those pending. */
export interface View {
  records: string[]
  listed: number[]
  pending: number[]
}

export function view(person: Person): View {
  const places = (which: (set: ModelSet) => boolean) =>
    person.sets.flatMap((set, place) => (which(set) && !set.deleted ? [place] : []))
  return {
    records: person.sets
      .flatMap((set, place) =>
        set.records
          .filter((record) => isActive(set) && !record.withdrawn && !givesWay(person, set, record))
          .map((record) => `${place} ${textOf(record)}`),
      )
      .sort(),
    listed: places(isActive),
    pending: places((set) => !isActive(set)),
  }
}

/** Takes out one record by its text, as a delete by id does. */
export function afterDeleteById(person: Person, index: number, text: string): Person {
  const next = structuredClone(person)
  const set = next.sets[index]
  const victim = set?.records.find((record) => !record.withdrawn && `${index} ${textOf(record)}` === text)
  if (set) takeOut(set, (record) => record === victim)
  return next
}
