import { createAccounts } from '../auth/accounts.ts'
import { createSessions } from '../auth/sessions.ts'
import { createSignInGuard } from '../auth/sign-in-guard.ts'
import { openStore } from '../compose.ts'
import { type Failure, Refused } from '../failure.ts'
import { createContents } from '../files/contents.ts'
import { rotateKeys } from '../openid/keys.ts'
import { StoreNotOpened } from '../store/port.ts'
import { type Act, type ArgumentOf, acts, type ResultOf } from './acts.ts'
import { readRunning } from './running.ts'
import { askRunning } from './socket.ts'

/** Why something was not done; the message is for the operator. */
export class OperatorError extends Error {}

const reasons: Partial<Record<Failure['kind'], string>> = {
  'user-exists': 'there is an account with this address already',
  'user-not-found': 'there is no account with this address or id',
  'user-details-invalid':
    'the name must be an e-mail address and the password 8 to 72 characters without white space',
}

/**
 * Has something done on the operator's word: by the server that is running on this data directory, or else by opening
 * it. Throws {@link OperatorError}.
 */
export async function operate<A extends Act>(
  dataDirectory: string,
  act: A,
  argument: ArgumentOf<A>,
): Promise<ResultOf<A>> {
  const running = await readRunning(dataDirectory)
  const answer = running && (await askRunning(running.socket, act, argument))
  if (!answer) return await actAlone(dataDirectory, act, argument)
  if ('refused' in answer) throw new OperatorError(reasons[answer.refused] ?? `refused: ${answer.refused}`)
  return answer.result
}

async function actAlone<A extends Act>(
  dataDirectory: string,
  act: A,
  argument: ArgumentOf<A>,
): Promise<ResultOf<A>> {
  const store = await openStore({ dataDirectory }).catch((error) => {
    throw error instanceof StoreNotOpened ? new OperatorError(error.message, { cause: error }) : error
  })
  const now = Date.now
  const accounts = createAccounts({
    store,
    sessions: createSessions(store, now),
    guard: createSignInGuard(now),
    policy: 'closed',
    requireVerified: false,
    note: () => {},
    sweepFiles: () => createContents(dataDirectory).sweep(async (id) => (await store.file(id)) !== undefined),
    now,
  })
  // Nobody would answer at the link of a server that does not run.
  const addresses = {
    resetLink: () => Promise.reject(new OperatorError('start the server first; its address is in the link')),
  }
  try {
    return await (acts[act] as Doing<A>)(
      { store, accounts, addresses, openId: { rotateKeys: async () => void (await rotateKeys(store)) } },
      argument,
    )
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { kind } = error.failure
    throw new OperatorError(reasons[kind] ?? `refused: ${kind}`, { cause: error })
  } finally {
    await store.close()
  }
}

type Doing<A extends Act> = (
  parts: Parameters<(typeof acts)[A]>[0],
  argument: ArgumentOf<A>,
) => Promise<ResultOf<A>>
