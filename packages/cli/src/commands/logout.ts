import { isTidegaugeError } from '@tidegauge/client'
import { defineCommand } from '../command.ts'
import { connectIfLoggedIn } from '../connect.ts'
import { CredentialsFile } from '../credentials.ts'
import { exit } from '../failure.ts'

export const logout = defineCommand({
  usage: 'logout',
  summary: 'end the session, here and on the server',
  async run(terminal) {
    const connected = await connectIfLoggedIn(terminal)
    if (!connected) {
      terminal.out.line('Nobody is logged in.')
      return undefined
    }
    const { client, server } = connected
    try {
      await client.logout()
    } catch (error) {
      if (!isTidegaugeError(error)) throw error
      terminal.err.line(
        `${server} could not be told (${error.kind}): there the session stays valid until it runs out.`,
      )
      return exit.partly
    } finally {
      await new CredentialsFile(terminal).remove()
      terminal.out.line(`Logged out of ${server}.`)
    }
    return undefined
  },
})
