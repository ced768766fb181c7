import { type Command, InvalidArgumentError } from 'commander'
import { type ExitCode, exit } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** One command: how it is called, and what it does. */
export interface CommandDefinition<Options, Arguments extends unknown[]> {
  /** With its arguments, as commander writes them: `upload <file...>`. */
  usage: string
  summary: string
  /** What its help says after the options: paragraphs of any width. */
  more?: string
  /** What its group of commands does when none of them is named. */
  isDefault?: true
  /** Adds arguments and options. */
  configure?(command: Command): void
  /** @returns the exit code, where it is not 0. */
  run(terminal: Terminal, options: Options, ...args: Arguments): Promise<ExitCode | undefined>
}

export function defineCommand<Options, Arguments extends unknown[] = []>(
  definition: CommandDefinition<Options, Arguments>,
): CommandDefinition<Options, Arguments> {
  return definition
}

/** Hangs a command under another one; `ended` hears of its exit code. */
export function attach<Options, Arguments extends unknown[]>(
  parent: Command,
  definition: CommandDefinition<Options, Arguments>,
  terminal: Terminal,
  ended: (code: ExitCode) => void,
): void {
  const { usage, summary, more } = definition
  const command = parent
    .command(usage, { isDefault: definition.isDefault ?? false })
    .summary(summary)
    .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
  if (more) command.addHelpText('after', () => `\n${command.createHelp().boxWrap(more, 80)}`)
  definition.configure?.(command)
  command.action(async (...passed: unknown[]) => {
    const args = passed.slice(0, -2) as Arguments
    ended((await definition.run(terminal, command.opts() as Options, ...args)) ?? exit.done)
  })
}

/** Reads an option that is an integer. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
    throw new InvalidArgumentError(`It must be a whole number ${range}.`)
  }
}
