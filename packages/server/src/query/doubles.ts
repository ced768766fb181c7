import type { DataQuery, DataSet, HiddenRows, Store } from '../store/port.ts'

/**
 * The same reading may come in by two ways. Which of them a reader wants to see (http.md §5.1, data-sets.md §8);
 * what is not said depends on what the user has.
 */
export interface Sources {
  /** What came through CareLink. Unsaid: unless a Medtronic pump was also uploaded directly. */
  carelink?: boolean
  /** Each cbg in the time that a cloud source covers, not those of the source alone (`cbgFilter` is the opposite). */
  cloud: boolean
  /** What was uploaded from a Medtronic pump that Loop can drive. Unsaid: unless Loop itself wrote data with one. */
  medtronic?: boolean
}

const MEDTRONIC = 'Medtronic'
const LOOPABLE_MODELS: readonly unknown[] = ['523', '523K', '554', '723', '723K', '754']
/** Loop with a Medtronic pump wrote to Tidepool from this day on. */
const LOOP_FROM_MS = Date.UTC(2017, 8, 1)
const LOOP_TYPES = ['basal', 'bolus', 'cbg']

/** The query, with what it has to leave out so that nothing is shown twice. */
export async function withoutDoubles(store: Store, query: DataQuery, sources: Sources): Promise<DataQuery> {
  if (query.types?.every((type) => type === 'upload')) return query
  const pumps = await medtronicUploads(store, query.userId, sources)
  const hidden: HiddenRows[] = []
  // Who asks for one data set gets it whole.
  if (query.dataSetId === undefined) {
    hidden.push(...(await besideCloudSources(store, query, sources)))
    hidden.push(...(await besideLoop(store, query, sources, pumps)))
  }
  const carelink = sources.carelink ?? !pumps.some(({ state }) => state === 'closed')
  return {
    ...query,
    ...(!carelink && { withoutSource: 'carelink' }),
    ...(hidden.length > 0 && { hidden }),
  }
}

/** The visible data sets of Medtronic pumps, where it matters whether there are any. */
async function medtronicUploads(
  store: Store,
  userId: string,
  { carelink, medtronic }: Sources,
): Promise<DataSet[]> {
  if (carelink !== undefined && medtronic === true) return []
  const found: DataSet[] = []
  const limit = 1000
  for (let offset = 0; ; offset += limit) {
    const page = await store.listDataSets({
      userId,
      deviceManufacturer: MEDTRONIC,
      includeDeleted: false,
      offset,
      limit,
    })
    found.push(...page)
    if (page.length < limit) return found
  }
}

/** Inside the time that cloud sources cover, a cbg of another data set. One whose data set is gone covers nothing. */
async function besideCloudSources(
  store: Store,
  { userId, types }: DataQuery,
  { cloud }: Sources,
): Promise<HiddenRows[]> {
  if (cloud || (types && !types.includes('cbg'))) return []
  const covered: { dataSetId: string; fromMs: number; toMs: number }[] = []
  for (const source of await store.listDataSources({ userId, offset: 0, limit: 1000 })) {
    const { dataSetId, earliestDataMs: fromMs, latestDataMs: toMs } = source
    if (dataSetId === undefined || fromMs === undefined || toMs === undefined) continue
    const dataSet = await store.dataSet(dataSetId)
    if (dataSet?.userId === userId && dataSet.active && dataSet.deletedMs === undefined) {
      covered.push({ dataSetId, fromMs, toMs })
    }
  }
  // Where two sources overlap, both are shown: each would hide the other.
  const dataSetIds = covered.map(({ dataSetId }) => dataSetId)
  return covered.map(({ fromMs, toMs }) => ({
    types: ['cbg'],
    fromMs,
    toMs,
    of: 'all-but-these',
    dataSetIds,
  }))
}

/** What was read out of a pump later, that Loop had written already. */
async function besideLoop(
  store: Store,
  { userId, types }: DataQuery,
  { medtronic }: Sources,
  pumps: readonly DataSet[],
): Promise<HiddenRows[]> {
  if (medtronic === true || (types && !LOOP_TYPES.some((type) => types.includes(type)))) return []
  const dataSetIds = pumps.flatMap(({ id, fields }) =>
    LOOPABLE_MODELS.includes(fields.deviceModel) ? [id] : [],
  )
  if (dataSetIds.length === 0) return []
  if (medtronic === undefined && !(await store.hasMedtronicLoopData(userId, LOOP_FROM_MS))) return []
  return [{ types: LOOP_TYPES, fromMs: LOOP_FROM_MS, of: 'these', dataSetIds }]
}
