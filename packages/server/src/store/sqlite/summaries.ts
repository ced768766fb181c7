import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  type StoredSummary,
  type SummaryHour,
  type SummaryKind,
  type SummaryMark,
  type SummaryPlan,
  type SummaryReason,
  type SummaryType,
  summaryTypes,
} from '../summaries.ts'
import { changeSequences } from './change-sequence.ts'

const HOUR_MS = 3_600_000
/** Times before 1970 too. */
const hourOf = (timeMs: string) =>
  `(${timeMs} - ((${timeMs} % ${HOUR_MS}) + ${HOUR_MS}) % ${HOUR_MS}) / ${HOUR_MS}`

export function summaryLookups(database: DatabaseSync) {
  const waiting = database.prepare(`
    SELECT users.id FROM summary_marks JOIN users ON users.pk = summary_marks.user WHERE hour < ?
    GROUP BY user ORDER BY min(since_ms), users.id LIMIT ?`)
  const outdated = database.prepare(`
    SELECT users.id AS userId, min(since_ms) AS sinceMs FROM summary_marks JOIN users ON users.pk = summary_marks.user
      JOIN types ON types.pk = summary_marks.type
    WHERE types.name IN (SELECT value FROM json_each(?1)) AND hour BETWEEN ?2 AND ?3
    GROUP BY user ORDER BY sinceMs, userId LIMIT ?4 OFFSET ?5`)
  const marks = database.prepare(`
    SELECT types.name AS type, hour * ${HOUR_MS} AS hourMs, reason, since_ms AS sinceMs
    FROM summary_marks JOIN types ON types.pk = summary_marks.type
    WHERE user = (SELECT pk FROM users WHERE id = ?) ORDER BY since_ms, reason`)
  const summary = database.prepare(`
    SELECT newest_hour * ${HOUR_MS} AS newestHourMs, body AS json FROM summaries
    WHERE user = (SELECT pk FROM users WHERE id = ?) AND kind = ?`)
  const hours = database.prepare(`
    SELECT hour * ${HOUR_MS} AS hourMs, body AS json FROM summary_hours
    WHERE user = (SELECT pk FROM users WHERE id = ?) AND kind = ? ORDER BY hour`)
  return {
    usersToSummarise: ({ beforeMs, limit }: { beforeMs: number; limit: number }): string[] =>
      waiting.all(Math.ceil(beforeMs / HOUR_MS), limit).map(({ id }) => String(id)),
    outdatedUsers: (query: {
      types: readonly SummaryType[]
      fromMs: number
      toMs: number
      offset: number
      limit: number
    }) =>
      outdated.all(
        JSON.stringify(query.types),
        Math.floor(query.fromMs / HOUR_MS),
        Math.floor(query.toMs / HOUR_MS),
        query.limit,
        query.offset,
      ) as unknown as { userId: string; sinceMs: number }[],
    summaryMarks: (userId: string) => marks.all(userId) as unknown as SummaryMark[],
    summary: (userId: string, kind: SummaryKind) =>
      summary.get(userId, kind) as unknown as StoredSummary | undefined,
    summaryHours: (userId: string, kind: SummaryKind) => hours.all(userId, kind) as unknown as SummaryHour[],
  }
}

