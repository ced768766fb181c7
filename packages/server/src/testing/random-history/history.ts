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

/** How often the server stops or dies; 0 is never, 100 is as often as a post. */
export interface Interruptions {
  restarts: number
  crashes: number
}

/** A step, or an upload: a data set that is made, filled and, mostly, closed. */
type Move = Step | { do: 'upload'; recipe: Recipe; records: RandomRecord[]; closed: boolean }

const sets = fc.nat(5)
const devices = fc.constantFrom('d1', 'd1', 'd1', 'd2')
const origins = fc.constantFrom('o1', 'o2')
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 2 })

const plainRecipes = fc.record<Recipe>({
  dataSetType: fc.constantFrom('continuous', 'normal'),
  deduplication: fc.constantFrom<Deduplication[]>(
    'none',
    'delete.origin',
    'delete.origin.older',
    'drop.hash',
  ),
  deviceId: devices,
})
const deviceRecipes = (...deduplications: Deduplication[]) =>
  fc.record<Recipe>({
    dataSetType: fc.constant('normal'),
    deduplication: fc.constantFrom(...deduplications),
    deviceId: devices,
  })
const anyRecipes = fc.oneof(
  plainRecipes,
  deviceRecipes('deactivate.hash', 'deactivate.hash', 'truncate.dataset'),
)

/** @param kinds How many types, minutes and amounts there are: the fewer, the more records meet. */
function records({
  types,
  minutes,
  amounts,
}: {
  types: RandomRecord['type'][]
  minutes: number
  amounts: number
}) {
  return fc.array(
    fc.record<RandomRecord>({
      type: fc.constantFrom(...types),
      minute: fc.nat(minutes - 1),
      amount: fc.integer({ min: 5, max: 4 + amounts }),
      deviceId: devices,
      origin: maybe(origins),
      originHour: maybe(fc.integer({ min: 9, max: 11 })),
      note: maybe(fc.nat(1)),
    }),
    { maxLength: 5 },
  )
}
const anyRecords = records({ types: ['cbg', 'food'], minutes: 2, amounts: 2 })
const fewRecords = records({ types: ['cbg'], minutes: 3, amounts: 1 })

const create = (recipe: fc.Arbitrary<Recipe>) => fc.record({ do: fc.constant('create' as const), recipe })
const post = (sent: fc.Arbitrary<RandomRecord[]>, set = sets) =>
  fc.record({ do: fc.constant('post' as const), set, records: sent })
const again = fc.record({ do: fc.constant('re-post' as const), back: fc.nat(3) })
const close = (set = sets) => fc.record({ do: fc.constant('close' as const), set })
const deleteSet = (set = sets) => fc.record({ do: fc.constant('delete set' as const), set })
const deleteByOrigin = (set = sets) =>
  fc.record({
    do: fc.constant('delete by origin' as const),
    set,
    origins: fc.array(origins, { minLength: 1, maxLength: 2 }),
  })
const deleteById = (set = sets) =>
  fc.record({ do: fc.constant('delete by id' as const), set, place: fc.nat(5) })
const restart = fc.record({ do: fc.constant('restart' as const) })
const crash = fc.record({
  do: fc.constant('crash' as const),
  during: fc.oneof(post(anyRecords), close(), deleteSet(), deleteByOrigin()),
  afterMs: fc.nat(6),
})

/** Everything with everything. */
const mixed = ({ restarts, crashes }: Interruptions): fc.Arbitrary<Move> =>
  fc.oneof(
    { weight: 60, arbitrary: create(anyRecipes) },
    { weight: 100, arbitrary: post(anyRecords) },
    { weight: 30, arbitrary: again },
    { weight: 20, arbitrary: deleteByOrigin() },
    { weight: 20, arbitrary: deleteById() },
    { weight: 60, arbitrary: close() },
    { weight: 30, arbitrary: deleteSet() },
    { weight: restarts, arbitrary: restart },
    { weight: crashes, arbitrary: crash },
  )

/** Much in one data set. */
const inOneSet = ({ restarts, crashes }: Interruptions): fc.Arbitrary<Move> => {
  const first = fc.constant(0)
  return fc.oneof(
    { weight: 100, arbitrary: post(anyRecords, first) },
    { weight: 30, arbitrary: again },
    { weight: 20, arbitrary: deleteByOrigin(first) },
    { weight: 20, arbitrary: deleteById(first) },
    { weight: 10, arbitrary: fc.oneof(close(first), deleteSet(first)) },
    { weight: restarts, arbitrary: restart },
    { weight: crashes, arbitrary: crash },
  )
}

/** Uploads of a device over each other, some open meanwhile, and their deletion. */
const overlapping = ({ restarts, crashes }: Interruptions): fc.Arbitrary<Move> => {
  const many = fc.nat(8)
  const recipe = deviceRecipes(...Array<Deduplication>(9).fill('deactivate.hash'), 'truncate.dataset')
  const closed = fc.constantFrom(true, true, false)
  const upload = fc.record({ do: fc.constant('upload' as const), recipe, records: fewRecords, closed })
  return fc.oneof(
    { weight: 120, arbitrary: upload },
    { weight: 40, arbitrary: post(fewRecords, many) },
    { weight: 50, arbitrary: close(many) },
    { weight: 70, arbitrary: deleteSet(many) },
    { weight: restarts, arbitrary: restart },
    { weight: crashes, arbitrary: crash },
  )
}

export function histories(interruptions: Interruptions): fc.Arbitrary<Step[]> {
  const moves = (move: fc.Arbitrary<Move>) => fc.array(move, { maxLength: 20, size: 'max' })
  return fc.oneof(
    ofSteps(anyRecipes, moves(mixed(interruptions))),
    ofSteps(anyRecipes, moves(inOneSet(interruptions))),
    ofSteps(anyRecipes, moves(overlapping(interruptions))),
  )
}

/** They begin with a data set, so that not all of the first steps come to nothing. */
function ofSteps(first: fc.Arbitrary<Recipe>, moves: fc.Arbitrary<Move[]>): fc.Arbitrary<Step[]> {
  return fc.tuple(create(first), moves).map(([step, more]) => {
    const steps: Step[] = [step]
    let made = 1
    for (const move of more) {
      if (move.do === 'create' || move.do === 'upload') made++
      if (move.do !== 'upload') {
        steps.push(move)
        continue
      }
      const { recipe, records, closed } = move
      const set = made - 1
      steps.push({ do: 'create', recipe }, { do: 'post', set, records })
      if (closed) steps.push({ do: 'close', set })
    }
    return steps
  })
}
