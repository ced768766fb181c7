import { formatTime } from '@tidegauge/model'
import type { DataSource } from '../store/port.ts'

/** What of an error may be shown to people: the rest is a service's own. */
const shownOfError = ['code', 'title', 'detail', 'source', 'meta', 'errors']

/** A data source as it goes on the wire (http.md §5.2): unset keys are left out. */
export function dataSourceJson(source: DataSource): Record<string, unknown> {
  const { earliestDataMs, latestDataMs, lastImportMs, createdMs, modifiedMs } = source
  const time = (ms: number | undefined) => (ms === undefined ? undefined : formatTime(ms))
  const members = {
    id: source.id,
    userId: source.userId,
    providerType: source.providerType,
    providerName: source.providerName,
    providerSessionId: source.providerSessionId,
    providerExternalId: source.providerExternalId,
    state: source.state,
    metadata: source.metadata,
    error: source.error,
    dataSetId: source.dataSetId,
    earliestDataTime: time(earliestDataMs),
    latestDataTime: time(latestDataMs),
    lastImportTime: time(lastImportMs),
    createdTime: time(createdMs),
    modifiedTime: time(modifiedMs),
    revision: source.revision,
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** As its owner may see it: without the provider session, and of an error what was meant for people. */
export function dataSourceJsonForOwner(source: DataSource): Record<string, unknown> {
  const { providerSessionId: _, error, ...shown } = source
  return dataSourceJson({ ...shown, ...(error && { error: sanitized(error) }) })
}

function sanitized(error: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(error).filter(([key]) => shownOfError.includes(key))
  const { errors, ...rest } = Object.fromEntries(entries)
  if (!Array.isArray(errors)) return rest
  return { ...rest, errors: errors.filter(isObject).map(sanitized) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
