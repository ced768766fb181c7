import { type Client, type ClientOptions, createClient } from '../src/client.ts'
import { fakeClock } from './fake-clock.ts'

/** A client with a session, whose waits between tries take no time. */
export function loggedInClient(baseUrl: string, options: Partial<ClientOptions> = {}): Client {
  return createClient({
    baseUrl,
    session: { token: 'token-1', userId: '5f0c2ab91e', username: 'ada@example.org' },
    requestTimeoutMs: 5_000,
    clock: fakeClock(),
    ...options,
  })
}
