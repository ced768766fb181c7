import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { ReadStream } from 'node:tty'
import { exit, Failure } from './failure.ts'
import { Output } from './output.ts'
import { askForLine, readPassword } from './prompt.ts'
import type { Terminal } from './terminal.ts'

/** A terminal at which somebody types; `screen` is what it shows. */
function terminalWith(env: Record<string, string> = {}) {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: () => keyboard })
  let screen = ''
  const terminal: Terminal = {
    env,
    platform: 'linux',
    stdin: keyboard as unknown as ReadStream,
    out: new Output(new PassThrough()),
    err: {
      isTerminal: true,
      columns: 80,
      write: (text) => {
        screen += text
      },
      line: (text) => {
        screen += `${text}\n`
      },
    },
    signals: process,
    parentId: () => 1,
    exitNow: () => {
      throw new Error('exit')
    },
  }
  const type = async (text: string) => {
    await turn()
    keyboard.write(text)
    await turn()
  }
  return { terminal, type, screen: () => screen }
}

describe('a prompt', () => {
  test('[CLI-11] a password is asked for without showing it', async () => {
    const { terminal, type, screen } = terminalWith()
    const password = readPassword(terminal, { prompt: 'Password' })
    await type('secrex\x7ft wörd\r')
    assert.equal(await password, 'secret wörd')
    assert.equal(screen(), 'Password: \n')
  })

  test('[CLI-11] a new password is asked for twice', async () => {
    const { terminal, type } = terminalWith()
    const same = readPassword(terminal, { prompt: 'New password', twice: true })
    await type('secret\r')
    await type('secret\r')
    assert.equal(await same, 'secret')
    const other = readPassword(terminal, { prompt: 'New password', twice: true })
    await type('secret\r')
    const refused = assert.rejects(
      other,
      (error) => error instanceof Failure && error.exitCode === exit.usage,
    )
    await type('secrets\r')
    await refused
  })

  test('[CLI-11] Ctrl-C at a prompt ends with 130, Ctrl-D and an empty line with 2', async () => {
    for (const [keys, exitCode] of [
      ['sec\x03', exit.stopped],
      ['\x04', exit.usage],
      ['\r', exit.usage],
    ] as const) {
      const { terminal, type } = terminalWith()
      const refused = assert.rejects(
        readPassword(terminal, { prompt: 'Password' }),
        (error) => error instanceof Failure && error.exitCode === exitCode,
      )
      await type(keys)
      await refused
    }
  })

  test('[CLI-11] the environment is asked before the person', async () => {
    const { terminal, screen } = terminalWith({ TIDEGAUGE_PASSWORD: 'secret' })
    assert.equal(await readPassword(terminal, { prompt: 'Password' }), 'secret')
    assert.equal(screen(), '')
  })

  test('[CLI-11] what is no secret is shown as it is typed', async () => {
    const { terminal, type, screen } = terminalWith()
    const line = askForLine(terminal, 'E-mail address: ', 'say who')
    await type(' ada@example.org \r')
    assert.equal(await line, 'ada@example.org')
    assert.match(screen(), /E-mail address: .*ada@example\.org/)
  })
})
