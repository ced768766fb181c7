import { type ParsedDatum, type Problem, parseData } from '@tidegauge/model'
import type { Lacking } from '../dedup/deduplicator.ts'
import { deduplicatorOf } from '../dedup/registry.ts'
import { missing } from '../failure.ts'
import type { DataSet, PlannedRecord } from '../store/port.ts'
import { derivedId } from './derived-id.ts'

/** What a body comes to in a data set: its records as they are to be stored, or all that is wrong with it. */
export type Judged = Accepted | { problems: Problem[] }

export interface Accepted {
  records: PlannedRecord[]
  /** Records that another one of the same body has superseded. */
  superseded: number
}

/** Judges the records of a body by the rules of the data and by those of the data set's deduplicator. */
export function judge(body: readonly unknown[], dataSet: DataSet): Judged {
  const parsed = parseData(body, { idFor: derivedId(dataSet.id) })
  if ('problems' in parsed) return parsed
  const { data } = parsed
  const plan = deduplicatorOf(dataSet).plan(data, dataSet)
  if ('lacking' in plan) return { problems: problems(plan.lacking, data, body) }
  return { records: plan.records, superseded: data.length - plan.records.length }
}

/** What data lack, by their place in the body as it was sent: nulls in it are no data, but count. */
function problems(
  lacking: readonly Lacking[],
  data: readonly ParsedDatum[],
  body: readonly unknown[],
): Problem[] {
  const sent = body.flatMap((one, index) => (one === null ? [] : [index]))
  return lacking.map(({ at, field }) => {
    const { parent, path } = placeOf(data[at], at, field)
    return missing(`/${sent[parent]}/${path}`, kindOf(data[parent]))
  })
}

/** A datum that was sent inside of another is looked for there. */
function placeOf(
  datum: ParsedDatum | undefined,
  at: number,
  field: string,
): { parent: number; path: string } {
  const { within } = datum ?? {}
  return within ? { parent: within.parent, path: `${within.field}/${field}` } : { parent: at, path: field }
}

function kindOf(datum: ParsedDatum | undefined): Problem['meta'] {
  if (!datum) return undefined
  const { type, subType, deliveryType } = datum.body
  return {
    type,
    ...(subType !== undefined && { subType }),
    ...(typeof deliveryType === 'string' && { deliveryType }),
  }
}
