import { defineCommand } from '../command.ts'
import { exit, Failure } from '../failure.ts'
import { asOperator, beside, dataOption } from '../operator.ts'
import { askForLine, readPassword } from '../prompt.ts'
import { printTable } from '../table.ts'
import { printable } from '../terminal.ts'

/** Accounts of a server on this machine, for its operator. */

const passwordComes =
  'The password comes from --password-file, else from TIDEGAUGE_PASSWORD, else you are asked for it twice.'

interface Options {
  data?: string
  json?: boolean
}

export const userAdd = defineCommand<Options & { passwordFile?: string }, [string]>({
  usage: 'add',
  summary: 'add an account, whatever the policy for signing up',
  more: `${beside} ${passwordComes}`,
  configure: (command) =>
    dataOption(command.argument('<address>', 'the e-mail address to log in with'))
      .option('--password-file <file>', 'take the password from the first line of a file')
      .option('--json', 'print a JSON object'),
  run: (terminal, { data, json, passwordFile }, address) =>
    asOperator(terminal, { data }, async ({ operate }, dataDirectory) => {
      const password = await readPassword(terminal, {
        file: passwordFile,
        prompt: 'New password',
        twice: true,
      })
      const user = await operate(dataDirectory, 'addUser', { username: address, password })
      terminal.out.line(
        json ? JSON.stringify(user) : `Added ${printable(user.username)} (user id ${user.userId}).`,
      )
      return undefined
    }),
})

export const userList = defineCommand<Options>({
  usage: 'list',
  summary: 'list the accounts',
  more: beside,
  configure: (command) => dataOption(command).option('--json', 'print a JSON array'),
  run: (terminal, { data, json }) =>
    asOperator(terminal, { data }, async ({ operate }, dataDirectory) => {
      const users = await operate(dataDirectory, 'listUsers', {})
      if (json) terminal.out.line(JSON.stringify(users))
      else if (users.length === 0) terminal.err.line('There are no accounts yet: tidegauge user add ADDRESS')
      else {
        const rows = users.map(({ username, userId, roles, emailVerified, createdTime }) => [
          username || '(no address)',
          userId,
          roles.join(', '),
          emailVerified ? 'yes' : 'no',
          createdTime.slice(0, 10),
        ])
        printTable(terminal.out, ['Address', 'User id', 'Roles', 'Verified', 'Made'], rows)
      }
      return undefined
    }),
})

export const userPasswd = defineCommand<Options & { passwordFile?: string }, [string]>({
  usage: 'passwd',
  summary: 'give an account a new password, and end all its sessions',
  more: `${beside} ${passwordComes}`,
  configure: (command) =>
    dataOption(command.argument('<account>', 'its e-mail address or user id'))
      .option('--password-file <file>', 'take the password from the first line of a file')
      .option('--json', 'print a JSON object'),
  run: (terminal, { data, json, passwordFile }, account) =>
    asOperator(terminal, { data }, async ({ operate }, dataDirectory) => {
      await operate(dataDirectory, 'findUser', { account })
      const password = await readPassword(terminal, {
        file: passwordFile,
        prompt: 'New password',
        twice: true,
      })
      const user = await operate(dataDirectory, 'setPassword', { account, password })
      terminal.out.line(
        json
          ? JSON.stringify(user)
          : `${printable(user.username || user.userId)} has a new password, and has to log in again everywhere.`,
      )
      return undefined
    }),
})

export const userRemove = defineCommand<Options & { yes?: boolean }, [string]>({
  usage: 'remove',
  summary: 'remove an account and everything in it, for good',
  more: `${beside} Readings are erased too and cannot be brought back. Copies that you made of the database, or that an update of Tidegauge left beside it (tidegauge.db.before-…), still hold them.`,
  configure: (command) =>
    dataOption(command.argument('<account>', 'its e-mail address or user id'))
      .option('--yes', 'do not ask')
      .option('--json', 'print a JSON object'),
  run: (terminal, { data, json, yes }, account) =>
    asOperator(terminal, { data }, async ({ operate }, dataDirectory) => {
      const { username, userId } = await operate(dataDirectory, 'findUser', { account })
      const name = printable(username || userId)
      if (!yes) {
        const question = `Everything of ${name} will be erased, for good. Type ${name} to go on: `
        const answer = await askForLine(terminal, question, 'Nothing was removed. Say --yes if you mean it.')
        if (answer !== name) throw new Failure('Nothing was removed: that was another name.', exit.failed)
      }
      const removed = await operate(dataDirectory, 'removeUser', { account: userId })
      terminal.out.line(json ? JSON.stringify(removed) : `Removed ${name} and everything in that account.`)
      return undefined
    }),
})

export const userResetLink = defineCommand<Options, [string]>({
  usage: 'reset-link',
  summary: 'print a link with which somebody chooses a new password',
  more: 'The server must be running; its public address is in the link. The link is good for seven days, and once.',
  configure: (command) =>
    dataOption(command.argument('<account>', 'its e-mail address or user id')).option(
      '--json',
      'print a JSON object',
    ),
  run: (terminal, { data, json }, account) =>
    asOperator(terminal, { data }, async ({ operate }, dataDirectory) => {
      const answer = await operate(dataDirectory, 'resetLink', { account })
      terminal.out.line(json ? JSON.stringify(answer) : answer.link)
      return undefined
    }),
})
