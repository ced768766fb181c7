import { defineCommand } from '../command.ts'
import { asOperator, beside, dataOption } from '../operator.ts'

export const keysRotate = defineCommand<{ data?: string }>({
  usage: 'rotate',
  summary: 'sign tokens and cookies with a new key from now on',
  more: `${beside} What was signed before stays good; the key before the last two is forgotten.`,
  configure: (command) => void dataOption(command),
  run: (terminal, { data }) =>
    asOperator(terminal, { data }, async ({ operate }, dataDirectory) => {
      await operate(dataDirectory, 'rotateKeys', {})
      terminal.out.line('A new key signs from now on. Nobody has to sign in again.')
      return undefined
    }),
})
