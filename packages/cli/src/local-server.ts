import { exit, Failure } from './failure.ts'

type Server = typeof import('@tidegauge/server')
export type LocalServer = Awaited<ReturnType<Server['startServer']>>

export interface ServerOptions {
  env: Parameters<Server['configFrom']>[0]
  flags: NonNullable<Parameters<Server['configFrom']>[1]>
  /** Nothing of it is seen. */
  silent?: boolean
}

/** @throws {Failure} What it was told is not right, or it cannot start. */
export async function startLocalServer({ env, flags, silent }: ServerOptions): Promise<LocalServer> {
  // The rest of the command line does without the server and its time to load.
  const { configFrom, startServer, silentLog, ConfigError, CannotStart } = await import('@tidegauge/server')
  try {
    return await startServer(configFrom(env, flags), silent ? { log: silentLog() } : {})
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(`${error.message}.`, exit.usage, { cause: error })
    if (error instanceof CannotStart) throw new Failure(`${error.message}.`, exit.failed, { cause: error })
    throw error
  }
}
