import type { Command } from 'commander'
import { exit, Failure } from './failure.ts'
import type { Terminal } from './terminal.ts'

const loadServer = () => import('@tidegauge/server')
type Server = Awaited<ReturnType<typeof loadServer>>

/** What a command of the operator does, on a data directory whose server may run or not. */
export async function asOperator<T>(
  terminal: Terminal,
  { data }: { data?: string | undefined },
  work: (server: Server, dataDirectory: string) => Promise<T>,
): Promise<T> {
  const server = await loadServer()
  try {
    return await work(server, server.configFrom(terminal.env, { data }).dataDirectory)
  } catch (error) {
    if (error instanceof server.ConfigError) {
      throw new Failure(`${error.message}.`, exit.usage, { cause: error })
    }
    if (error instanceof server.OperatorError) {
      throw new Failure(`Nothing was changed: ${error.message}.`, exit.failed, { cause: error })
    }
    throw error
  }
}

export function dataOption(command: Command): Command {
  return command.option(
    '--data <dir>',
    "the server's data directory (TIDEGAUGE_DATA; default: this platform's)",
  )
}

export const beside = 'Works beside a running server as well as without one.'
