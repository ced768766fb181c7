import type { Failure } from '../failure.ts'

/** Why somebody who filled in a form is not signed in, in their words. */
export function signInFault(failure: Failure): string {
  switch (failure.kind) {
    case 'credentials-wrong':
      return 'This address and this password do not go together. Check both and try again.'
    case 'too-many-attempts':
      return `Too many wrong tries. Wait ${failure.retryAfterSeconds} seconds and try again.`
    case 'user-not-verified':
      return 'This address is not confirmed yet. Open the link in the message that was sent to it.'
    default:
      return 'That did not work. Try again.'
  }
}
