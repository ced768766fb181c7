import { createAccounts } from '../auth/accounts.ts'
import { createSessions } from '../auth/sessions.ts'
import { openStore } from '../compose.ts'
import { Refused } from '../failure.ts'
import { StoreNotOpened } from '../store/port.ts'
import { readRunning } from './running.ts'
import { askToAddUser } from './socket.ts'

/** Why an account was not added; the message is for the operator. */
export class AddUserError extends Error {}

const reasons: Readonly<Record<string, string>> = {
  'user-exists': 'there is an account with this address already',
  'user-details-invalid':
    'the name must be an e-mail address and the password 8 to 72 characters without white space',
}

/**
 * Adds an account on the operator's word, whatever the sign-up policy: through the server that is running on
 * this data directory, or else by opening it. Throws {@link AddUserError}.
 */
export async function addUser(
  dataDirectory: string,
  details: { username: string; password: string },
): Promise<{ userId: string; username: string }> {
  const running = await readRunning(dataDirectory)
  const answer = running && (await askToAddUser(running.socket, details))
  if (answer) {
    if ('kind' in answer) throw new AddUserError(reasons[answer.kind] ?? `refused: ${answer.kind}`)
    return answer
  }
  const store = await openStore({ dataDirectory }).catch((error) => {
    throw error instanceof StoreNotOpened ? new AddUserError(error.message, { cause: error }) : error
  })
  try {
    const user = await createAccounts({
      store,
      sessions: createSessions(store, Date.now),
      policy: 'closed',
      now: Date.now,
    }).add(details.username, details.password)
    return { userId: user.id, username: user.username }
  } catch (error) {
    if (error instanceof Refused) {
      throw new AddUserError(reasons[error.failure.kind] ?? `refused: ${error.failure.kind}`, {
        cause: error,
      })
    }
    throw error
  } finally {
    await store.close()
  }
}
