import { type Client, type ClientOptions, createClient } from '@tidegauge/client'
import { logInCommand } from './called-as.ts'
import { CredentialsFile } from './credentials.ts'
import { Failure } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** Where `tidegauge serve` listens if not told otherwise. */
export const DEFAULT_SERVER = 'http://127.0.0.1:8009'

export interface Connected {
  client: Client
  server: string
  /** Whose session it is: the address, or the user id where there is none. */
  account: string
}

/** Somebody waits at the terminal: one more try, and no minutes of silence. */
export const quick = { retry: { maxTries: 2 }, requestTimeoutMs: 20_000 }

/** A client with the kept session; a token that the server replaces is kept again. Undefined: nobody is logged in. */
export async function connectIfLoggedIn(
  terminal: Terminal,
  patience: Pick<ClientOptions, 'retry' | 'requestTimeoutMs'> = quick,
): Promise<Connected | undefined> {
  const file = new CredentialsFile(terminal)
  const login = await file.read()
  if (!login) return undefined
  const { server, session } = login
  const { username, userId } = session
  const password = terminal.env.TIDEGAUGE_PASSWORD
  const client = createClient({
    ...patience,
    baseUrl: server,
    session,
    credentials: username && password ? async () => ({ username, password }) : undefined,
    onSession: async (fresh) => {
      if (fresh) await file.write({ server, session: { ...session, ...fresh } })
    },
  })
  return { client, server, account: username ?? userId }
}

/** As {@link connectIfLoggedIn}, but somebody must be. */
export async function connect(
  terminal: Terminal,
  patience?: Pick<ClientOptions, 'retry' | 'requestTimeoutMs'>,
): Promise<Connected> {
  const connected = await connectIfLoggedIn(terminal, patience)
  if (!connected) {
    throw new Failure(`You are not logged in. Log in first: ${logInCommand(terminal.env)}`)
  }
  return connected
}
