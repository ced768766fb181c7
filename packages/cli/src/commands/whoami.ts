import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { printable } from '../terminal.ts'

export const whoami = defineCommand<{ json?: boolean }>({
  usage: 'whoami',
  summary: 'say who is logged in where',
  configure: (command) => command.option('--json', 'print a JSON object'),
  async run(terminal, { json }) {
    const { client, server } = await connect(terminal)
    const { username, userId } = await client.whoAmI()
    terminal.out.line(
      json
        ? JSON.stringify({ server, userId, username })
        : `${printable(username ?? '(no address)')} (${printable(userId)}) at ${server}`,
    )
    return undefined
  },
})
