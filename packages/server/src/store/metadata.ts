/** What people say of themselves, and how they like to see things (http.md §2.4): free-form objects, by name. */
export const metadataNames = ['profile', 'settings', 'preferences', 'private'] as const
export type MetadataName = (typeof metadataNames)[number]

export type JsonObject = Readonly<Record<string, unknown>>

/** The part of the storage port that is about profiles and the like. */
export interface MetadataStore {
  metadata(userId: string, name: MetadataName): Promise<JsonObject | undefined>
  /**
   * Sets each top-level key of `changes`, in one step, and answers the whole; made if it is not there. With
   * `keepExisting` only keys that are not there yet. `too-large`: it would have more than `maxBytes` as JSON; nothing
   * was changed.
   */
  mergeMetadata(plan: MetadataMerge): Promise<JsonObject | 'unknown-user' | 'too-large'>
}

export interface MetadataMerge {
  userId: string
  name: MetadataName
  changes: JsonObject
  keepExisting?: boolean
  maxBytes: number
}
