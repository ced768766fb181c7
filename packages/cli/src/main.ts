import { explain } from './explain.ts'
import { type ExitCode, exit } from './failure.ts'
import { Output } from './output.ts'
import { run } from './program.ts'
import type { Terminal } from './terminal.ts'

/** Runs the command line that the process was called with. The only place that ends the process. */
export async function main(process: NodeJS.Process): Promise<void> {
  const terminal = terminalOf(process)
  const code = await codeOf(terminal, () => run(process.argv.slice(2), terminal))
  const written = await codeOf(terminal, async () => {
    await terminal.out.finish()
    return exit.done
  })
  process.exit(code === exit.done ? written : code)
}

async function codeOf(terminal: Terminal, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = explain(error, terminal.env)
    if (message !== undefined) terminal.err.line(message)
    return code
  }
}

function terminalOf(process: NodeJS.Process): Terminal {
  const { stderr } = process
  // Nobody reads our complaints any more: there is nobody left to tell.
  stderr.on('error', () => undefined)
  return {
    env: process.env,
    platform: process.platform,
    stdin: process.stdin,
    out: new Output(process.stdout),
    err: {
      isTerminal: stderr.isTTY === true,
      get columns() {
        return stderr.columns ?? 80
      },
      write: (text) => stderr.write(text),
      line: (text) => stderr.write(`${text}\n`),
    },
    signals: process,
    parentId: () => process.ppid,
    exitNow: (code) => process.exit(code),
  }
}
