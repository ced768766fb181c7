/** The kinds of things that OpenID Connect keeps: what a browser is signed in with, and what apps hold. */
export type OpenIdKind = 'Session' | 'Grant' | 'AccessToken' | 'RefreshToken'

export interface OpenIdEntry {
  kind: OpenIdKind
  /** A hash of its id, which is a secret. */
  idHash: string
  /** Of a session: a hash of the other name that it has. */
  uidHash?: string
  /** Of what belongs to a grant: a hash of that one's id. */
  grantHash?: string
  userId: string
  /** JSON text without the id. */
  payload: string
  consumedMs?: number
  expiresMs: number
}

/** The part of the storage port that is about OpenID Connect. */
export interface OpenIdStore {
  /** Adds an entry, or replaces the one of this kind and id. */
  putOpenId(entry: OpenIdEntry): Promise<'put' | 'unknown-user'>
  /** Expired or not. */
  openId(kind: OpenIdKind, idHash: string): Promise<OpenIdEntry | undefined>
  /** All of a person's, expired or not. */
  openIdOf(userId: string): Promise<OpenIdEntry[]>
  openIdSessionByUid(uidHash: string): Promise<OpenIdEntry | undefined>
  /** Notes when it was first used up; a second time changes nothing. */
  consumeOpenId(kind: OpenIdKind, idHash: string, nowMs: number): Promise<void>
  deleteOpenId(kind: OpenIdKind, idHash: string): Promise<void>
  /** Removes a grant and everything that belongs to it. */
  deleteOpenIdGrant(grantHash: string): Promise<void>
  /** The value that the server keeps for itself under a name. */
  secret(name: string): Promise<string | undefined>
  setSecret(name: string, value: string): Promise<void>
}
