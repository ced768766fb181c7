import { MG_PER_DL_PER_MMOL_PER_L } from '@tidegauge/model'
import {
  type GlucoseUnits,
  type Profile,
  prepare,
  profile,
  type Stats,
  series,
  stats,
} from '@tidegauge/stats'
import { Refused } from '../../failure.ts'
import { atMost } from '../../in-turn.ts'
import type { Store } from '../../store/port.ts'
import { dosesOf, glucoseOf, visible } from './records.ts'
import { type Question, remembering } from './remembering.ts'

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 14
/** What stands in memory at a time is of so many days at the most. */
const MOST_DAYS = 800
const COUNTED_AT_A_TIME = 2
const REMEMBERED = { mostBytes: 16 * 1024 * 1024, forMs: 10 * 60_000 }

/** A window as it was asked for; what is not said depends on what the person has. */
export interface NumbersRequest {
  userId: string
  fromMs?: number | undefined
  /** Exclusive. */
  toMs?: number | undefined
  timeZone?: string | undefined
  units?: GlucoseUnits | undefined
}

/** What a piece of a long time line shows, in the units that were asked for. */
export interface Series {
  window: { from: string; to: string }
  units: GlucoseUnits
  bucketMinutes: number
  points: { time: string; n: number; min: number; median: number; max: number }[]
}

export interface Numbers {
  stats(request: NumbersRequest): Promise<Stats>
  profile(request: NumbersRequest & ProfileShape): Promise<Profile>
  series(request: NumbersRequest & { bucketMinutes?: number | undefined }): Promise<Series>
}

export interface ProfileShape {
  binMinutes?: number | undefined
  percentiles?: readonly number[] | undefined
  /** 1 is Monday. */
  weekdays?: readonly number[] | undefined
}

/** Points of a series, if nobody says how long a piece is. */
const POINTS = 1000
const MOST_PIECES = 20_000
const NICE_MINUTES = [5, 15, 30, 60, 120, 180, 360, 720, 1440]

/** The numbers of `packages/stats`, of what is stored. An answer is remembered until the person's data change. */
export function createNumbers({ store, now }: { store: Store; now: () => number }): Numbers {
  // Each holds its records while it counts.
  const inTurn = atMost(COUNTED_AT_A_TIME)
  const answers = remembering(REMEMBERED)
  const remembered = <T>(question: Question, make: () => Promise<T>) => answers(question, () => inTurn(make))

  const settled = async ({ userId, fromMs, toMs, timeZone, units }: NumbersRequest) => ({
    userId,
    ...(await windowOf(userId, fromMs, toMs)),
    timeZone: timeZone ?? (await timeZoneOf(store, userId)),
    units: units ?? (await unitsOf(store, userId)),
  })
  const windowOf = async (userId: string, fromMs?: number, toMs?: number) => {
    if (fromMs !== undefined && toMs !== undefined && toMs <= fromMs)
      refuse('to', 'it is exclusive, and after from')
    const lastMs = toMs ?? (await afterLastMs(userId)) ?? now()
    const beginMs = fromMs ?? lastMs - DEFAULT_DAYS * DAY_MS
    // Somebody may ask from after their last reading on.
    const endMs = Math.max(lastMs, beginMs + 1)
    if (endMs - beginMs > MOST_DAYS * DAY_MS) refuse('from', `a window has ${MOST_DAYS} days at most`)
    return { fromMs: beginMs, toMs: endMs }
  }
  /** Just after the last reading: of a sensor, else of a meter. */
  const afterLastMs = async (userId: string) => {
    const span = { userId, fromMs: Number.MIN_SAFE_INTEGER, toMs: now() + DAY_MS }
    for (const type of ['cbg', 'smbg']) {
      const query = await visible(store, span, [type])
      const [last] = await store.readLatest({ ...query, types: [type] })
      if (last) return last.timeMs + 1
    }
    return undefined
  }

  return {
    async stats(request) {
      const changeSequence = await store.changeSequence(request.userId)
      const { units, ...window } = await settled(request)
      const cbg = await visible(store, window, ['cbg'])
      return remembered(
        { userId: request.userId, changeSequence, dependsOn: ['stats', units, window, cbg] },
        async () =>
          stats(
            {
              cbg: await glucoseOf(store, cbg),
              smbg: await glucoseOf(store, await visible(store, window, ['smbg'])),
              doses: await dosesOf(store, window),
            },
            window,
            units,
          ),
      )
    },

    async profile({ binMinutes, percentiles, weekdays, ...request }) {
      const changeSequence = await store.changeSequence(request.userId)
      const window = await settled(request)
      const cbg = await visible(store, window, ['cbg'])
      return remembered(
        {
          userId: request.userId,
          changeSequence,
          dependsOn: ['profile', window, binMinutes, percentiles, weekdays, cbg],
        },
        async () => profile(await glucoseOf(store, cbg), { ...window, binMinutes, percentiles, weekdays }),
      )
    },

    async series({ bucketMinutes, ...request }) {
      const changeSequence = await store.changeSequence(request.userId)
      const { fromMs, toMs, userId, units } = await settled(request)
      const minutes =
        bucketMinutes ?? NICE_MINUTES.find((one) => (toMs - fromMs) / 60_000 / one <= POINTS) ?? 1440
      if (toMs - fromMs > MOST_PIECES * minutes * 60_000)
        refuse('bucketMinutes', `of this window there are more than ${MOST_PIECES} such pieces`)
      const cbg = await visible(store, { userId, fromMs, toMs }, ['cbg'])
      return remembered(
        { userId: request.userId, changeSequence, dependsOn: ['series', units, minutes, cbg] },
        async () => {
          const { readings } = prepare(await glucoseOf(store, cbg))
          const per = units === 'mmol/L' ? MG_PER_DL_PER_MMOL_PER_L : 1
          return {
            window: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
            units,
            bucketMinutes: minutes,
            points: series(readings, minutes * 60_000).map(({ timeMs, n, min, median, max }) => ({
              time: new Date(timeMs).toISOString(),
              n,
              min: min / per,
              median: median / per,
              max: max / per,
            })),
          }
        },
      )
    },
  }
}

function refuse(parameter: string, why: string): never {
  const title = 'value is not valid'
  const fault = { code: 'value-not-valid', title, detail: `${title}, ${why}`, parameter }
  throw new Refused({ kind: 'invalid-query', faults: [fault] })
}

/** The person's own, as their data sets say it, the newest first; a zone that there is not is passed over. */
async function timeZoneOf(store: Store, userId: string): Promise<string> {
  const dataSets = await store.listDataSets({ userId, includeDeleted: false, offset: 0, limit: 20 })
  const zones = dataSets.map(({ fields }) => fields.timezone)
  return (zones.find((zone) => typeof zone === 'string' && isUsable(zone)) as string | undefined) ?? 'UTC'
}

/** Known to this engine. */
export function isUsable(timeZone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone)
    return true
  } catch {
    return false
  }
}

/** As the person has set them. */
async function unitsOf(store: Store, userId: string): Promise<GlucoseUnits> {
  const settings = (await store.metadata(userId, 'settings')) as { units?: { bg?: unknown } } | undefined
  return settings?.units?.bg === 'mmol/L' ? 'mmol/L' : 'mg/dL'
}
