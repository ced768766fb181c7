/** A token that reads some paths in its owner's name, and travels in addresses (http.md §1.8). */
export interface RestrictedToken {
  /** Says which one it is, and is not the token: that one is never stored. */
  name: string
  /** A hash of the token. */
  tokenHash: string
  userId: string
  /** Absent: any path. */
  paths?: readonly string[]
  createdMs: number
  modifiedMs?: number
  expiresMs: number
}

/** The part of the storage port that is about restricted tokens. */
export interface RestrictedTokenStore {
  createRestrictedToken(token: RestrictedToken): Promise<'created' | 'unknown-user'>
  /** Expired or not. */
  restrictedTokenByHash(tokenHash: string): Promise<RestrictedToken | undefined>
  restrictedToken(name: string): Promise<RestrictedToken | undefined>
  /** Newest first. */
  restrictedTokensOf(userId: string): Promise<RestrictedToken[]>
  /** New paths and end of life; does nothing if it is gone. */
  updateRestrictedToken(
    token: Pick<RestrictedToken, 'name' | 'paths' | 'modifiedMs' | 'expiresMs'>,
  ): Promise<void>
  deleteRestrictedToken(name: string): Promise<void>
  deleteRestrictedTokensOf(userId: string): Promise<void>
}
