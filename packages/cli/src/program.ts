import { Command } from 'commander'
import { attach } from './command.ts'
import { agp } from './commands/agp.ts'
import { audit } from './commands/audit.ts'
import { data } from './commands/data.ts'
import { dataSets } from './commands/data-sets.ts'
import { demo } from './commands/demo.ts'
import { keysRotate } from './commands/keys.ts'
import { login } from './commands/login.ts'
import { logout } from './commands/logout.ts'
import {
  correctParked,
  dropParked,
  listParked,
  quarantineOff,
  quarantineOn,
  resubmitParked,
  showParked,
} from './commands/quarantine.ts'
import { serve } from './commands/serve.ts'
import { shareAdd, shareList, shareRemove } from './commands/share.ts'
import { stats } from './commands/stats.ts'
import { status } from './commands/status.ts'
import { synth } from './commands/synth.ts'
import { upload } from './commands/upload.ts'
import { userAdd, userList, userPasswd, userRemove, userResetLink } from './commands/user.ts'
import { whoami } from './commands/whoami.ts'
import { type ExitCode, exit } from './failure.ts'
import type { Terminal } from './terminal.ts'
import { VERSION } from './version.ts'

const about = `
Exit codes:
  0    done
  1    failed
  2    the command line is wrong; nothing was done
  3    partly done: what was refused is named
  130  stopped by Ctrl-C

Results go to standard output, everything else to standard error.

Environment:
  TIDEGAUGE_PASSWORD   the password for login and user add; also where a session
                       has run out in the meantime
  TIDEGAUGE_CONFIG     directory of the kept session, instead of the platform's own
  TIDEGAUGE_PORT, TIDEGAUGE_DATA, TIDEGAUGE_SIGNUP   see: tidegauge serve --help
  TIDEGAUGE_SMTP_URL (or TIDEGAUGE_SMTP_URL_FILE), TIDEGAUGE_MAIL_FROM
                       for serve: how it sends mail, and from which address; without
                       them links are handed over and every account counts as verified
  TIDEGAUGE_SERVER_SECRET, TIDEGAUGE_SERVER_SECRET_FILE
                       for serve: the secret with which other programs sign in as
                       services, or the file it stands in; without one none can

Tidegauge is not a medical device and gives no dosing advice.`

/** Runs one command line (without the program's own name) and says what it came to. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exit.done
  const ended = (of: ExitCode) => {
    code = of
  }
  const program = new Command('tidegauge')
    .description(
      'A home for your diabetes data: a server, and everything to send data to it and read them back.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', about)
    .exitOverride()
    .showHelpAfterError('Try --help after the command.')
    .configureOutput({
      writeOut: (text) => terminal.out.line(text.trimEnd()),
      writeErr: (text) => terminal.err.write(text),
    })

  program.commandsGroup('Server:')
  attach(program, serve, terminal, ended)
  attach(program, demo, terminal, ended)
  const user = program.command('user').description('accounts of a server on this machine')
  for (const command of [userAdd, userPasswd, userRemove]) attach(user, command, terminal, ended)
  attach(user, userList, terminal, ended)
  attach(user, userResetLink, terminal, ended)
  const keys = program.command('keys').description('what the server signs with (OpenID Connect)')
  attach(keys, keysRotate, terminal, ended)
  program.commandsGroup('Account:')
  attach(program, login, terminal, ended)
  attach(program, logout, terminal, ended)
  attach(program, whoami, terminal, ended)
  attach(program, status, terminal, ended)
  const share = program.command('share').description('who may see or change your data')
  attach(share, shareList, terminal, ended)
  attach(share, shareAdd, terminal, ended)
  attach(share, shareRemove, terminal, ended)
  attach(program, audit, terminal, ended)
  program.commandsGroup('Data:')
  attach(program, upload, terminal, ended)
  attach(program, data, terminal, ended)
  attach(program, dataSets, terminal, ended)
  const quarantine = program
    .command('quarantine')
    .description('faulty records that the server keeps aside instead of refusing the upload (off by default)')
  attach(quarantine, listParked, terminal, ended)
  attach(quarantine, showParked, terminal, ended)
  attach(quarantine, correctParked, terminal, ended)
  attach(quarantine, resubmitParked, terminal, ended)
  attach(quarantine, dropParked, terminal, ended)
  attach(quarantine, quarantineOn, terminal, ended)
  attach(quarantine, quarantineOff, terminal, ended)
  attach(program, synth, terminal, ended)
  program.commandsGroup('Numbers:')
  attach(program, stats, terminal, ended)
  attach(program, agp, terminal, ended)

  await program.parseAsync(args, { from: 'user' })
  return code
}
