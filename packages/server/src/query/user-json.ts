import { formatTime } from '@tidegauge/model'
import { usernameOf } from '../auth/accounts.ts'
import type { Identity } from '../auth/identity.ts'
import type { User } from '../store/port.ts'

/**
 * All six fields, always: a client that misses one fails to sign in (http.md §1.2). Services alone are told whether
 * there is a password.
 */
export function userJson(user: User, reader?: Identity) {
  const { id, emails, roles, termsAccepted, emailVerified, passwordHash, createdMs } = user
  return {
    userid: id,
    username: usernameOf(user),
    emails,
    roles: roles.length > 0 ? roles : ['patient'],
    termsAccepted: termsAccepted ?? formatTime(createdMs),
    emailVerified,
    ...(reader?.kind === 'service' && { passwordExists: passwordHash !== '' }),
  }
}
