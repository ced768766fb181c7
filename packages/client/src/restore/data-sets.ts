import type { Problem } from '@tidegauge/model'
import type { Connection } from '../connection.ts'
import { type DataSet, listDataSets, mayHaveBeenMade, postDataSet, takesAgain } from '../data-sets.ts'
import { isTidegaugeError } from '../errors.ts'
import { descriptionOf, originalOf, withoutFaulty } from './original.ts'
import type { Placed } from './survey.ts'

/** What a record that describes a data set came to. */
export interface RestoredDataSet {
  /** Place of the record in the input, from 0. */
  index: number
  /** The id that the data in the input call it by. */
  uploadId: string
  /** Where those data go; undefined when `state` is `kept`. */
  dataSetId?: string
  /**
   * `made`; `found`: made by an earlier restoration, or the very one that is described; `kept`: the very one that is
   * described is in the account and takes no more data, or would double them, so they are not sent.
   */
  state: 'made' | 'found' | 'kept'
  /** Parts of the description that the server does not take. */
  leftOut: Problem[]
}

/** Whose data sets, and what ends the work. */
export interface Account {
  userId: string | undefined
  signal: AbortSignal | undefined
}

/**
 * A data set for each record that describes one, found or made (see {@link RestoredDataSet}); made in the order of
 * their times, so that the newest stays the newest. By the id that the data call it by.
 */
export async function restoreDataSets(
  connection: Connection,
  uploads: ReadonlyMap<string, Placed>,
  account: Account,
): Promise<Map<string, RestoredDataSet>> {
  const restored = new Map<string, RestoredDataSet>()
  if (uploads.size === 0) return restored
  const existing = await existingDataSets(connection, account)
  for (const [uploadId, { index, record }] of [...uploads].toSorted(byTime)) {
    const place = { index, uploadId }
    const itself = existing.byId.get(uploadId)
    const found = itself ?? existing.byOriginal.get(originalOf(record)?.uploadId ?? uploadId)
    if (found !== undefined) {
      const takes = found !== itself || takesAgain(found)
      restored.set(uploadId, {
        ...place,
        ...(takes ? { dataSetId: found.id, state: 'found' } : { state: 'kept' }),
        leftOut: [],
      })
      continue
    }
    const { dataSet, leftOut } = await make(connection, descriptionOf(record, uploadId), account)
    restored.set(uploadId, { ...place, dataSetId: dataSet.id, state: 'made', leftOut })
  }
  return restored
}

interface Existing {
  byId: ReadonlyMap<string, DataSet>
  /** Those that take data. */
  byOriginal: ReadonlyMap<string, DataSet>
}

async function existingDataSets(connection: Connection, account: Account): Promise<Existing> {
  const byId = new Map<string, DataSet>()
  const byOriginal = new Map<string, DataSet>()
  for await (const set of listDataSets(connection, account)) {
    byId.set(set.id, set)
    const { uploadId } = originalOf(set) ?? {}
    // The newest comes first.
    if (uploadId !== undefined && !byOriginal.has(uploadId) && takesAgain(set)) byOriginal.set(uploadId, set)
  }
  return { byId, byOriginal }
}

/** Makes a data set, without those parts of its description that the server refuses. */
async function make(
  connection: Connection,
  description: Record<string, unknown>,
  account: Account,
): Promise<{ dataSet: DataSet; leftOut: Problem[] }> {
  const leftOut: Problem[] = []
  for (let body = description; ; ) {
    try {
      return { dataSet: await postDataSet(connection, body, account), leftOut }
    } catch (error) {
      if (mayHaveBeenMade(error)) {
        const { byOriginal } = await existingDataSets(connection, account)
        const dataSet = byOriginal.get(originalOf(body)?.uploadId ?? '')
        if (dataSet !== undefined) return { dataSet, leftOut }
      }
      if (!isTidegaugeError(error, 'invalid')) throw error
      const less = withoutFaulty(
        body,
        error.problems.map(({ pointer }) => pointer),
      )
      if (less === undefined) throw error
      leftOut.push(...error.problems)
      body = less
    }
  }
}

function byTime([, one]: [string, Placed], [, other]: [string, Placed]): number {
  return timeOf(one) - timeOf(other)
}

/** Those without a time come first, in their own order. */
function timeOf({ record }: Placed): number {
  return (typeof record.time === 'string' && Date.parse(record.time)) || 0
}
