import { canonicalJson, type Problem } from '@tidegauge/model'
import type { DataSet, NewParkedRecord, QuarantineSettings } from '../store/port.ts'
import { derivedId } from './derived-id.ts'
import { type Accepted, judge } from './judge.ts'

/** A longer record is not parked. */
const MAX_PARKED_BYTES = 64 * 1024
/** So many problems are kept of one record; a hostile one has thousands. */
const MAX_PARKED_PROBLEMS = 100
/** And so many of all records of a request; as many as are told of one that is refused. */
const MAX_PROBLEMS = 100_000

export interface Sifted extends Accepted {
  parked: NewParkedRecord[]
}

export function appliesTo({ clientName }: DataSet, { enabled, clientNames }: QuarantineSettings): boolean {
  return enabled || (clientName !== undefined && clientNames.includes(clientName))
}

/**
 * Parts the faulty records of a body from the good ones, each judged by itself. A faulty one whose origin a later good
 * one has is superseded like any other. Undefined, if a faulty one is too long to be parked, or there are too many faults.
 */
export function sift(body: readonly unknown[], dataSet: DataSet): Sifted | undefined {
  const good: unknown[] = []
  const faulty: { record: unknown; index: number; problems: Problem[] }[] = []
  let problemCount = 0
  const lastGood = new Map<string, number>()
  for (const [index, record] of body.entries()) {
    if (record === null) continue
    const problems = problemsOf(record, dataSet)
    if (problems) {
      faulty.push({ record, index, problems })
      problemCount += problems.length
      if (problemCount > MAX_PROBLEMS) return undefined
    } else {
      good.push(record)
      const originId = originIdOf(record)
      if (originId !== undefined) lastGood.set(originId, index)
    }
  }
  const judged = judge(good, dataSet)
  if ('problems' in judged) throw new Error('records that are good one by one are so together')

  const parked: NewParkedRecord[] = []
  for (const { record, index, problems } of faulty) {
    const originId = originIdOf(record)
    if (originId !== undefined && (lastGood.get(originId) ?? -1) > index) continue
    const json = JSON.stringify(record)
    if (Buffer.byteLength(json) > MAX_PARKED_BYTES) return undefined
    parked.push({
      id: derivedId(dataSet.id)(`parked ${canonicalJson(record)}`),
      index,
      ...(originId !== undefined && { originId }),
      problems,
      json,
    })
  }
  const superseded = judged.superseded + faulty.length - parked.length
  return { records: judged.records, superseded, parked }
}

/** What is wrong with one record, as far as it is kept, with pointers within it; undefined if nothing is. */
function problemsOf(record: unknown, dataSet: DataSet): Problem[] | undefined {
  const judged = judge([record], dataSet)
  if (!('problems' in judged)) return undefined
  return withinRecord(judged.problems.slice(0, MAX_PARKED_PROBLEMS))
}

/** Problems of a body of one record, with pointers within it. */
export function withinRecord(problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, pointer: problem.pointer.replace(/^\/0/, '') }))
}

function originIdOf(record: unknown): string | undefined {
  const { origin } = (record ?? {}) as { origin?: { id?: unknown } | null }
  const id = origin?.id
  return typeof id === 'string' ? id.toWellFormed() : undefined
}
