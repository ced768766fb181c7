import fc from 'fast-check'

/**
 * Random histories of one person's data sets: what is sent, step by step. Data sets are named by the order in which they
 * were made. Everything is drawn from so few values that things meet.
 */

export type Step =
  | { do: 'create'; recipe: Recipe }
  | { do: 'post'; set: number; records: RandomRecord[] }
  /** Sends an earlier post once more; which one, counted back from the last. */
  | { do: 're-post'; back: number }
  | { do: 'delete by origin'; set: number; origins: string[] }
  /** Deletes by its id the visible record at this place, modulo their number, of those of the set. */
  | { do: 'delete by id'; set: number; place: number }
  | { do: 'close'; set: number }
  | { do: 'delete set'; set: number }
  | { do: 'restart' }
  /** The server is killed so long after the step was sent, and the client tries again when it is back. */
  | { do: 'crash'; during: Interruptible; afterMs: number }

export type Interruptible = Extract<Step, { do: 'post' | 'delete by origin' | 'close' | 'delete set' }>

export type Deduplication =
  | 'none'
  | 'delete.origin'
  | 'delete.origin.older'
  | 'drop.hash'
  | 'deactivate.hash'
  | 'truncate.dataset'

export interface Recipe {
  dataSetType: 'continuous' | 'normal'
  deduplication: Deduplication
  deviceId: string
}

export interface RandomRecord {
  type: 'cbg' | 'food'
  minute: number
  amount: number
  deviceId: string
  origin: string | undefined
  /** Hour of the origin's time. */
  originHour: number | undefined
  /** Tells content apart where the identity is the same. */
  note: number | undefined
}

const DEDUPLICATOR = 'org.tidepool.deduplicator.'
const fullNames: Readonly<Record<Deduplication, string>> = {
  none: `${DEDUPLICATOR}none`,
  'delete.origin': `${DEDUPLICATOR}dataset.delete.origin`,
  'delete.origin.older': `${DEDUPLICATOR}dataset.delete.origin.older`,
  'drop.hash': `${DEDUPLICATOR}dataset.drop.hash`,
  'deactivate.hash': `${DEDUPLICATOR}device.deactivate.hash`,
  'truncate.dataset': `${DEDUPLICATOR}device.truncate.dataset`,
}

/** The body of a create. Each data set has a client name of its own, so that no two creates are equal (D14). */
export function createBody({ dataSetType, deduplication, deviceId }: Recipe, name: string) {
  return {
    dataSetType,
    deviceId,
    client: { name, version: '1.0.0' },
    deduplicator: { name: fullNames[deduplication] },
  }
}

/** A record as a client sends it. */
export function recordBody({ type, minute, amount, deviceId, origin, originHour, note }: RandomRecord) {
  const time = (hour: number) => `2026-01-05T${String(hour).padStart(2, '0')}:00:00Z`
  return {
    type,
    time: `2026-01-05T10:0${minute}:00.000Z`,
    deviceId,
    ...(type === 'cbg' ? { units: 'mmol/L', value: amount } : { name: `meal ${amount}` }),
    ...(origin !== undefined && {
      origin: { id: origin, ...(originHour !== undefined && { time: time(originHour) }) },
    }),
    ...(note !== undefined && { payload: { note } }),
  }
}

/** A record as it is read, as far as histories look at it. */
export interface ReadRecord {
  type: string
  time: string
  deviceId?: string
  value?: number
  name?: string
  origin?: { id?: string; time?: string }
  payload?: { note?: number }
}

/** What tells a record apart from others of its data set. */
export function recordText({ type, time, deviceId, value, name, origin, payload }: ReadRecord): string {
  return [type, time, deviceId, value ?? name, origin?.id, origin?.time, payload?.note].join(' ')
}

const sets = fc.nat(5)
const devices = fc.constantFrom('d1', 'd1', 'd2')
const origins = fc.constantFrom('o1', 'o2', 'o3')
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 2 })

const recipes: fc.Arbitrary<Recipe> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      dataSetType: fc.constantFrom('continuous', 'normal'),
      deduplication: fc.constantFrom<Deduplication[]>(
        'none',
        'delete.origin',
        'delete.origin.older',
        'drop.hash',
      ),
      deviceId: devices,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      dataSetType: fc.constant('normal'),
      deduplication: fc.constantFrom<Deduplication[]>(
        'deactivate.hash',
        'deactivate.hash',
        'truncate.dataset',
      ),
      deviceId: devices,
    }),
  },
)

const records: fc.Arbitrary<RandomRecord[]> = fc.array(
  fc.record({
    type: fc.constantFrom('cbg', 'food'),
    minute: fc.nat(1),
    amount: fc.integer({ min: 5, max: 6 }),
    deviceId: devices,
    origin: maybe(origins),
    originHour: maybe(fc.integer({ min: 9, max: 11 })),
    note: maybe(fc.nat(1)),
  }),
  { maxLength: 4 },
)

const posts = fc.record({ do: fc.constant('post' as const), set: sets, records })
const closes = fc.record({ do: fc.constant('close' as const), set: sets })
const setDeletes = fc.record({ do: fc.constant('delete set' as const), set: sets })
const originDeletes = fc.record({
  do: fc.constant('delete by origin' as const),
  set: sets,
  origins: fc.array(origins, { minLength: 1, maxLength: 2 }),
})

const crashes = fc.record({
  do: fc.constant('crash' as const),
  during: fc.oneof(posts, closes, setDeletes, originDeletes),
  afterMs: fc.nat(6),
})

/** @param interruptions How often the server stops or dies; 0 is never, 100 is as often as a post. */
function steps(interruptions: { restarts: number; crashes: number }): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 60, arbitrary: fc.record({ do: fc.constant('create' as const), recipe: recipes }) },
    { weight: 100, arbitrary: posts },
    { weight: 30, arbitrary: fc.record({ do: fc.constant('re-post' as const), back: fc.nat(3) }) },
    { weight: 20, arbitrary: originDeletes },
    {
      weight: 20,
      arbitrary: fc.record({ do: fc.constant('delete by id' as const), set: sets, place: fc.nat(5) }),
    },
    { weight: 60, arbitrary: closes },
    { weight: 30, arbitrary: setDeletes },
    { weight: interruptions.restarts, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
    { weight: interruptions.crashes, arbitrary: crashes },
  )
}

/** Histories begin with a data set, so that not all of their first steps come to nothing. */
export function histories(interruptions: { restarts: number; crashes: number }): fc.Arbitrary<Step[]> {
  const first = fc.record({ do: fc.constant('create' as const), recipe: recipes })
  return fc
    .tuple(first, fc.array(steps(interruptions), { maxLength: 20, size: 'max' }))
    .map(([step, more]) => [step, ...more])
}
