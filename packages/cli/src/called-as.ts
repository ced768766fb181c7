import type { Environment } from './terminal.ts'

/** The words that this program was called by: in a clone it is not on the PATH, and `npx` finds it. */
export function calledAs(env: Environment): string {
  return env.npm_command === 'exec' ? 'npx tidegauge' : 'tidegauge'
}

/** The command to log in with, ready to be pasted. */
export function logInCommand(env: Environment, username = 'ADDRESS'): string {
  return `${calledAs(env)} login --username ${username}`
}
