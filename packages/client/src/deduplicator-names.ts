export const deleteOrigin = 'org.tidepool.deduplicator.dataset.delete.origin'
export const none = 'org.tidepool.deduplicator.none'

/** Names that older clients use, and what servers make of them (http.md §3.4). */
const canonicalNames: Readonly<Record<string, string>> = {
  'org.tidepool.continuous.origin': deleteOrigin,
  'org.tidepool.continuous': none,
}

/** The name that servers have for a deduplicator, for one that may be of an older client. */
export function canonical(name: string | undefined): string | undefined {
  return name === undefined ? undefined : (canonicalNames[name] ?? name)
}
