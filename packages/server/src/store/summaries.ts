export const summaryKinds = ['cgm', 'bgm', 'con'] as const
/** Of readings of sensors, of meters, and of how soon records of continuous data sets come. */
export type SummaryKind = (typeof summaryKinds)[number]

/** The types that summaries are made of. */
export const summaryTypes = ['cbg', 'smbg'] as const
export type SummaryType = (typeof summaryTypes)[number]

export type SummaryReason = 'DATA_ADDED' | 'DATA_REMOVED' | 'UPLOAD_COMPLETED' | 'SCHEMA_MIGRATION'

/** That visible records of an hour have changed since the summaries were made. */
export interface SummaryMark {
  type: SummaryType
  hourMs: number
  reason: SummaryReason
  sinceMs: number
}

export interface StoredSummary {
  /** The hour of the newest record; the summary knows the hours of a window that ends there. */
  newestHourMs: number
  json: string
}

export interface SummaryHour {
  hourMs: number
  json: string
}

export interface SummaryPlan {
  userId: string
  /** Refused if the user's data have changed since. */
  changeSequence: number
  /** Marks of hours that begin before it are settled. */
  marksBeforeMs: number
  kinds: readonly SummaryChange[]
}

export interface SummaryChange {
  kind: SummaryKind
  /** undefined: there is none any more, nor any hour. */
  summary: StoredSummary | undefined
  /** Hours that are new or have changed; without `json`, that have no record any more. */
  hours: readonly { hourMs: number; json?: string }[]
  /** Hours before this one are forgotten, and those after the newest. */
  fromMs: number
}

/**
 * The part of the storage port that is about summaries. Every change of a visible record of these types leaves a mark in
 * its own step, also where it was before and where it has gone (data-sets.md H9); a close one of every type.
 */
export interface SummaryStore {
  /** Users with marks of hours that begin before a time, those that wait longest first. */
  usersToSummarise(query: { beforeMs: number; limit: number }): Promise<string[]>
  /** Users whose summaries of these types are outdated by marks of a span of hours, and since when, the longest first. */
  outdatedUsers(query: {
    types: readonly SummaryType[]
    fromMs: number
    toMs: number
    offset: number
    limit: number
  }): Promise<{ userId: string; sinceMs: number }[]>
  summaryMarks(userId: string): Promise<SummaryMark[]>
  summary(userId: string, kind: SummaryKind): Promise<StoredSummary | undefined>
  summaryHours(userId: string, kind: SummaryKind): Promise<SummaryHour[]>
  saveSummaries(plan: SummaryPlan): Promise<'saved' | 'changed-meanwhile' | 'unknown-user'>
}
