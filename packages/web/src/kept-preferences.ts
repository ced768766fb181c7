/** What this device knows of how somebody likes to see things, until the server can be asked; gone when they sign out. */

const PREFERENCES = 'tidegauge.preferences'

/** Of nobody else. */
export function keptPreferences(userId: string): object {
  const { userId: whose, ...kept } = JSON.parse(localStorage.getItem(PREFERENCES) ?? '{}')
  return whose === userId ? kept : {}
}

export function keepPreferences(userId: string, changes: object): void {
  localStorage.setItem(PREFERENCES, JSON.stringify({ ...keptPreferences(userId), ...changes, userId }))
}

export function forgetPreferences(): void {
  localStorage.removeItem(PREFERENCES)
}
