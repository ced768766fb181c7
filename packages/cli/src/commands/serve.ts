import { defineCommand } from '../command.ts'
import { type ExitCode, exit } from '../failure.ts'
import { type Interrupt, listenForInterrupt, whenAborted } from '../interrupt.ts'
import { type LocalServer, startLocalServer } from '../local-server.ts'
import { whenStarterGone } from '../starter.ts'
import type { Terminal } from '../terminal.ts'
import { webDirectory } from '../web-page.ts'

interface Options {
  host?: string
  tlsCert?: string
  tlsKey?: string
  behindProxy?: boolean
  corsOrigin?: string[]
  maxBodyMib?: string
  port?: string
  data?: string
  signup?: string
  publicUrl?: string
  oidcClients?: string
  signIn?: string
  uploader?: boolean
  web?: string
}

/** The server answers what is in flight and is gone before this. */
const CLOSING_MS = 4_800

export const serve = defineCommand<Options>({
  usage: 'serve',
  summary: 'run the server',
  more:
    'Prints one line with the address when it is ready; its log goes to standard error. Ctrl-C ' +
    'ends it: what is in flight is answered first. A second Ctrl-C does not wait.',
  configure: (command) =>
    command
      .option('--port <n>', 'TCP port; 0 takes a free one (TIDEGAUGE_PORT; default 8009)')
      .option(
        '--host <address>',
        'where to listen; beyond this computer only with a certificate or a proxy (TIDEGAUGE_HOST; default 127.0.0.1)',
      )
      .option('--tls-cert <file>', 'certificate with its chain, PEM (TIDEGAUGE_TLS_CERT)')
      .option('--tls-key <file>', 'its key, PEM (TIDEGAUGE_TLS_KEY)')
      .option(
        '--behind-proxy',
        'believe a proxy, on this computer or in a private network, that says who is calling (TIDEGAUGE_BEHIND_PROXY=1)',
      )
      .option(
        '--cors-origin <origin...>',
        'pages of these origins may call, and no others (TIDEGAUGE_CORS_ORIGINS; default: any)',
      )
      .option('--max-body-mib <n>', 'largest request (TIDEGAUGE_MAX_BODY_MIB; default 32)')
      .option(
        '--data <dir>',
        "where the data are kept (TIDEGAUGE_DATA; default: this platform's directory for data)",
      )
      .option(
        '--signup <policy>',
        'who may make an account: open = everybody, closed = nobody, first = the first one (TIDEGAUGE_SIGNUP; default first)',
      )
      .option(
        '--public-url <url>',
        'the address under which others reach this server (TIDEGAUGE_PUBLIC_URL; default: the one it listens on)',
      )
      .option('--web <dir>', 'the page’s files (TIDEGAUGE_WEB; default: those that npm start has built)')
      .option(
        '--uploader',
        'answer on the other ports of the Tidepool Uploader’s server "Local" too: 9122, 9220, 3000 (TIDEGAUGE_UPLOADER=1)',
      )
      .option(
        '--sign-in <how>',
        'how GET /info tells apps to sign in: password, openid, or auto = openid by the public address (TIDEGAUGE_SIGN_IN; default auto)',
      )
      .option(
        '--oidc-clients <file>',
        'JSON list of programs beside the known ones that may sign people in (TIDEGAUGE_OIDC_CLIENTS)',
      ),
  async run(terminal, options) {
    using interrupt = listenForInterrupt(terminal.signals)
    const { env } = terminal
    const web = options.web ?? (env.TIDEGAUGE_WEB === undefined ? webDirectory() : undefined)
    const server = await startLocalServer({ env, flags: { ...options, web } })
    terminal.out.line(`Tidegauge is ready at ${server.url} (data in ${server.dataDirectory})`)
    await stopAsked(terminal, interrupt)
    return await close(server, terminal, interrupt)
  },
})

/** Waits for a signal. Under npm also for the end of npm, which takes no child along when it is killed. */
async function stopAsked(terminal: Terminal, { stop }: Interrupt): Promise<void> {
  if (terminal.env.npm_lifecycle_event === undefined) return await whenAborted(stop)
  await Promise.race([whenAborted(stop), whenStarterGone(() => terminal.parentId(), stop)])
}

async function close(server: LocalServer, terminal: Terminal, { abort }: Interrupt): Promise<ExitCode> {
  abort.addEventListener('abort', () => terminal.exitNow(exit.stopped))
  const overdue = setTimeout(() => {
    terminal.err.line('The server did not come to an end in time. What it had acknowledged is stored.')
    terminal.exitNow(exit.failed)
  }, CLOSING_MS)
  await server.close()
  clearTimeout(overdue)
  return exit.done
}