/** The verb `saveSummaries`. It runs inside a transaction that the caller holds. */
export function summaryWrites(database: DatabaseSync) {
  const sequences = changeSequences(database)
  const user = database.prepare("SELECT pk FROM users WHERE id = ? AND id NOT LIKE 'deleted:%'")
  const settle = database.prepare('DELETE FROM summary_marks WHERE user = ? AND hour < ?')
  const put = database.prepare(`
    INSERT INTO summaries (user, kind, newest_hour, body) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET newest_hour = excluded.newest_hour, body = excluded.body`)
  const drop = database.prepare('DELETE FROM summaries WHERE user = ? AND kind = ?')
  const putHour = database.prepare(`
    INSERT INTO summary_hours (user, kind, hour, body) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET body = excluded.body`)
  const dropHour = database.prepare('DELETE FROM summary_hours WHERE user = ? AND kind = ? AND hour = ?')
  const dropOutside = database.prepare(
    'DELETE FROM summary_hours WHERE user = ? AND kind = ? AND (hour < ? OR hour > ?)',
  )
  const hour = (timeMs: number) => Math.floor(timeMs / HOUR_MS)

  return {
    saveSummaries({ userId, changeSequence, marksBeforeMs, kinds }: SummaryPlan) {
      const found = user.get(userId)
      if (!found) return 'unknown-user'
      const pk = Number(found.pk)
      if (sequences.last(pk) !== changeSequence) return 'changed-meanwhile'
      settle.run(pk, Math.ceil(marksBeforeMs / HOUR_MS))
      for (const { kind, summary, hours, fromMs } of kinds) {
        if (summary) put.run(pk, kind, hour(summary.newestHourMs), summary.json)
        else drop.run(pk, kind)
        for (const { hourMs, json } of hours) {
          if (json === undefined) dropHour.run(pk, kind, hour(hourMs))
          else putHour.run(pk, kind, hour(hourMs), json)
        }
        // Without a summary there is no hour either.
        const newest = summary ? hour(summary.newestHourMs) : hour(fromMs) - 1
        dropOutside.run(pk, kind, hour(fromMs), newest)
      }
      return 'saved'
    },
  } satisfies Record<string, (plan: SummaryPlan) => 'saved' | 'changed-meanwhile' | 'unknown-user'>
}

/** Marks the hours of summaries that a change concerns, in the transaction of the change. */
export interface SummaryMarks {
  /** For records one by one: gathers their hours, so that each is marked once. */
  gather(where: { user: number; active: boolean; nowMs: number; reason: SummaryReason }): {
    add(type: number, timeMs: number): void
    flush(): void
  }
  /**
   * Prepares the marking of all rows of active data sets under a condition.
   *
   * @param condition SQL over `data`, with its question marks.
   */
  rows(condition: string, reason: SummaryReason): (nowMs: number, ...values: SQLInputValue[]) => void
  /** For what a close has shown; each type once, also without a record of it (data-sets.md §11.1). */
  closed(closing: { dataSet: number; user: number; nowMs: number }): void
}

export function summaryMarks(database: DatabaseSync): SummaryMarks {
  const number = database.prepare('SELECT pk FROM types WHERE name = ?')
  const types = summaryTypes.map((name) => Number(number.get(name)?.pk))
  const into = 'INSERT INTO summary_marks (user, type, hour, reason, since_ms)'
  const mark = database.prepare(`${into} VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
  const rows: SummaryMarks['rows'] = (condition, reason) => {
    const statement = database.prepare(`
      ${into} SELECT DISTINCT user, type, ${hourOf('time_ms')}, '${reason}', ? FROM data
      WHERE ${condition} AND type IN (${types.join(', ')})
        AND data_set IN (SELECT pk FROM data_sets WHERE active = 1)
      ON CONFLICT DO NOTHING`)
    return (nowMs, ...values) => void statement.run(nowMs, ...values)
  }
  const shown = rows('data_set = ? AND archived_ms IS NULL', 'UPLOAD_COMPLETED')
  return {
    rows,
    gather({ user, active, nowMs, reason }) {
      const hours = new Map(types.map((type) => [type, new Set<number>()]))
      return {
        add(type, timeMs) {
          if (active) hours.get(type)?.add(Math.floor(timeMs / HOUR_MS))
        },
        flush() {
          for (const [type, ofType] of hours)
            for (const hour of ofType) mark.run(user, type, hour, reason, nowMs)
        },
      }
    },
    closed({ dataSet, user, nowMs }) {
      shown(nowMs, dataSet)
      for (const type of types) mark.run(user, type, Math.floor(nowMs / HOUR_MS), 'UPLOAD_COMPLETED', nowMs)
    },
  }
}
