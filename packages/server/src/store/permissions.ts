/** What may be granted on an account (http.md §2.1). The owner's own right, `root`, is implicit and never stored. */
export const permissionWords = ['custodian', 'follow', 'note', 'upload', 'view'] as const
export type Permission = (typeof permissionWords)[number]

/** What one person lets another do. */
export interface Grant {
  /** Whose account it is about. */
  userId: string
  granteeId: string
  /** In alphabetical order, each once. */
  permissions: readonly Permission[]
}

/** The part of the storage port that is about sharing. */
export interface PermissionStore {
  /** Replaces what was granted before; nothing granted takes everything away. Both accounts must exist. */
  setPermissions(grant: Grant): Promise<'set' | 'unknown-user'>
  /** What `granteeId` may do on the account of `userId`, in alphabetical order; empty if nothing was granted. */
  permissions(userId: string, granteeId: string): Promise<readonly Permission[]>
  /** What this user lets others do, by grantee id. */
  grantsBy(userId: string): Promise<Grant[]>
  /** What others let this user do, by user id. */
  grantsTo(granteeId: string): Promise<Grant[]>
}
