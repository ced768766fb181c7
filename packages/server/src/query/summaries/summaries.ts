import { hash } from 'node:crypto'
import { formatTime } from '@tidegauge/model'
import { hourOf } from '@tidegauge/stats'
import type { Logger } from '../../log.ts'
import { type Store, type SummaryKind, type SummaryMark, summaryKinds } from '../../store/port.ts'
import { countedSpan, marksFor, refresh, type SummaryBody, typesOf } from './refresh.ts'

export interface Summaries {
  /** As it is stored (data-sets.md §11.4), with what outdates it; `fresh`: brought up to date first. */
  get(userId: string, kind: SummaryKind, options: { fresh: boolean }): Promise<object | undefined>
  /** Brought up to date now; null if there is nothing to sum up. */
  update(userId: string, kind: SummaryKind): Promise<object | null>
  /** Whose are outdated, those that wait longest first. */
  outdated(kind: SummaryKind, page: { offset: number; limit: number }): Promise<object>
  /** Brings all that are outdated up to date, again and again. */
  start(): void
  close(): Promise<void>
}

const USERS_AT_A_TIME = 50
const FAILED = 'summaries could not be brought up to date'
/** A time that is not set, as the reference writes it. */
const UNSET = '0001-01-01T00:00:00Z'

const config = {
  schemaVersion: 6,
  highGlucoseThreshold: 10,
  veryHighGlucoseThreshold: 13.9,
  lowGlucoseThreshold: 3.9,
  VeryLowGlucoseThreshold: 3,
}

export interface SummariesParts {
  store: Store
  now: () => number
  log: Logger
  /** What comes within this time is summed up at once. */
  everyMs: number
}

export function createSummaries({ store, now, log, everyMs }: SummariesParts): Summaries {
  const get: Summaries['get'] = async (userId, kind, { fresh }) => {
    if (fresh) await refresh({ store, now }, userId)
    const stored = await store.summary(userId, kind)
    const marks = marksFor(kind, await store.summaryMarks(userId), now())
    if (!stored && marks.length === 0) return undefined
    return summaryJson(userId, kind, stored && JSON.parse(stored.json), marks)
  }
  let isClosing = false
  let turn: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  const refreshOutdated = async () => {
    const done = new Set<string>()
    const failures: unknown[] = []
    let users: string[]
    do {
      // Those who stay outdated are always the first.
      const query = { beforeMs: hourOf(countedSpan(now()).toMs), limit: done.size + USERS_AT_A_TIME }
      users = (await store.usersToSummarise(query)).filter((id) => !done.has(id))
      for (const userId of users) {
        if (isClosing) return
        done.add(userId)
        // What goes wrong with one person's is no reason to leave the others waiting.
        await refresh({ store, now }, userId).catch((error) => failures.push(error))
      }
    } while (users.length > 0)
    // On a full disk they wait.
    if (failures.length > 0) log.error({ err: failures[0], people: failures.length }, FAILED)
  }
  const takeTurn = () => {
    turn ??= refreshOutdated()
      .catch((error) => log.error({ err: error }, FAILED))
      .finally(() => {
        turn = undefined
      })
  }
  return {
    get,
    async update(userId, kind) {
      await refresh({ store, now }, userId, [kind])
      return (await get(userId, kind, { fresh: false })) ?? null
    },
    async outdated(kind, page) {
      const span = countedSpan(now())
      const users = await store.outdatedUsers({ types: typesOf[kind], ...span, ...page })
      const timeOf = (ms: number | undefined) => (ms === undefined ? UNSET : formatTime(ms))
      return {
        userIds: users.map(({ userId }) => userId),
        start: timeOf(users[0]?.sinceMs),
        end: timeOf(users.at(-1)?.sinceMs),
      }
    },
    start() {
      timer = setInterval(takeTurn, everyMs).unref()
    },
    async close() {
      isClosing = true
      clearInterval(timer)
      await turn
    },
  }
}

export function isSummaryKind(word: string): word is SummaryKind {
  return summaryKinds.includes(word as SummaryKind)
}

function summaryJson(
  userId: string,
  kind: SummaryKind,
  body: SummaryBody | undefined,
  marks: readonly SummaryMark[],
): object {
  return {
    // The same as long as the account, though summaries come and go.
    id: hash('sha256', `summary ${kind} ${userId}`).slice(0, 24),
    type: kind,
    userId,
    config,
    dates: {
      lastUpdatedDate: body ? formatTime(body.updatedMs) : UNSET,
      ...(body && body.reasons.length > 0 && { lastUpdatedReason: body.reasons }),
      lastUploadDate: body ? formatTime(body.uploadedMs) : UNSET,
      firstData: body ? formatTime(body.firstMs) : UNSET,
      lastData: body ? formatTime(body.lastMs) : UNSET,
      ...(marks.length > 0 && {
        outdatedSince: formatTime(Math.min(...marks.map(({ sinceMs }) => sinceMs))),
        outdatedReason: [...new Set(marks.map(({ reason }) => reason))],
      }),
    },
    periods: body?.periods ?? {},
  }
}
