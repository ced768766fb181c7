import { createClient } from '@tidegauge/client'
import { defineCommand } from '../command.ts'
import { DEFAULT_SERVER, quick } from '../connect.ts'
import { CredentialsFile } from '../credentials.ts'
import { exit, Failure } from '../failure.ts'
import { askForLine, readPassword } from '../prompt.ts'
import { printable } from '../terminal.ts'

interface Options {
  server: string
  username?: string
  passwordFile?: string
}

export const login = defineCommand<Options>({
  usage: 'login',
  summary: 'log in to a server and keep the session',
  more:
    'The password comes from --password-file, else from TIDEGAUGE_PASSWORD, else you are asked for ' +
    'it. It is never kept: the session is, in a file that only you can read.',
  configure: (command) =>
    command
      .option('--server <url>', 'where the server is; a Tidepool server works too', DEFAULT_SERVER)
      .option('--username <address>', 'the e-mail address of the account')
      .option('--password-file <file>', 'take the password from the first line of a file'),
  async run(terminal, { server, username: given, passwordFile }) {
    const url = URL.parse(server)
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      throw new Failure('--server must be an address that begins with http:// or https://.', exit.usage)
    }
    if (url.username || url.password) {
      throw new Failure('--server must hold no user name and no password.', exit.usage)
    }
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
      terminal.err.line(
        `Warning: ${url.origin} is not encrypted. Anybody on the way can read your password and data.`,
      )
    }
    const username =
      given ?? (await askForLine(terminal, 'E-mail address: ', 'Say who you are with --username ADDRESS.'))
    const password = await readPassword(terminal, { file: passwordFile, prompt: 'Password' })
    const session = await createClient({ ...quick, baseUrl: server }).login({ username, password })
    const file = new CredentialsFile(terminal)
    await file.write({ server, session: { username, ...session } })
    terminal.out.line(`Logged in to ${server} as ${printable(session.username ?? username)}.`)
    return undefined
  },
})

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
