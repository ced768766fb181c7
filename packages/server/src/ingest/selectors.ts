import type { Problem } from '@tidegauge/model'
import { isDatumId, parseTime } from '@tidegauge/model'
import { Refused } from '../failure.ts'
import type { RemovePlan } from '../store/port.ts'

export type Selection = Pick<RemovePlan, 'by' | 'values'>

type Selector = { by: RemovePlan['by']; value: string }

const MAX_ORIGIN_ID_CHARACTERS = 100
const MAX_HASH_CHARACTERS = 1000

/**
 * The body of a delete: a non-empty array of selectors, all of one kind, each `{id[, time]}`, `{origin: {id[,
 * time]}}` or `{deduplicator: {hash}}` (http.md §4.2). Times are checked and otherwise ignored.
 */
export function parseSelectors(body: unknown): { selection: Selection } | { problems: Problem[] } {
  if (!Array.isArray(body)) throw new Refused({ kind: 'json-malformed' })
  if (body.length === 0) return { problems: [fault('', 'value-empty')] }
  const problems: Problem[] = []
  const selectors = body.flatMap((element, index) => parseSelector(element, `/${index}`, problems))
  if (problems.length > 0) return { problems }
  const by = selectors[0]?.by ?? 'id'
  const mixed = selectors.findIndex((selector) => selector.by !== by)
  if (mixed >= 0) {
    return { problems: [{ ...fault(`/${mixed}`, 'value-not-valid'), detail: mixedKinds }] }
  }
  return { selection: { by, values: selectors.map(({ value }) => value) } }
}

const mixedKinds = 'all selectors of one request must be of the same kind: id, origin or deduplicator'

function parseSelector(element: unknown, at: string, problems: Problem[]): Selector[] {
  const before = problems.length
  const report = (pointer: string, code: FaultCode) => problems.push(fault(at + pointer, code))
  if (element === null) report('', 'value-not-exists')
  else if (!isObject(element)) problems.push(typeFault(at, 'object', element))
  if (!isObject(element)) return []

  const { id = null, time = null, origin = null, deduplicator = null } = element
  const given = [id, origin, deduplicator].filter((part) => part !== null)
  if (given.length === 0) report('', 'values-not-exist-for-one')
  if (id !== null) {
    if (origin !== null) report('/origin', 'value-exists')
    if (deduplicator !== null) report('/deduplicator', 'value-exists')
  } else if (origin !== null && deduplicator !== null) report('/deduplicator', 'value-exists')
  if (time !== null) {
    checkTime(time, `${at}/time`, problems)
    if (id === null) report('/time', 'value-exists')
  }

  let selector: Selector | undefined
  if (id !== null) {
    const value = checkText(id, `${at}/id`, Number.POSITIVE_INFINITY, problems)
    if (value !== undefined && !isDatumId(value)) {
      problems.push({
        ...fault(`${at}/id`, 'value-not-valid'),
        detail: `value ${quote(value)} is not valid as data id`,
      })
    } else if (value !== undefined) selector = { by: 'id', value }
  } else if (origin !== null) {
    if (!isObject(origin)) problems.push(typeFault(`${at}/origin`, 'object', origin))
    else {
      const value = checkText(origin.id ?? null, `${at}/origin/id`, MAX_ORIGIN_ID_CHARACTERS, problems)
      if (origin.time !== undefined && origin.time !== null)
        checkTime(origin.time, `${at}/origin/time`, problems)
      if (value !== undefined) selector = { by: 'origin', value }
    }
  } else if (deduplicator !== null) {
    if (!isObject(deduplicator)) problems.push(typeFault(`${at}/deduplicator`, 'object', deduplicator))
    else {
      const at2 = `${at}/deduplicator/hash`
      const value = checkText(deduplicator.hash ?? null, at2, MAX_HASH_CHARACTERS, problems)
      if (value !== undefined) selector = { by: 'hash', value }
    }
  }
  return selector && problems.length === before ? [selector] : []
}

/** The text if it is one of 1…`max` characters; else the fault is noted. */
function checkText(value: unknown, pointer: string, max: number, problems: Problem[]): string | undefined {
  if (value === null) problems.push(fault(pointer, 'value-not-exists'))
  else if (typeof value !== 'string') problems.push(typeFault(pointer, 'string', value))
  else if (value === '') problems.push(fault(pointer, 'value-empty'))
  else if ([...value].length > max) {
    const detail = `length ${[...value].length} is not less than or equal to ${max}`
    problems.push({ ...fault(pointer, 'length-out-of-range'), detail })
  } else return value
  return undefined
}

function checkTime(value: unknown, pointer: string, problems: Problem[]): void {
  if (typeof value !== 'string') problems.push(typeFault(pointer, 'time', value))
  else if (parseTime(value) === undefined) {
    const detail = `value ${quote(value)} is not a parsable time of format "2006-01-02T15:04:05.999999999Z07:00"`
    problems.push({ ...fault(pointer, 'value-not-parsable'), detail })
  }
}

const titles = {
  'value-empty': 'value is empty',
  'value-exists': 'value exists',
  'value-not-exists': 'value does not exist',
  'value-not-valid': 'value is not valid',
  'value-not-parsable': 'value is not a parsable time',
  'values-not-exist-for-one': 'values do not exist for one',
  'length-out-of-range': 'length is out of range',
} as const
type FaultCode = keyof typeof titles

function fault(pointer: string, code: FaultCode): Problem {
  const title = titles[code]
  const detail = code === 'values-not-exist-for-one' ? `${title} of ["id", "deduplicator", "origin"]` : title
  return { code, title, detail, pointer }
}

function typeFault(pointer: string, expected: 'object' | 'string' | 'time', value: unknown): Problem {
  const title = `type is not ${expected}`
  return { code: `type-not-${expected}`, title, detail: `${title}, but ${goTypeName(value)}`, pointer }
}

/** JSON kinds by the names that the protocol's texts use (http.md §6.2). */
function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'map[string]interface {}'
}

function quote(text: string): string {
  return JSON.stringify(text)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
