import { defineCommand } from '../command.ts'
import { exit, Failure } from '../failure.ts'
import { readPassword } from '../prompt.ts'

interface Options {
  data?: string
  passwordFile?: string
}

export const userAdd = defineCommand<Options, [string]>({
  usage: 'add',
  summary: 'add an account, whatever the policy for signing up',
  more:
    'Works beside a running server as well as without one. The password comes from ' +
    '--password-file, else from TIDEGAUGE_PASSWORD, else you are asked for it twice.',
  configure: (command) =>
    command
      .argument('<address>', 'the e-mail address to log in with')
      .option('--data <dir>', "the server's data directory (TIDEGAUGE_DATA; default: this platform's)")
      .option('--password-file <file>', 'take the password from the first line of a file'),
  async run(terminal, { data, passwordFile }, address) {
    const { AddUserError, addUser, ConfigError, configFrom } = await import('@tidegauge/server')
    try {
      const { dataDirectory } = configFrom(terminal.env, { data })
      const password = await readPassword(terminal, {
        file: passwordFile,
        prompt: 'New password',
        twice: true,
      })
      const { username, userId } = await addUser(dataDirectory, { username: address, password })
      terminal.out.line(`Added ${username} (user id ${userId}).`)
      return undefined
    } catch (error) {
      if (error instanceof ConfigError) throw new Failure(`${error.message}.`, exit.usage, { cause: error })
      if (error instanceof AddUserError) {
        throw new Failure(`The account was not added: ${error.message}.`, exit.failed, { cause: error })
      }
      throw error
    }
  },
})
